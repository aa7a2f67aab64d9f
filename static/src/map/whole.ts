// The map of one operation: all its layers from one compact reply, the view in the address.
import type { MultiPolygon } from "geojson";
import L from "leaflet";
import { finder } from "./finder.ts";
import { glyph } from "./glyph.ts";
import { type Ground, openMap, popup } from "./ground.ts";
import { type Group, showPanel } from "./panel.ts";
import { canvas, sign } from "./signs.ts";
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
  zones: { id: string; result: string; text: string; outline: MultiPolygon }[];
  districts: Shape[];
  deployments: (Spot & { day: string; status: string; status_text: string })[];
  sites: (Spot & { kind: string })[];
  results: {
    kinds: [string, string][];
    statuses: [string, string][];
    id: string[];
    kind: number[];
    status: number[];
    at: number[];
    lon: number[];
    lat: number[];
  };
}

// SI 2023/1101: no drones within 400 m of a closed prison, roughly.
const PRISON_RING_M = 400;
const CLOSEST_BY_ITSELF = 15;
const MOMENT = new Intl.DateTimeFormat("en-GB", { timeZone: "Europe/London", dateStyle: "medium", timeStyle: "short" });
const DAY = new Intl.DateTimeFormat("en-GB", { timeZone: "UTC", weekday: "short", day: "numeric", month: "short" });

export class WholeMap {
  readonly #source: string;
  readonly #ground: Ground;
  readonly #canvas = canvas();
  readonly #layers = new Map<string, L.LayerGroup>();
  readonly #things = new Map<string, L.Layer>();
  #view: View;
  #drawn: Drawn | null = null;
  #groups: Group[] = [];

