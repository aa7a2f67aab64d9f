// The work on an operation's areas: what is in hand, each step of it, and where it is shown.
import L from "leaflet";
import { showSummary } from "../problem.ts";
import { showCorners } from "./corners.ts";
import { type Drawn, Drawing, MOST_HANDLES, type Tool } from "./drawing.ts";
import { connect, type Ground, layersOf, openMap } from "./ground.ts";
import { History } from "./history.ts";
import { beyond, cutInside } from "./inside.ts";
import { forget, keep, kept } from "./kept.ts";
import { showAreas } from "./listed.ts";
import { fetchArea, type Opened, openedOf, Refusal } from "./saving.ts";
import { geometryOf, measureText, type Parts, ShapeError } from "./shape.ts";
import { typedCorner } from "./typed.ts";
import { reshape, Unreachable } from "./verbs.ts";
import { divided, drawn, EMPTY, type Fields, FIELDS, opened, removed, type Saved, type Shapes, unsaved } from "./work.ts";

const WAITING: L.PathOptions = { className: "app-shape app-shape--area app-shape--waiting", weight: 3, fillOpacity: 0.12 };
const LAYER = "Areas";

export class Editor {
  readonly form: HTMLFormElement;
  readonly csrf: string;
  readonly operation: string;
  readonly ground: Ground;
  readonly drawing: Drawing;
  readonly history: History<Shapes>;
  fields: Record<string, Fields> = {};
  saved: Record<string, Saved> = {};
  /** Called after each change, for what else is shown of it. */
  onChange: () => void = () => {};
  /** What a drawn line is for, when no tool of ours wants it. */
  onLine: (line: number[][]) => Promise<void> = async () => {};
  readonly #person: string;
  readonly #names = new Map<string, string>();
  readonly #waiting = L.layerGroup();

