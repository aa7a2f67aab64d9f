// The map of one operation: all its layers from one compact reply, the view in the address.
import type { MultiPolygon } from "geojson";
import L from "leaflet";
import { BoundaryLayer, sayer } from "./boundaries.ts";
import { finder } from "./finder.ts";
import { glyph, SITE } from "./glyph.ts";
import { type Ground, openMap, popup } from "./ground.ts";
import { projected } from "./nearest.ts";
import { cornersOf } from "./outline.ts";
import { type Group, showPanel } from "./panel.ts";
import { Points } from "./points.ts";
import { ofKind, type Results, type Spots, spotsOf } from "./results.ts";
import type { Squares } from "./squares.ts";
import { addressOf, type View, viewOf } from "./view.ts";

interface Shape {
  id: string;
  name: string;
  text: string;
  outline: MultiPolygon;
}
interface Spot {
  id: string;
  name: string;
  text: string;
  lon: number;
  lat: number;
}
export interface Drawn {
  areas: (Shape & { purpose: string })[];
  zones: (Shape & { result: string })[];
  districts: Shape[];
  deployments: (Spot & { day: string; status: string; status_text: string })[];
  sites: (Spot & { ringed: boolean })[];
  /** Layers of boundaries beside the districts: what each is called in an address, and to a person. */
  layers: [string, string][];
  results: Results;
}

// SI 2023/1101: no drones within 400 m of a closed prison, roughly. Which those are the server says.
const PRISON_RING_M = 400;
const CLOSEST_BY_ITSELF = 15;
// Pins at one place, as of several deployments in an area, stand beside each other in rows.
const PIN_PX = 24;
const PINS_IN_ROW = 6;
const DAY = new Intl.DateTimeFormat("en-GB", { timeZone: "UTC", weekday: "short", day: "numeric", month: "short" });

export class WholeMap {
  readonly #source: string;
  readonly #ground: Ground;
  readonly #points = new Points();
  readonly #layers = new Map<string, L.Layer>();
  readonly #things = new Map<string, L.Layer>();
  #view: View;
  #drawn: Drawn | null = null;
  #groups: Group[] = [];
  #squares: Squares | null = null;
  #reader: typeof Squares | null = null;

