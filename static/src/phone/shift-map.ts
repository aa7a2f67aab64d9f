// A drawing of areas and places that can be moved and enlarged: by a finger, two, buttons or keys. No tiles, no network.
import type { Position } from "geojson";
import type { Fix } from "../log/fix.ts";
import { button, h } from "./dom.ts";
import type { Area } from "./shift.ts";
import { type Box, fitted, moved, WIDTH, HEIGHT, zoomed } from "./view-box.ts";
import { METRES } from "./where.ts";

const SVG = "http://www.w3.org/2000/svg";
const MARGIN = 16;
// What moves less is a tap; what is tapped within a thumb's width is meant.
const TAP_PX = 8;
const THUMB_PX = 24;
const STEP = 0.2;
const CLOSER = 1.6;

export interface Place {
  lon: number;
  lat: number;
}

export interface Mark extends Place {
  id: string;
  label: string;
  classes: string;
}

/** Make an element of a drawing. */
function s(tag: string, attributes: Record<string, string>, ...content: (Node | string)[]): SVGElement {
  const made = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  made.append(...content);
  return made;
}

export class ShiftMap {
  readonly element: HTMLElement;
  readonly #svg: SVGSVGElement;
  readonly #marks: Mark[];
  readonly #tapped: (place: Place, mark: Mark | null) => void;
  // What keeps its size however near it is looked at, with where it is.
  readonly #sized = new Map<SVGElement, [number, number]>();
  readonly #you = s("circle", { class: "map-you", r: "6", visibility: "hidden" });
  readonly #accuracy = s("circle", { class: "map-accuracy", visibility: "hidden" });
  readonly #pin = s("circle", { class: "map-pin", r: "6", visibility: "hidden" });
  readonly #fingers = new Map<number, [number, number]>();
  readonly #x: (lon: number) => number;
  readonly #y: (lat: number) => number;
  readonly #place: (x: number, y: number) => Place;
  readonly #unitsPerMetre: number;
  #whole: Box = { x: 0, y: 0, width: WIDTH };
  #view: Box = this.#whole;
  #travelled = 0;

