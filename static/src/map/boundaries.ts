// Wards, districts and other boundaries: those in view alone, fetched as the map moves, and never more than
// can be told apart.
import type { Feature, MultiPolygon } from "geojson";
import L from "leaflet";
import { today } from "../time.ts";
import { InView } from "./inview.ts";
import { cornersOf } from "./outline.ts";

// What a city has of wards; more on one screen are a tangle, and slow.
const MOST = 250;
const MOST_NAMED = 40;
const ROUND_THE_EARTH_M = 40_075_016;
const TILE_PX = 256;
// From here on, who draws along a boundary gets every corner of it.
const EXACT_FROM = 14;

export class BoundaryLayer extends InView {
  readonly #code: string;
  readonly #name: string;
  readonly #isExact: boolean;
  protected override readonly sorry: string;

  /** `exact` keeps every corner where somebody draws, so that an area can lie on a boundary. */
  constructor(code: string, name: string, say: (sentence: string) => void, { exact = false } = {}) {
    super(say);
    this.#code = code;
    this.#name = name;
    this.#isExact = exact;
    this.sorry = `These could not be fetched: ${name}. Move the map to try again.`;
  }

  protected override async load(bounds: L.LatLngBounds, zoom: number, signal: AbortSignal): Promise<string> {
    const pixel = (ROUND_THE_EARTH_M * Math.cos((bounds.getCenter().lat * Math.PI) / 180)) / (TILE_PX * 2 ** zoom);
    const query = new URLSearchParams({
      layer: this.#code,
      on: today(),
      bbox: boxOf(bounds),
      geometry: "true",
      limit: String(MOST),
      ...(this.#isExact && zoom >= EXACT_FROM ? {} : { accurate_to_m: Math.min(pixel, 1000).toFixed(1) }),
    });
    const reply = await fetch(`/api/v1/boundaries?${query}`, { signal });
    if (!reply.ok) throw new Error(String(reply.status));
    const isCut = (reply.headers.get("Link") ?? "").includes('rel="next"');
    const { features } = (await reply.json()) as { features: Feature<MultiPolygon, { name: string }>[] };
    this.#draw(isCut ? [] : features);
    return isCut ? `More than ${MOST} are in view of: ${this.#name}. Move closer to see them.` : "";
  }

  #draw(features: Feature<MultiPolygon, { name: string }>[]): void {
    this.clearLayers();
    for (const { geometry, properties } of features) {
      const shape = L.polygon(cornersOf(geometry), { className: `app-shape app-shape--${this.#code === "district" ? "district" : "boundary"}`, weight: 1, fillOpacity: 0, interactive: false });
      if (features.length <= MOST_NAMED) {
        shape.bindTooltip(properties.name, { permanent: true, direction: "center", className: "app-map-name" });
      }
      this.addLayer(shape);
    }
  }
}

/** Give where a layer says what it can't show. */
export function sayer(): (sentence: string) => void {
  const note = document.querySelector<HTMLElement>("[data-map-note]");
  return (sentence) => {
    if (note) note.textContent = sentence;
  };
}

function boxOf(bounds: L.LatLngBounds): string {
  const within = (value: number, most: number) => Math.max(-most, Math.min(most, value)).toFixed(5);
  return [within(bounds.getWest(), 180), within(bounds.getSouth(), 90), within(bounds.getEast(), 180), within(bounds.getNorth(), 90)].join(",");
}