  constructor(root: HTMLElement) {
    this.#source = root.dataset["source"] ?? "";
    this.#ground = openMap(root, []);
    this.#view = viewOf(new URLSearchParams(location.search));
    const { map } = this.#ground;
    this.#points.addTo(map);
    finder(document.querySelector<HTMLElement>("[data-find-place]")!, map);
    map.on("moveend", () => this.#moved());
    window.addEventListener("popstate", () => void this.#return());
    this.#part("print").addEventListener("click", () => window.print());
    for (const control of this.#controls()) control.addEventListener("change", () => void this.#choose());
  }

  /** Fetch what there is and draw it. */
  async load(): Promise<void> {
    const status = this.#part("status");
    try {
      const reply = await fetch(`${this.#source}${this.#view.struck ? "?struck=true" : ""}`);
      if (!reply.ok) throw new Error(String(reply.status));
      this.#drawn = (await reply.json()) as Drawn;
      // What reads tiles weighs something, and few operations need it.
      if (this.#drawn.results.tiles) this.#reader = (await import("./squares.ts")).Squares;
    } catch {
      status.textContent = "The map could not be fetched. Everything on it is in the list; load the page again to try once more.";
      return;
    }
    this.#draw(this.#drawn);
    const { id, tiles } = this.#drawn.results;
    const count = tiles ? tiles.counts.reduce((sum, each) => sum + each, 0) : id.length;
    status.textContent = `${count.toLocaleString("en-GB")} ${count === 1 ? "result is" : "results are"} on the map.`;
    // For whoever measures: after the frame in which all of it is painted.
    requestAnimationFrame(() => setTimeout(() => performance.mark("map-drawn")));
  }

  /** Show one thing: move there and say what is known of it. What is not fetched yet is at `place`. */
  show(id: string, place?: L.LatLng): boolean {
    const { map } = this.#ground;
    const near = (there: L.LatLng) => map.setView(there, Math.max(map.getZoom(), CLOSEST_BY_ITSELF), { animate: false });
    const open = () => {
      const point = this.#points.find(id);
      if (!point) return false;
      near(point.sort.position(point.index));
      point.sort.open(map, point.index);
      return true;
    };
    if (open()) return true;
    if (this.#squares && place && !this.#things.has(id)) {
      near(place);
      void this.#squares.loaded.then(open);
      return true;
    }
    const thing = this.#things.get(id);
    if (thing instanceof L.Polygon) map.fitBounds(thing.getBounds(), { padding: [40, 40], animate: false });
    else if (thing instanceof L.Marker) near(thing.getLatLng());
    thing?.openPopup();
    return thing !== undefined;
  }

  #part(name: string): HTMLElement {
    return document.querySelector<HTMLElement>(`[data-map-part=${name}]`)!;
  }

  #controls(): HTMLInputElement[] {
    return [this.#part("day"), this.#part("struck")] as HTMLInputElement[];
  }

  #draw(drawn: Drawn): void {
    this.#clear();
    this.#background(drawn);
    const areas = this.#areas(drawn);
    const zones = this.#zones(drawn);
    const deployments = this.#deployments(drawn);
    const results = this.#results(drawn);
    this.#groups = [
      { legend: "Areas", switches: [...areas, ...zones] },
      { legend: "Deployments", switches: deployments },
      { legend: "Results", switches: results },
      {
        legend: "Ground",
        switches: [
          { code: "districts", name: "Districts", key: "district" },
          { code: "sites", name: "Sites", count: drawn.sites.length, key: "site" },
          { code: "rings", name: "400 m round closed prisons: no drones", key: "ring" },
          ...drawn.layers.map(([code, name]) => ({ code: `boundary:${code}`, name, key: "boundary" })),
        ].filter(({ code }) => this.#layers.has(code)),
      },
    ];
    this.#days(drawn);
    // Before there is anything to draw, so that all of it is drawn once.
    this.#look(drawn);
    this.#show();
    this.#squares?.addTo(this.#ground.map);
  }

  #clear(): void {
    this.#squares?.remove();
    this.#squares = null;
    for (const layer of this.#layers.values()) layer.remove();
    this.#layers.clear();
    this.#things.clear();
    this.#points.clear();
  }

  #layer(code: string): L.LayerGroup {
    const found = this.#layers.get(code);
    if (found instanceof L.LayerGroup) return found;
    const made = L.layerGroup();
    this.#layers.set(code, made);
    return made;
  }

  #add(code: string, id: string, thing: L.Layer, said?: () => HTMLElement): void {
    if (said) thing.bindPopup(said, { autoPanPadding: [24, 24] });
    this.#things.set(id, thing);
    this.#layer(code).addLayer(thing);
  }

