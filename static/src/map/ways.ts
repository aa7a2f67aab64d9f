// Ways to a shape without drawing: corners as text, a circle, a width, boundaries, a file, other areas.
import type { Geometry, LineString, MultiPolygon, Polygon } from "geojson";
import { ticked } from "./dom.ts";
import type { Editor } from "./editor.ts";
import { showChoices } from "./listed.ts";
import { areaText, circle, geometryOf, type Parts, parse, partsOf, position, ShapeError } from "./shape.ts";
import { typedLine, withoutReferences } from "./typed.ts";
import { boundaries, type Found, type Outline, outline, read, reshape } from "./verbs.ts";
import { merged } from "./work.ts";

const WAITS = "The server works on it.";
const isArea = ({ type }: Geometry) => type === "Polygon" || type === "MultiPolygon";

/** Offer every way that needs no drawing; give what its buttons do. */
export function ways(editor: Editor): Record<string, () => Promise<void> | void> {
  const { csrf } = editor;
  const text = (name: string) => editor.field(name).value.trim();
  const look = (parts: Parts, said: string) => {
    editor.reshaped(parts, said);
    editor.drawing.look();
  };
  const metres = (name: string) => {
    const found = Number(text(name));
    if (!(found > 0)) throw new ShapeError("Give a number of metres above 0.");
    return found;
  };
  const widen = async (geometry: Geometry, by: number, said: string) => {
    editor.say(WAITS);
    look((await reshape("buffer", { geometry, metres: by }, csrf)).parts, said);
  };
  const union = async (geometries: Geometry[]) => {
    editor.say(WAITS);
    return (await reshape("union", { geometries }, csrf)).parts;
  };
  const own = () => (editor.parts.length ? [geometryOf(editor.parts)] : []);

  let line: LineString | null = null;
  editor.onLine = async (coordinates) => {
    line = { type: "LineString", coordinates };
    await widen(line, metres("buffer_m"), `The line is widened by ${text("buffer_m")} metres.`);
  };

  let outlines: Outline[] = [];
  async function findBoundaries(): Promise<void> {
    if (text("boundary") === "") throw new ShapeError("Type the name of a ward or district.");
    outlines = await boundaries(text("boundary"));
    editor.part("boundary-choose").hidden = outlines.length === 0;
    const choices = outlines.map(({ id, name, layer }) => ({ value: id, text: `${name} (${layer})` }));
    const legend = outlines.length ? "Which of these?" : `No boundary is called “${text("boundary")}”.`;
    showChoices(editor.part("boundary-found"), legend, choices);
    editor.say(outlines.length === 1 ? "1 boundary is found." : `${outlines.length} boundaries are found.`);
  }

  async function takeBoundaries(add: boolean): Promise<void> {
    const chosen = outlines.filter(({ id }) => ticked(editor.part("boundary-found")).includes(id));
    if (chosen.length === 0) throw new ShapeError("Tick the boundaries to take.");
    editor.say(WAITS);
    const shapes = await Promise.all(chosen.map(outline));
    const all = [...shapes.map(geometryOf), ...(add ? own() : [])];
    // Asked for one as well: the server leaves out corners where an area may not have so many.
    const parts = await union(all);
    const names = chosen.map(({ name }) => name).join(" and ");
    if (!add && editor.field("name").value === "") {
      editor.field("name").value = names;
      editor.typed();
    }
    look(parts, `${names} ${add ? "is added" : "is the area"}.`);
  }

  let found: Found[] = [];
  async function take(content: File | string): Promise<void> {
    editor.say("The shapes are being read.");
    const { features, refused, said } = await read(content, csrf);
    const mended = refused.flatMap(({ name, repaired }) =>
      repaired ? [{ type: "Feature", geometry: repaired, properties: { name: `${name}, repaired` } } satisfies Found] : [],
    );
    found = [...features, ...mended];
    editor.part("file-choose").hidden = found.length === 0;
    editor.part<HTMLDetailsElement>("file-details").open = true;
    showChoices(
      editor.part("file-found"),
      "What to take",
      found.map((feature, index) => ({ value: String(index), text: toldOf(feature) })),
    );
    const list = editor.part("file-refused");
    list.hidden = refused.length === 0;
    list.replaceChildren(
      ...refused.map(({ name, said }) => Object.assign(document.createElement("li"), { textContent: `${name}: ${said}` })),
    );
    editor.say(found.length ? `${said} Tick what to take.` : said);
    editor.part("file-details").scrollIntoView({ block: "nearest" });
  }

  /** Make an area of each shape that is ticked; a point or a line becomes one by a width. */
  async function takeFound(): Promise<void> {
    const chosen = ticked(editor.part("file-found")).map((index) => found[Number(index)]!);
    if (chosen.length === 0) throw new ShapeError("Tick what to take.");
    const flat = chosen.filter(({ geometry }) => !isArea(geometry));
    if (flat.length > 0 && text("file_m") === "") {
      editor.field("file_m").focus();
      throw new ShapeError("A point or a line is no area. Say by how many metres to widen it, or untick it.");
    }
    editor.say(WAITS);
    const shapes = await Promise.all(
      chosen.map(async ({ geometry }) =>
        isArea(geometry)
          ? partsOf(geometry as Polygon | MultiPolygon)
          : (await reshape("buffer", { geometry, metres: metres("file_m") }, csrf)).parts,
      ),
    );
    for (const [index, parts] of shapes.entries()) {
      const { name, purpose = text("purpose") } = chosen[index]!.properties;
      const isFree = editor.parts.length === 0 && !(editor.shapes.current in editor.saved);
      const own = isFree ? editor.field("name").value.trim() : "";
      if (!isFree) editor.begin();
      editor.field("name").value = own || name;
      editor.field("purpose").value = purpose;
      editor.typed();
      look(parts, `${own || name} is taken.`);
    }
    editor.part("file-choose").hidden = true;
    editor.part("file-found").replaceChildren();
    if (shapes.length > 1) editor.say(`${shapes.length} areas are taken. Look at each, name it and save.`);
  }

  async function mergeChosen(): Promise<void> {
    const ids = ticked(editor.part("areas"));
    if (ids.length < 2) throw new ShapeError("Tick two or more areas in the list to merge them.");
    await editor.hold(ids);
    const { current, areas } = editor.shapes;
    const into = ids.includes(current) ? current : ids[0]!;
    const parts = await union(ids.map((id) => geometryOf(areas[id] ?? [])));
    const names = ids.filter((id) => id !== into).map((id) => editor.named(id));
    editor.step(merged(editor.shapes, into, ids, parts), `${editor.named(into)} now holds ${names.join(" and ")}.`);
    editor.drawing.look();
  }

  const file = editor.field("file");
  file.addEventListener("change", () => {
    const [chosen] = file.files ?? [];
    if (chosen) void editor.attempt(() => take(chosen));
    file.value = "";
  });
  catchDrops(editor, take);

  return {
    paste: async () => {
      const pasted = editor.field("geometry").value;
      // KML and GPX the server reads, as it reads files.
      if (pasted.trimStart().startsWith("<")) await take(pasted);
      else look(parse(await withoutReferences(pasted, csrf)), "Read.");
    },
    circle: () => look(circle(position(Number(text("lon")), Number(text("lat"))), Number(text("radius_m"))), "The circle is drawn."),
    widen: async () => {
      if (editor.parts.length === 0) throw new ShapeError("There is no area to widen yet.");
      await widen(geometryOf(editor.parts), metres("buffer_m"), `The area is widened by ${text("buffer_m")} metres.`);
    },
    "widen-line": async () => editor.onLine(await typedLine(text("line"), csrf)),
    "split-line": async () => editor.split(await typedLine(text("line"), csrf)),
    "hole-typed": async () => {
      const [rings] = parse(await withoutReferences(text("geometry"), csrf));
      await editor.cut(rings![0]!);
    },
    "find-boundary": findBoundaries,
    "take-boundary": () => takeBoundaries(false),
    "add-boundary": () => takeBoundaries(true),
    "take-found": takeFound,
    merge: mergeChosen,
    repair: async () => {
      const repaired = await reshape("repair", { geometry: geometryOf(editor.parts) }, csrf);
      editor.part("repair").hidden = true;
      look(repaired.parts, repaired.said);
    },
  };
}

function toldOf({ geometry, properties: { name } }: Found): string {
  if (isArea(geometry)) return `${name}: area of ${areaText(partsOf(geometry as Polygon | MultiPolygon))}`;
  return `${name}: ${geometry.type === "Point" ? "point" : "line"}`;
}

/** Take a file that is dropped on the map; say what to do with anything else, and never leave the page for it. */
function catchDrops(editor: Editor, take: (file: File) => Promise<void>): void {
  const map = editor.ground.map.getContainer();
  const zone = editor.part("drop");
  window.addEventListener("dragover", (event) => event.preventDefault());
  window.addEventListener("drop", (event) => {
    event.preventDefault();
    const on = event.target as Node;
    const files = [...(event.dataTransfer?.files ?? [])];
    if (!map.contains(on) && !zone.contains(on)) editor.say("Nothing was taken. Drop the file on the map.");
    else if (files.length === 0) editor.say("Only a file can be dropped here. Paste text under “Coordinates or GeoJSON”.");
    else if (files.length > 1) editor.say("Drop one file at a time.");
    else void editor.attempt(() => take(files[0]!));
  });
}
