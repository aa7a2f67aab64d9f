// Drawing with mouse or finger: Leaflet-Geoman, driven by our own buttons, on one draft shape.
import L from "leaflet";
import "@geoman-io/leaflet-geoman-free";
import type { Position } from "geojson";
import type { Parts } from "./shape.ts";

export type Tool = "outline" | "hole";

const STYLE: L.PathOptions = { className: "app-shape app-shape--draft", weight: 3, fillOpacity: 0.15 };
const LINE: L.PathOptions = { className: "app-shape app-shape--line", weight: 3 };
// Handles are for pointers, and have no names; the table of corners is the way by keyboard.
L.Marker.mergeOptions({ keyboard: false });
// A finger needs more room than a mouse; Geoman's own default is 20.
const SNAP_PX = 15;

export class Drawing {
  readonly #map: L.Map;
  readonly #changed: (parts: Parts) => void;
  readonly #stopped: () => void;
  #draft: L.Polygon | null = null;
  #parts: Parts = [];
  #tool: Tool | null = null;

  constructor(map: L.Map, changed: (parts: Parts) => void, stopped: () => void) {
    this.#map = map;
    this.#changed = changed;
    this.#stopped = stopped;
    map.pm.setGlobalOptions({
      allowSelfIntersection: false,
      continueDrawing: false,
      snapDistance: SNAP_PX,
      snappable: true,
      tooltips: false,
    });
    map.on("pm:create", ({ layer }) => this.#take(layer as L.Polygon));
    map.on("pm:drawend", () => this.#stopped());
  }

  get tool(): Tool | null {
    return this.#tool;
  }

  /** Begin an outline, or a hole in one. */
  start(tool: Tool): void {
    this.#tool = tool;
    this.#draft?.pm.disable();
    this.#map.pm.enableDraw("Polygon", { pathOptions: STYLE, templineStyle: LINE, hintlineStyle: LINE });
  }

  /** Take back the last corner of what is being drawn. */
  undo(): void {
    // Geoman offers this only on its own toolbar, which has no names for a screen reader.
    (this.#map.pm.Draw as unknown as { Polygon: { _removeLastVertex(): void } }).Polygon._removeLastVertex();
  }

  /** Close what is being drawn, as a click on its first corner would. */
  finish(): void {
    (this.#map.pm.Draw as unknown as { Polygon: { _finishShape(): void } }).Polygon._finishShape();
  }

  stop(): void {
    this.#tool = null;
    this.#map.pm.disableDraw();
    this.#edit();
  }

  /** Show this shape, and let its corners be moved. */
  show(parts: Parts): void {
    this.#parts = parts;
    this.#draft?.pm.disable();
    this.#draft?.remove();
    this.#draft = null;
    if (parts.length === 0) return;
    this.#draft = L.polygon(
      parts.map((rings) => rings.map((ring) => ring.slice(0, -1).map(([lon, lat]) => L.latLng(lat!, lon!)))),
      STYLE,
    ).addTo(this.#map);
    this.#draft.on("pm:edit", () => {
      this.#parts = partsOfLayer(this.#draft!);
      this.#changed(this.#parts);
    });
    if (this.#tool === null) this.#edit();
  }

  /** Move to the shape. */
  look(): void {
    if (this.#draft) this.#map.fitBounds(this.#draft.getBounds(), { padding: [40, 40] });
  }

  #edit(): void {
    this.#draft?.pm.enable({ allowSelfIntersection: false, snappable: true, snapDistance: SNAP_PX });
  }

  #take(layer: L.Polygon): void {
    const drawn = partsOfLayer(layer)[0]?.[0];
    layer.remove();
    const tool = this.#tool;
    this.#tool = null;
    if (!drawn) return;
    const owner = this.#parts.findIndex((rings) => holds(rings[0]!, drawn[0]!));
    const parts =
      tool === "hole" && owner >= 0
        ? this.#parts.map((rings, index) => (index === owner ? [...rings, drawn] : rings))
        : [...this.#parts, [drawn]];
    this.show(parts);
    this.#changed(parts);
  }
}

function partsOfLayer(layer: L.Polygon): Parts {
  const { geometry } = layer.toGeoJSON(7);
  return geometry.type === "Polygon" ? [geometry.coordinates] : geometry.coordinates;
}

/** Tell whether a ring holds a point: count how often a line to the east crosses it. */
function holds(ring: Position[], [x, y]: Position): boolean {
  let inside = false;
  for (let index = 0; index < ring.length - 1; index += 1) {
    const [x1, y1] = ring[index] as [number, number];
    const [x2, y2] = ring[index + 1] as [number, number];
    if (y1 > y! !== y2 > y! && x! < ((x2 - x1) * (y! - y1)) / (y2 - y1) + x1) inside = !inside;
  }
  return inside;
}