  #background({ districts, sites, layers }: Drawn): void {
    for (const [code, name] of layers) this.#layers.set(`boundary:${code}`, new BoundaryLayer(code, name, sayer()));
    for (const { id, name, outline } of districts) {
      const shape = L.polygon(cornersOf(outline), { className: "app-shape app-shape--district", weight: 1, fillOpacity: 0, interactive: false });
      shape.bindTooltip(name, { permanent: true, direction: "center", className: "app-map-name" });
      this.#add("districts", id, shape);
    }
    for (const { ringed, lat, lon } of sites) {
      if (!ringed) continue;
      this.#layer("rings").addLayer(L.circle([lat, lon], { radius: PRISON_RING_M, className: "app-shape app-shape--ring", weight: 2, fillOpacity: 0.05, interactive: false }));
    }
    if (sites.length === 0) return;
    this.#layers.set(
      "sites",
      this.#points.add({
        ids: sites.map(({ id }) => id),
        columns: projected(sites.map(({ lon }) => lon), sites.map(({ lat }) => lat)),
        glyph: SITE,
        said: (index) => popup({ ...sites[index]!, href: `/sites/${sites[index]!.id}` }),
      }),
    );
  }

  #areas({ areas }: Drawn): Group["switches"] {
    for (const area of areas) {
      const shape = L.polygon(cornersOf(area.outline), { className: `app-shape app-shape--area app-shape--${area.purpose}`, weight: 3, fillOpacity: 0.12 });
      this.#add(`area:${area.purpose}`, area.id, shape, () => popup(area));
    }
    return counted(areas.map(({ purpose, text }) => ({ code: `area:${purpose}`, name: text, key: `area app-key--${purpose}` })));
  }

  #zones({ zones }: Drawn): Group["switches"] {
    for (const { id, name, result, text, outline } of zones) {
      const shape = L.polygon(cornersOf(outline), { className: "app-shape app-shape--zone", weight: 3, fillOpacity: 0.08 });
      this.#add("zones", id, shape, () => popup({ id, name, text, href: `/results/${result}` }));
    }
    return zones.length ? [{ code: "zones", name: "Exclusion zones of orders", count: zones.length, key: "zone" }] : [];
  }

  #deployments({ deployments }: Drawn): Group["switches"] {
    const chosen = deployments.filter(({ day }) => this.#view.day === "" || day === this.#view.day);
    const here = `${location.pathname.replace(/\/map$/, "")}/deployments/`;
    const beside = new Map<string, number>();
    for (const each of chosen) {
      const spot = `${each.lat},${each.lon}`;
      const nth = beside.get(spot) ?? 0;
      beside.set(spot, nth + 1);
      const text = `${each.status_text}. ${each.text}`;
      const marker = pin(`deployment app-marker--${each.status}`, L.latLng(each.lat, each.lon), each.name, nth);
      this.#add(`deployment:${each.status}`, each.id, marker, () => popup({ ...each, text, href: `${here}${each.id}/progress` }));
    }
    return counted(
      chosen.map(({ status, status_text }) => ({ code: `deployment:${status}`, name: status_text, key: `deployment app-key--${status}` })),
    );
  }

  #results({ results }: Drawn): Group["switches"] {
    const { kinds, tiles } = results;
    if (tiles) {
      for (const [code] of kinds) this.#layer(`kind:${code}`);
      this.#squares = new this.#reader!(tiles, (spots) => this.#put(results, spots), sayer());
      return kinds.map(([code, name], place) => ({ code: `kind:${code}`, name, count: tiles.counts[place]!, key: glyph(place) }));
    }
    const all = spotsOf(results);
    return kinds.map(([code, name], place) => {
      const told = ofKind(results, place, all);
      this.#layers.set(`kind:${code}`, this.#points.add(told));
      return { code: `kind:${code}`, name, count: told.ids.length, key: glyph(place) };
    });
  }

  /** Draw what came as a square of the map like any other results; give what takes it away. */
  #put(results: Results, spots: Spots): () => void {
    const undo = results.kinds.map(([code], place) => {
      const sort = this.#points.add(ofKind(results, place, spots));
      const layer = this.#layer(`kind:${code}`).addLayer(sort);
      return () => {
        layer.removeLayer(sort);
        this.#points.drop(sort);
      };
    });
    return () => undo.forEach((each) => each());
  }

  #days({ deployments }: Drawn): void {
    const days = [...new Set([this.#view.day, ...deployments.map(({ day }) => day)])].filter(Boolean).sort();
    const choice = this.#part("day") as unknown as HTMLSelectElement;
    choice.replaceChildren(new Option("Every day", ""), ...days.map((day) => new Option(DAY.format(new Date(day)), day)));
    choice.value = this.#view.day;
    (this.#part("struck") as HTMLInputElement).checked = this.#view.struck;
    this.#part("choices").hidden = false;
  }

  #show(): void {
    const { map } = this.#ground;
    const isOn = (code: string) => (isByItselfOff(code) ? this.#view.on.has(code) : !this.#view.off.has(code));
    for (const [code, layer] of this.#layers) isOn(code) ? layer.addTo(map) : layer.remove();
    showPanel(this.#part("panel"), this.#groups, isOn, (code, on) => {
      const turned = isByItselfOff(code) ? "on" : "off";
      const codes = new Set(this.#view[turned]);
      on === (turned === "on") ? codes.add(code) : codes.delete(code);
      this.#go({ ...this.#view, [turned]: codes });
      const layer = this.#layers.get(code);
      on ? layer?.addTo(map) : layer?.remove();
    });
  }

  /** Look where the address says, else at what the operation has, else at the districts. */
  #look({ areas, deployments, results, districts }: Drawn): void {
    const { map } = this.#ground;
    if (this.#view.at) {
      map.setView([this.#view.at.lat, this.#view.at.lon], this.#view.at.zoom, { animate: false });
      return;
    }
    const bounds = L.latLngBounds([]);
    for (const { id } of areas) bounds.extend((this.#things.get(id) as L.Polygon).getBounds());
    for (const { lat, lon } of deployments) bounds.extend([lat, lon]);
    if (results.tiles) {
      const [west, south, east, north] = results.tiles.bounds;
      bounds.extend([south, west]).extend([north, east]);
    }
    for (let index = 0; index < results.id.length; index += 1) bounds.extend([results.lat[index]!, results.lon[index]!]);
    if (!bounds.isValid()) for (const { id } of districts) bounds.extend((this.#things.get(id) as L.Polygon).getBounds());
    if (bounds.isValid()) map.fitBounds(bounds, { padding: [24, 24], maxZoom: CLOSEST_BY_ITSELF, animate: false });
  }

  async #choose(): Promise<void> {
    const day = this.#part("day") as unknown as HTMLSelectElement;
    const struck = (this.#part("struck") as HTMLInputElement).checked;
    const fetches = struck !== this.#view.struck;
    this.#go({ ...this.#view, day: day.value, struck, at: this.#here() });
    if (fetches) await this.load();
    else if (this.#drawn) this.#draw(this.#drawn);
  }

  #here(): View["at"] {
    const { map } = this.#ground;
    const { lat, lng: lon } = map.getCenter();
    return { lat, lon, zoom: map.getZoom() };
  }

  /** What is shown changes: a step that the back button takes back. */
  #go(view: View): void {
    this.#view = view;
    history.pushState(null, "", addressOf(new URL(location.href), view));
  }

  /** Looking elsewhere is no step, but the address says where. */
  #moved(): void {
    if (!this.#drawn) return;
    this.#view = { ...this.#view, at: this.#here() };
    history.replaceState(history.state, "", addressOf(new URL(location.href), this.#view));
  }

  async #return(): Promise<void> {
    const { struck } = this.#view;
    this.#view = viewOf(new URLSearchParams(location.search));
    if (struck !== this.#view.struck) await this.load();
    else if (this.#drawn) this.#draw(this.#drawn);
  }
}

const isByItselfOff = (code: string): boolean => code.startsWith("boundary:");

function pin(style: string, place: L.LatLng, title: string, nth: number): L.Marker {
  const right = PIN_PX * (nth % PINS_IN_ROW);
  const down = PIN_PX * Math.floor(nth / PINS_IN_ROW);
  const icon = L.divIcon({
    className: `app-marker app-marker--${style}`,
    iconSize: [PIN_PX, PIN_PX],
    iconAnchor: [PIN_PX / 2 - right, PIN_PX / 2 - down],
    popupAnchor: [right, down],
  });
  // The list beside the map is the way by keyboard; two ways would be twice the stops.
  return L.marker(place, { icon, title, keyboard: false });
}

function counted(all: { code: string; name: string; key: string }[]): Group["switches"] {
  const found = new Map<string, Group["switches"][number]>();
  for (const each of all) found.set(each.code, { ...each, count: (found.get(each.code)?.count ?? 0) + 1 });
  return [...found.values()];
}