  constructor(root: HTMLElement, form: HTMLFormElement) {
    const { csrf = "", operation = "", person = "", area = "", etag = "" } = form.dataset;
    this.form = form;
    this.csrf = csrf;
    this.operation = operation;
    this.#person = person;
    const pages = layersOf(root);
    this.ground = openMap(root, pages, { drawing: true });
    connect(root, this.ground, pages, { drawing: true });
    this.#waiting.addTo(this.ground.map);
    for (const { id, name } of pages.find(({ name }) => name === LAYER)?.features.features.map((f) => f.properties) ?? []) {
      this.#names.set(id, name);
    }
    this.drawing = new Drawing(this.ground.map, {
      changed: (parts, how) => this.reshaped(parts, how === "moved" ? "The area is moved." : "The corner is moved."),
      drawn: (drawn) => void this.attempt(() => this.#take(drawn)),
      refused: (error) => this.refuse(error),
      stopped: () => this.onChange(),
    });
    const before = kept(person, operation);
    const feature = area ? JSON.parse(area) : null;
    this.history = new History<Shapes>(before?.shapes ?? { current: "", areas: {}, gone: [] });
    this.fields = { ...before?.fields };
    this.saved = { ...before?.saved };
    if (before) this.part("kept").hidden = false;
    if (!feature) this.history.settle(before && this.shapes.current ? before.shapes : opened(this.shapes, this.#fresh()));
    else this.#open(String(feature.id), openedOf(feature, etag));
  }

  get shapes(): Shapes {
    return this.history.present;
  }

  get parts(): Parts {
    return this.shapes.areas[this.shapes.current] ?? [];
  }

  part<T extends HTMLElement>(name: string): T {
    return this.form.querySelector<T>(`[data-part=${name}]`)!;
  }

  field(name: string): HTMLInputElement {
    return this.form.elements.namedItem(name) as HTMLInputElement;
  }

  /** Say what happened, where a screen reader hears it. */
  say(sentence: string): void {
    this.part("status").textContent = sentence;
  }

  /** Do something that the server or a rule may refuse, and say so then. */
  async attempt(make: () => Promise<void> | void): Promise<void> {
    try {
      await make();
    } catch (error) {
      this.refuse(error);
    }
  }

  refuse(error: unknown): void {
    this.drawing.show(this.parts);
    this.onChange();
    if (error instanceof ShapeError || error instanceof Refusal) this.say(error.message);
    else if (error instanceof Unreachable) {
      this.say(error.isSignedOut ? error.message : `${error.message} Try again when it is back.`);
      this.part("signed-out").hidden = !error.isSignedOut;
    } else throw error;
  }

  /** Go on to another state of all shapes: a step that can be taken back. */
  step(next: Shapes, said: string): void {
    this.history.act(next, said);
    this.show();
    this.say(`${said} ${this.measured()}`);
  }

  /** Give the current area another shape. */
  reshaped(parts: Parts, said: string): void {
    this.step(drawn(this.shapes, parts), said);
  }

  measured(): string {
    return this.parts.length ? `It measures ${measureText(this.parts)}.` : "Nothing is drawn yet.";
  }

  back(): void {
    const said = this.history.undo();
    this.show();
    this.say(said ? `Taken back: ${said} ${this.measured()}` : "There is nothing to take back.");
  }

  again(): void {
    const said = this.history.redo();
    this.show();
    this.say(said ? `Done again: ${said} ${this.measured()}` : "There is nothing to do again.");
  }

  /** Begin another area. */
  begin(fields: Fields = EMPTY): string {
    const id = this.#fresh(fields);
    this.history.settle(opened(this.shapes, id));
    this.show();
    return id;
  }

  #fresh(fields: Fields = EMPTY): string {
    const id = crypto.randomUUID();
    this.fields[id] = { ...fields };
    return id;
  }

  /** Turn to an area of the operation; the server says how it is by now. */
  async open(id: string): Promise<void> {
    if (!(id in this.shapes.areas)) this.#open(id, await fetchArea(id));
    else this.history.settle(opened(this.shapes, id));
    this.show();
    this.drawing.look();
    this.say(`${this.named(id)} can be changed now. ${this.measured()}`);
  }

  /** Have areas in hand without turning to them. */
  async hold(ids: readonly string[]): Promise<void> {
    const { current } = this.shapes;
    for (const id of ids) if (!(id in this.shapes.areas)) this.#open(id, await fetchArea(id));
    this.history.settle({ ...this.shapes, current });
  }

  #open(id: string, { fields, parts, saved }: Opened): void {
    if (!(id in this.shapes.areas)) {
      this.fields[id] = fields;
      this.saved[id] = saved;
    }
    this.history.settle(opened(this.shapes, id, parts));
  }

  named(id: string): string {
    return this.fields[id]?.name.trim() || this.#names.get(id) || "New area";
  }

  /** Mark the current area to be removed. */
  drop(): void {
    const { current } = this.shapes;
    const next = Object.keys(this.shapes.areas).find((id) => id !== current) ?? this.#fresh();
    const kept = current in this.saved;
    this.step(removed(this.shapes, current, next), kept ? "The area goes when you save." : "The area is gone.");
  }

  /** Tell what saving would send. */
  unsaved(): ReturnType<typeof unsaved> {
    return unsaved(this.shapes, this.fields, this.saved);
  }

  remember(): void {
    const { changed, gone } = this.unsaved();
    if (changed.length + gone.length === 0 && !this.fields[this.shapes.current]?.name) forget(this.#person, this.operation);
    else keep(this.#person, this.operation, { shapes: this.shapes, fields: this.fields, saved: this.saved });
  }

  discard(): void {
    forget(this.#person, this.operation);
  }

  /** Learn what is written in the fields. */
  typed(): void {
    const named = Object.fromEntries(FIELDS.map((name) => [name, this.field(name).value])) as Fields;
    this.fields[this.shapes.current] = named;
    this.remember();
    this.onChange();
  }

  /** Show all that is in hand. */
  show(): void {
    const { current, areas, gone } = this.shapes;
    this.drawing.show(this.parts);
    this.#waiting.clearLayers();
    for (const [id, parts] of Object.entries(areas)) {
      if (id === current || parts.length === 0) continue;
      const rings = parts.map((rings) => rings.map((ring) => ring.map(([lon, lat]) => L.latLng(lat!, lon!))));
      this.#waiting.addLayer(L.polygon(rings, { ...WAITING, interactive: false }));
    }
    this.ground.hide(LAYER, (id) => id in areas || gone.includes(id));
    for (const name of FIELDS) this.field(name).value = this.fields[current]?.[name] ?? "";
    this.corners();
    this.#list();
    this.remember();
    this.onChange();
  }

  corners(): void {
    if (!this.part<HTMLDetailsElement>("corners-details").open) return;
    showCorners(this.part("corners"), this.parts, {
      changed: (parts) => this.reshaped(parts, "The corners are changed."),
      refused: (error) => this.refuse(error),
      place: (text) => typedCorner(text, this.csrf),
    });
  }

  #list(): void {
    const { current, areas, gone } = this.shapes;
    const { changed } = this.unsaved();
    const root = this.part("areas");
    const chosen = [...root.querySelectorAll<HTMLInputElement>("input:checked")].map((input) => input.value);
    const ids = [...new Set([...this.#names.keys(), ...Object.keys(areas)])].filter((id) => areas[id]?.length || this.#names.has(id));
    const state = (id: string) => (gone.includes(id) ? "Goes when you save" : changed.includes(id) ? "Not saved" : "");
    showAreas(
      root,
      ids.map((id) => ({ id, name: this.named(id), state: state(id), isCurrent: id === current })),
      chosen,
      (id) => void this.attempt(() => this.open(id)),
    );
  }

  /** Take up what was drawn on the map. */
  async #take({ tool, ring, line }: Drawn): Promise<void> {
    if (tool === "line" && line) return await this.onLine(line);
    if (tool === "split" && line) return await this.split(line);
    if (!ring) return;
    if (tool === "hole") return await this.cut(ring);
    if (this.parts.length === 0) return this.reshaped([[ring]], "The area is drawn.");
    const all = [geometryOf(this.parts), geometryOf([[ring]])];
    // Where the server can't be asked, the part is added as drawn; saving says if the two overlap.
    const joined = await reshape("union", { geometries: all }, this.csrf).catch((error: unknown) => {
      if (error instanceof Unreachable) return null;
      throw error;
    });
    this.reshaped(joined ? joined.parts : [...this.parts, [ring]], "A part is added.");
  }

  /** Cut a hole, or whatever a ring takes away. */
  async cut(ring: number[][]): Promise<void> {
    const simple = cutInside(this.parts, ring);
    if (simple) return this.reshaped(simple, "The hole is cut.");
    const without = geometryOf([[ring]]);
    const left = await reshape("difference", { geometry: geometryOf(this.parts), without }, this.csrf);
    if (left.parts.length === 0) throw new ShapeError(left.said);
    this.reshaped(left.parts, "It is cut away.");
  }

  /** Cut the area along a line: the first piece keeps its name, each other is an area of its own. */
  async split(line: number[][]): Promise<void> {
    const found = await reshape(
      "split",
      { geometry: geometryOf(this.parts), line: { type: "LineString", coordinates: beyond(line) } },
      this.csrf,
    );
    const own = this.fields[this.shapes.current] ?? EMPTY;
    const ids = found.pieces.slice(1).map((_, index) => this.#fresh({ ...own, name: own.name && `${own.name} ${index + 2}` }));
    this.step(divided(this.shapes, found.pieces, ids), `The area is split in ${found.pieces.length}; each piece is in the list of areas.`);
  }

  /** Note that the server keeps an area now. */
  wasSaved(id: string, saved: Saved): void {
    this.saved[id] = saved;
    this.#names.set(id, this.named(id));
    this.ground.put(LAYER, id, this.named(id), geometryOf(this.shapes.areas[id] ?? []));
  }

  /** Note that the server keeps an area no more. */
  wasRemoved(id: string): void {
    delete this.saved[id];
    this.#names.delete(id);
    this.history.settle({ ...this.shapes, gone: this.shapes.gone.filter((other) => other !== id) });
  }

  start(tool: Tool): void {
    this.drawing.start(tool);
    this.onChange();
    this.ground.map.getContainer().scrollIntoView({ block: "nearest" });
  }

  /** Say what was refused, with the area that it is about in hand. */
  problem(id: string, refusal: Refusal): void {
    if (id in this.shapes.areas) this.history.settle(opened(this.shapes, id));
    this.show();
    showSummary(this.form, refusal.sentences);
    this.part("repair").hidden = ![...refusal.sentences.keys()].some((name) => name.startsWith("geometry"));
  }

  get hasHandles(): boolean {
    return this.parts.flat().reduce((sum, ring) => sum + ring.length, 0) <= MOST_HANDLES;
  }
}