  constructor(root: HTMLElement) {
    this.#source = root.dataset["source"] ?? "";
    this.#ground = openMap(root, []);
    this.#view = viewOf(new URLSearchParams(location.search));
    const { map } = this.#ground;
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
    } catch {
      status.textContent = "The map could not be fetched. Everything on it is in the list; load the page again to try once more.";
      return;
    }
    this.#draw(this.#drawn);
    const { id } = this.#drawn.results;
    status.textContent = `${id.length.toLocaleString("en-GB")} ${id.length === 1 ? "result is" : "results are"} on the map.`;
    // For whoever waits for the first picture: a browser that paints, or one that measures.
    requestAnimationFrame(() => performance.mark("map-drawn"));
  }

  /** Show one thing: move there and say what is known of it. */
  show(id: string): boolean {
    const thing = this.#things.get(id);
    if (!thing) return false;
    const { map } = this.#ground;
    if (thing instanceof L.Polygon) map.fitBounds(thing.getBounds(), { padding: [40, 40], animate: false });
    else if (thing instanceof L.Marker || thing instanceof L.CircleMarker) {
      map.setView(thing.getLatLng(), Math.max(map.getZoom(), CLOSEST_BY_ITSELF), { animate: false });
    }
    thing.openPopup();
    return true;
  }

  #part(name: string): HTMLElement {
    return document.querySelector<HTMLElement>(`[data-map-part=${name}]`)!;
  }

  #controls(): HTMLInputElement[] {
    return [this.#part("day"), this.#part("struck")] as HTMLInputElement[];
  }

  #draw(drawn: Drawn): void {
    for (const layer of this.#layers.values()) layer.remove();
    this.#layers.clear();
    this.#things.clear();
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
          { code: "rings", name: "400 m round prisons: no drones round closed ones", key: "ring" },
        ].filter(({ code }) => this.#layers.has(code)),
      },
    ];
    this.#days(drawn);
    this.#show();
    this.#look(drawn);
  }

  #layer(code: string): L.LayerGroup {
    const found = this.#layers.get(code) ?? L.layerGroup();
    this.#layers.set(code, found);
    return found;
  }

  #add(code: string, id: string, thing: L.Layer, said?: () => HTMLElement): void {
    if (said) thing.bindPopup(said, { autoPanPadding: [24, 24] });
    this.#things.set(id, thing);
    this.#layer(code).addLayer(thing);
  }

  #background({ districts, sites }: Drawn): void {
    for (const { id, name, outline } of districts) {
      const shape = L.polygon(cornersOf(outline), { className: "app-shape app-shape--district", weight: 1, fillOpacity: 0, interactive: false });
      shape.bindTooltip(name, { permanent: true, direction: "center", className: "app-map-name" });
      this.#add("districts", id, shape);
    }
    for (const site of sites) {
      const place = L.latLng(site.lat, site.lon);
      if (site.kind === "prison") {
        this.#layer("rings").addLayer(L.circle(place, { radius: PRISON_RING_M, className: "app-shape app-shape--ring", weight: 2, fillOpacity: 0.05, interactive: false }));
      }
      this.#add("sites", site.id, pin("site", place, site.name), () => popup(site));
    }
  }

  #areas({ areas }: Drawn): Group["switches"] {
    for (const area of areas) {
      const shape = L.polygon(cornersOf(area.outline), { className: `app-shape app-shape--area app-shape--${area.purpose}`, weight: 3, fillOpacity: 0.12 });
      this.#add(`area:${area.purpose}`, area.id, shape, () => popup(area));
    }
    return counted(areas.map(({ purpose, text }) => ({ code: `area:${purpose}`, name: text, key: `area app-key--${purpose}` })));
  }

  #zones({ zones }: Drawn): Group["switches"] {
    for (const { id, result, text, outline } of zones) {
      const shape = L.polygon(cornersOf(outline), { className: "app-shape app-shape--zone", weight: 3, fillOpacity: 0.08 });
      this.#add("zones", id, shape, () => popup({ id, name: "Exclusion zone of an order", text, href: `/results/${result}` }));
    }
    return zones.length ? [{ code: "zones", name: "Exclusion zones of orders", count: zones.length, key: "zone" }] : [];
  }

  #deployments({ deployments }: Drawn): Group["switches"] {
    const chosen = deployments.filter(({ day }) => this.#view.day === "" || day === this.#view.day);
    const here = `${location.pathname.replace(/\/map$/, "")}/deployments/`;
    for (const each of chosen) {
      const text = `${each.status_text}. ${each.text}`;
      const marker = pin(`deployment app-marker--${each.status}`, L.latLng(each.lat, each.lon), each.name);
      this.#add(`deployment:${each.status}`, each.id, marker, () => popup({ ...each, text, href: here + each.id }));
    }
    return counted(
      chosen.map(({ status, status_text }) => ({ code: `deployment:${status}`, name: status_text, key: `deployment app-key--${status}` })),
    );
  }

  #results({ results }: Drawn): Group["switches"] {
    const { kinds, statuses, id, kind, status, at, lon, lat } = results;
    const counts = kinds.map(() => 0);
    const layers = kinds.map(([code]) => this.#layer(`kind:${code}`));
    for (let index = 0; index < id.length; index += 1) {
      const which = kind[index]!;
      const [code, said] = statuses[status[index]!]!;
      counts[which]! += 1;
      const point = sign([lat[index]!, lon[index]!], which, code === "struck", this.#canvas);
      this.#things.set(id[index]!, point);
      point.bindPopup(() =>
        popup({ id: id[index]!, name: kinds[which]![1], text: `${said}, ${MOMENT.format(at[index]! * 1000)}`, href: `/results/${id[index]}` }),
      );
      layers[which]!.addLayer(point);
    }
    return kinds.map(([code, name], place) => ({ code: `kind:${code}`, name, count: counts[place]!, key: glyph(place) }));
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
    for (const [code, layer] of this.#layers) this.#view.off.has(code) ? layer.remove() : layer.addTo(map);
    showPanel(this.#part("panel"), this.#groups, this.#view.off, (code, on) => {
      const off = new Set(this.#view.off);
      on ? off.delete(code) : off.add(code);
      this.#go({ ...this.#view, off });
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

const cornersOf = (outline: MultiPolygon): L.LatLng[][][] =>
  outline.coordinates.map((rings) => rings.map((ring) => ring.map(([lon, lat]) => L.latLng(lat!, lon!))));

function pin(style: string, place: L.LatLng, title: string): L.Marker {
  // The list beside the map is the way by keyboard; two ways would be twice the stops.
  return L.marker(place, { icon: L.divIcon({ className: `app-marker app-marker--${style}`, iconSize: [24, 24] }), title, keyboard: false });
}

function counted(all: { code: string; name: string; key: string }[]): Group["switches"] {
  const found = new Map<string, Group["switches"][number]>();
  for (const each of all) found.set(each.code, { ...each, count: (found.get(each.code)?.count ?? 0) + 1 });
  return [...found.values()];
}
