// Draws and edits one area: with a pointer, in a table, or from text. Saves it through the API.
import type { Feature } from "geojson";
import { showCorners } from "./map/corners.ts";
import { Drawing, type Tool } from "./map/drawing.ts";
import { connect, layersOf, openMap } from "./map/ground.ts";
import { forget, keep, kept } from "./map/kept.ts";
import { areaText, circle, geometryOf, type Parts, parse, partsOf, position, ShapeError } from "./map/shape.ts";
import { sentencesOf, showSummary } from "./problem.ts";
import { moment } from "./time.ts";

const FIELDS = ["name", "purpose", "valid_from", "valid_to"] as const;
const HELP: Record<Tool, string> = {
  outline: "Click or tap each corner. To close the shape, click its first corner again or press “Finish”.",
  hole: "Click or tap each corner of the hole, inside the area. To close it, press “Finish”.",
};

function edit(root: HTMLElement, form: HTMLFormElement): void {
  const { area = "", csrf = "", done = "/", draft: key = "area", method = "POST", save = "" } = form.dataset;
  const part = <T extends HTMLElement>(name: string) => form.querySelector<T>(`[data-part=${name}]`)!;
  const field = (name: string) => form.elements.namedItem(name) as HTMLInputElement;
  const pages = layersOf(root);
  const ground = openMap(root, pages, { drawing: true });
  connect(root, ground, pages);

  const saved: Parts = area ? partsOf((JSON.parse(area) as Feature).geometry as never) : [];
  const unsaved = kept(key);
  const id = area ? (JSON.parse(area) as Feature).id : (unsaved?.id ?? crypto.randomUUID());
  let parts: Parts = [];
  // The version as it was when this page was opened: a change by somebody else is refused, not overwritten.
  const version = method === "PUT" ? field("etag").value : "";

  const say = (sentence: string) => {
    part("status").textContent = sentence;
  };
  const measured = () => (parts.length ? `The area measures ${areaText(parts)}.` : "Nothing is drawn yet.");
  const drawing = new Drawing(ground.map, (drawn) => accept(drawn, { drawn: true }), () => tools());

  function tools(): void {
    const busy = drawing.tool !== null;
    for (const button of form.querySelectorAll<HTMLButtonElement>("button[data-tool]")) {
      const tool = button.dataset["tool"];
      button.hidden = ["undo", "finish", "stop"].includes(tool ?? "") ? !busy : busy;
      if (tool === "hole" || tool === "clear") button.hidden ||= parts.length === 0;
    }
  }

  function accept(changed: Parts, { drawn = false, sentence = "" } = {}): void {
    parts = changed;
    if (!drawn) drawing.show(parts);
    showCorners(part("corners"), parts, (next) => accept(next), say);
    remember();
    say(sentence || measured());
    tools();
  }

  function remember(): void {
    keep(key, { id: String(id), parts, fields: Object.fromEntries(FIELDS.map((name) => [name, field(name).value])) });
  }

  function attempt(make: () => Parts, sentence: string): void {
    try {
      accept(make(), { sentence: "" });
      say(`${sentence} ${measured()}`);
      drawing.look();
    } catch (error) {
      if (!(error instanceof ShapeError)) throw error;
      say(error.message);
    }
  }

  const acts: Record<string, () => void> = {
    outline: () => begin("outline"),
    hole: () => begin("hole"),
    undo: () => drawing.undo(),
    finish: () => drawing.finish(),
    stop: () => {
      drawing.stop();
      say(measured());
      tools();
    },
    clear: () => accept([]),
    paste: () => attempt(() => parse(field("geometry").value), "Read."),
    circle: () =>
      attempt(
        () => circle(position(Number(field("lon").value), Number(field("lat").value)), Number(field("radius_m").value)),
        "The circle is drawn.",
      ),
    discard: () => {
      forget(key);
      location.reload();
    },
  };

  function begin(tool: Tool): void {
    drawing.start(tool);
    say(HELP[tool]);
    tools();
    root.scrollIntoView({ block: "nearest" });
  }

  for (const button of form.querySelectorAll<HTMLButtonElement>("button[data-tool]")) {
    button.addEventListener("click", () => acts[button.dataset["tool"] ?? ""]?.());
  }
  for (const name of FIELDS) {
    field(name).addEventListener("input", remember);
  }

  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const times = (name: "valid_from" | "valid_to") => moment(field(name).value)?.toISOString() ?? null;
    if (parts.length === 0) {
      showSummary(form, new Map([["geometry", "Draw the area, or type its corners."]]));
      return;
    }
    const feature = {
      type: "Feature",
      id,
      geometry: geometryOf(parts),
      properties: {
        name: field("name").value.trim(),
        purpose: field("purpose").value,
        valid_from: times("valid_from"),
        valid_to: times("valid_to"),
      },
    };
    try {
      const reply = await fetch(save, {
        method,
        headers: { "Content-Type": "application/json", "X-CSRF-Token": csrf, ...(version ? { "If-Match": version } : {}) },
        body: JSON.stringify(feature),
      });
      if (!reply.ok) {
        showSummary(form, await sentencesOf(reply));
        return;
      }
      forget(key);
      location.assign(done);
    } catch {
      showSummary(form, new Map([["", "There is no connection. Your drawing is kept in this tab; save it again later."]]));
    }
  });

  form.querySelectorAll<HTMLElement>("[data-scripted]").forEach((element) => {
    element.hidden = false;
  });
  if (unsaved) {
    for (const name of FIELDS) field(name).value = unsaved.fields[name] ?? "";
    part("kept").hidden = false;
    accept(unsaved.parts);
  } else {
    parts = saved;
    drawing.show(parts);
    showCorners(part("corners"), parts, (next) => accept(next), say);
    say(measured());
    tools();
  }
  drawing.look();
}

const root = document.querySelector<HTMLElement>("[data-module=area-editor]");
const form = document.querySelector<HTMLFormElement>("form[data-area-form]");
if (root && form) edit(root, form);