  /** Draw areas and marks; `tapped` is told where, and what is there; further `tools` stand beside its own. */
  constructor(areas: Area[], marks: Mark[], tapped: (place: Place, mark: Mark | null) => void, ...tools: HTMLElement[]) {
    [this.#marks, this.#tapped] = [marks, tapped];
    const parts = areas.map(({ name, geometry }) => ({ name, rings: (geometry.type === "Polygon" ? [geometry.coordinates] : geometry.coordinates).flat() }));
    const all: Position[] = [...parts.flatMap(({ rings }) => rings).flat(), ...marks.map(({ lon, lat }) => [lon, lat])];
    const [west, east] = [Math.min(...all.map(([x]) => x!)), Math.max(...all.map(([x]) => x!))];
    const [south, north] = [Math.min(...all.map(([, y]) => y!)), Math.max(...all.map(([, y]) => y!))];
    // A degree of longitude is shorter than one of latitude.
    const squeeze = Math.cos((((south + north) / 2) * Math.PI) / 180);
    const scale = Math.min((WIDTH - 2 * MARGIN) / Math.max((east - west) * squeeze, 1e-3), (HEIGHT - 2 * MARGIN) / Math.max(north - south, 1e-3));
    const [left, top] = [(WIDTH - (east - west) * squeeze * scale) / 2, (HEIGHT - (north - south) * scale) / 2];
    this.#x = (lon) => left + (lon - west) * squeeze * scale;
    this.#y = (lat) => top + (north - lat) * scale;
    this.#place = (x, y) => ({ lon: Number((west + (x - left) / squeeze / scale).toFixed(5)), lat: Number((north - (y - top) / scale).toFixed(5)) });
    this.#unitsPerMetre = scale / METRES;

    const path = (ring: Position[]) => `M${ring.map(([lon, lat]) => `${this.#x(lon!).toFixed(2)} ${this.#y(lat!).toFixed(2)}`).join("L")}Z`;
    this.#svg = s("svg", { class: "map", role: "img" },
      s("title", {}, [...areas, ...marks.map(({ label }) => ({ name: label }))].map(({ name }) => name).join(", ")),
      ...parts.map(({ rings }) => s("path", { class: "map-area", "fill-rule": "evenodd", d: rings.map(path).join("") })),
      this.#accuracy,
      ...parts.map(({ name, rings }) => {
        const [lons, lats] = [rings[0]!.map(([lon]) => lon!), rings[0]!.map(([, lat]) => lat!)];
        const middle = (of: number[]) => (Math.min(...of) + Math.max(...of)) / 2;
        return this.#keepSize(s("text", { class: "map-name", "text-anchor": "middle" }, name), middle(lons), middle(lats));
      }),
      ...marks.map(({ lon, lat, classes }) => this.#keepSize(s("circle", { class: classes, r: "6" }), lon, lat)),
      this.#you, this.#pin,
    ) as SVGSVGElement;
    for (const [type, act] of [["pointerdown", this.#down], ["pointermove", this.#move], ["pointerup", this.#up], ["pointercancel", this.#drop]] as const) {
      this.#svg.addEventListener(type, act);
    }
    // Else the browser makes a press of each tap, which hits whatever was opened in the map's place.
    this.#svg.addEventListener("touchend", (event) => event.cancelable && event.preventDefault());
    const frame = h("div", { class: "map-frame", tabindex: "0", role: "application", "aria-label": "Map. The arrow keys move it, plus and minus change its size.", onkeydown: (event) => this.#key(event as KeyboardEvent) }, this.#svg);
    const name = (made: HTMLButtonElement, label: string) => {
      made.setAttribute("aria-label", label);
      return made;
    };
    this.element = h("div", {}, frame, h("div", { class: "map-tools" },
      name(button("+", () => this.#zoom(CLOSER)), "Larger"), name(button("−", () => this.#zoom(1 / CLOSER)), "Smaller"),
      button("Whole map", () => this.#look(this.#whole)), ...tools));
    this.#look(this.#whole);
  }

  /** Mark where the phone is, and how well it knows that. */
  showYou({ lon, lat, accuracyM }: Fix): void {
    const [x, y] = [this.#x(lon), this.#y(lat)];
    this.#keepSize(this.#you, lon, lat).setAttribute("visibility", "visible");
    for (const [name, value] of [["cx", x], ["cy", y], ["r", accuracyM * this.#unitsPerMetre]] as const) this.#accuracy.setAttribute(name, String(value));
    this.#accuracy.setAttribute("visibility", "visible");
    // Whoever is elsewhere is on the whole map too.
    const isWhole = this.#view === this.#whole;
    this.#whole = fitted(this.#whole, x, y, MARGIN);
    this.#look(isWhole ? this.#whole : this.#view);
  }

  /** Look at a place from near, so that what is round it for so many metres is seen. */
  centre({ lon, lat }: Place, metres: number): void {
    const width = Math.min(this.#whole.width, Math.max(metres * this.#unitsPerMetre * 2, WIDTH / 4));
    this.#look({ x: this.#x(lon) - width / 2, y: this.#y(lat) - (width * HEIGHT) / WIDTH / 2, width });
  }

  /** Put a pin in. */
  pin({ lon, lat }: Place): void {
    this.#keepSize(this.#pin, lon, lat).setAttribute("visibility", "visible");
    this.#look(this.#view);
  }

  #keepSize(element: SVGElement, lon: number, lat: number): SVGElement {
    this.#sized.set(element, [this.#x(lon), this.#y(lat)]);
    return element;
  }

  #look(view: Box): void {
    this.#view = moved(view, 0, 0, this.#whole);
    const { x, y, width } = this.#view;
    if (width >= this.#whole.width) this.#view = this.#whole;
    this.#svg.setAttribute("viewBox", `${x} ${y} ${width} ${(width * HEIGHT) / WIDTH}`);
    for (const [element, [atX, atY]] of this.#sized) element.setAttribute("transform", `translate(${atX} ${atY}) scale(${width / WIDTH})`);
    // Where there is nowhere to move it to, a finger moves the page.
    this.#svg.classList.toggle("map-near", this.#view !== this.#whole);
  }

  #zoom(by: number, x = this.#view.x + this.#view.width / 2, y = this.#view.y + (this.#view.width * HEIGHT) / WIDTH / 2): void {
    this.#look(zoomed(this.#view, by, x, y, this.#whole));
  }

  #key(event: KeyboardEvent): void {
    const { width } = this.#view;
    const acts: Record<string, () => void> = {
      ArrowLeft: () => this.#shift(-width * STEP, 0),
      ArrowRight: () => this.#shift(width * STEP, 0),
      ArrowUp: () => this.#shift(0, -width * STEP),
      ArrowDown: () => this.#shift(0, width * STEP),
      "+": () => this.#zoom(CLOSER),
      "=": () => this.#zoom(CLOSER),
      "-": () => this.#zoom(1 / CLOSER),
      Enter: () => this.#tap(this.#view.x + width / 2, this.#view.y + (width * HEIGHT) / WIDTH / 2),
    };
    const act = event.ctrlKey || event.metaKey || event.altKey ? undefined : acts[event.key];
    if (!act) return;
    event.preventDefault();
    act();
  }

  #shift(x: number, y: number): void {
    this.#look(moved(this.#view, x, y, this.#whole));
  }

  /** Give the place under a finger in the units of the drawing, and how many of them a pixel is. */
  #at(clientX: number, clientY: number): { x: number; y: number; perPixel: number } {
    const { left, top, width } = this.#svg.getBoundingClientRect();
    const perPixel = this.#view.width / width;
    return { x: this.#view.x + (clientX - left) * perPixel, y: this.#view.y + (clientY - top) * perPixel, perPixel };
  }

  #tap(x: number, y: number, within = (THUMB_PX * this.#view.width) / WIDTH): void {
    const away = ({ lon, lat }: Mark) => Math.hypot(this.#x(lon) - x, this.#y(lat) - y);
    const nearest = this.#marks.filter((mark) => away(mark) <= within).toSorted((one, other) => away(one) - away(other))[0];
    this.#tapped(this.#place(x, y), nearest ?? null);
  }

  #down = (event: PointerEvent): void => {
    if (this.#fingers.size === 0) this.#travelled = 0;
    this.#fingers.set(event.pointerId, [event.clientX, event.clientY]);
    this.#svg.setPointerCapture(event.pointerId);
  };

  #move = (event: PointerEvent): void => {
    const was = this.#fingers.get(event.pointerId);
    if (!was) return;
    const is: [number, number] = [event.clientX, event.clientY];
    this.#travelled += Math.hypot(is[0] - was[0], is[1] - was[1]);
    const other = [...this.#fingers].find(([id]) => id !== event.pointerId)?.[1];
    const { perPixel } = this.#at(...is);
    if (other) {
      const apart = (finger: [number, number]) => Math.max(1, Math.hypot(finger[0] - other[0], finger[1] - other[1]));
      const { x, y } = this.#at((is[0] + other[0]) / 2, (is[1] + other[1]) / 2);
      this.#zoom(apart(is) / apart(was), x, y);
    }
    // Of two fingers each moves the map by half.
    const share = other ? 0.5 : 1;
    if (this.#travelled > TAP_PX || other) this.#shift((was[0] - is[0]) * perPixel * share, (was[1] - is[1]) * perPixel * share);
    this.#fingers.set(event.pointerId, is);
  };

  #up = (event: PointerEvent): void => {
    const isTap = this.#fingers.size === 1 && this.#travelled <= TAP_PX && this.#fingers.has(event.pointerId);
    // After two fingers the last one to leave is no tap.
    if (this.#fingers.size > 1) this.#travelled = Infinity;
    this.#drop(event);
    if (!isTap) return;
    const { x, y, perPixel } = this.#at(event.clientX, event.clientY);
    this.#tap(x, y, THUMB_PX * perPixel);
  };

  #drop = (event: PointerEvent): void => {
    this.#fingers.delete(event.pointerId);
  };
}
