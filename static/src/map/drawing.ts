// Drawing with mouse or finger: Leaflet-Geoman, driven by our own buttons, on one draft shape.
import L from "leaflet";
import "@geoman-io/leaflet-geoman-free";
import type { Position } from "geojson";
import { circle, type Parts } from "./shape.ts";

/** What is drawn on the map, and for what. */
export type Tool = "outline" | "rectangle" | "round" | "hole" | "split" | "line";
/** What is drawn becomes rings or a line; what they are for is the editor's to say. */
export type Drawn = { tool: Tool; ring?: Position[]; line?: Position[] };

interface Told {
  /** The draft was changed by its handles. */
  changed(parts: Parts, how: "corner" | "moved"): void;
  drawn(drawn: Drawn): void;
  refused(error: unknown): void;
  stopped(): void;
}

const SHAPES: Record<Tool, "Polygon" | "Rectangle" | "Circle" | "Line"> = {
  outline: "Polygon",
  rectangle: "Rectangle",
  round: "Circle",
  hole: "Polygon",
  split: "Line",
  line: "Line",
};
const STYLE: L.PathOptions = { className: "app-shape app-shape--draft", weight: 3, fillOpacity: 0.15 };
const LINE: L.PathOptions = { className: "app-shape app-shape--line", weight: 3 };
// Handles are for pointers, and have no names; the table of corners is the way by keyboard.
L.Marker.mergeOptions({ keyboard: false });
// A finger needs more room than a mouse; Geoman's own default is 20.
const SNAP_PX = 15;
// Each corner has two handles; with more than these a desk's browser stutters.
export const MOST_HANDLES = 600;

export class Drawing {
  readonly #map: L.Map;
  readonly #told: Told;
  #draft: L.Polygon | null = null;
  #parts: Parts = [];
  #tool: Tool | null = null;
  #moving = false;
  #snaps = true;

  constructor(map: L.Map, told: Told) {
    this.#map = map;
    this.#told = told;
    this.#settings();
    map.on("pm:create", ({ layer }) => this.#take(layer));
    map.on("pm:drawend", () => this.#told.stopped());
  }

  get tool(): Tool | null {
    return this.#tool;
  }

  get moving(): boolean {
    return this.#moving;
  }

  get snaps(): boolean {
    return this.#snaps;
  }

  /** Begin to draw. */
  start(tool: Tool): void {
    this.#tool = tool;
    this.#rest();
    this.#map.pm.enableDraw(SHAPES[tool], { pathOptions: STYLE, templineStyle: LINE, hintlineStyle: LINE });
  }

  /** Take back the last corner of what is being drawn. */
  undo(): void {
    this.#polyline()?._removeLastVertex();
  }

  /** Close what is being drawn, as a click on its first corner would. */
  finish(): void {
    this.#polyline()?._finishShape();
  }

  stop(): void {
    this.#tool = null;
    this.#map.pm.disableDraw();
    this.#edit();
  }

  /** Let the whole shape be dragged, or its corners again. */
  move(moving: boolean): void {
    this.#moving = moving;
    this.#rest();
    this.#edit();
  }

  /** Let corners jump to those of other shapes near them, or stay where they are put. */
  snap(snaps: boolean): void {
    this.#snaps = snaps;
    this.#settings();
    this.#rest();
    if (this.#tool === null) this.#edit();
  }

  /** Show this shape, and let its corners be moved. */
  show(parts: Parts): void {
    this.#parts = parts;
    this.#rest();
    this.#draft?.remove();
    this.#draft = null;
    if (parts.length === 0) return;
    this.#draft = L.polygon(
      parts.map((rings) => rings.map((ring) => ring.slice(0, -1).map(([lon, lat]) => L.latLng(lat!, lon!)))),
      STYLE,
    ).addTo(this.#map);
    this.#draft.on("pm:edit", () => this.#changed(this.#moving ? "moved" : "corner"));
    if (this.#tool === null) this.#edit();
  }

  /** Move to the shape. */
  look(): void {
    if (this.#draft) this.#map.fitBounds(this.#draft.getBounds(), { padding: [40, 40], animate: false });
  }

  #settings(): void {
    this.#map.pm.setGlobalOptions({
      allowSelfIntersection: false,
      continueDrawing: false,
      snapDistance: SNAP_PX,
      snappable: this.#snaps,
      tooltips: false,
    });
  }

  /** Geoman offers these only on its own toolbar, which has no names for a screen reader. */
  #polyline(): { _removeLastVertex(): void; _finishShape(): void } | undefined {
    const shape = this.#tool && SHAPES[this.#tool];
    if (shape !== "Polygon" && shape !== "Line") return undefined;
    return (this.#map.pm.Draw as unknown as Record<string, { _removeLastVertex(): void; _finishShape(): void }>)[shape];
  }

  #rest(): void {
    this.#draft?.pm.disable();
    this.#draft?.pm.disableLayerDrag();
  }

  #edit(): void {
    if (this.#moving) this.#draft?.pm.enableLayerDrag();
    else if (this.#parts.flat().reduce((sum, ring) => sum + ring.length, 0) <= MOST_HANDLES) {
      this.#draft?.pm.enable({ allowSelfIntersection: false, snappable: this.#snaps, snapDistance: SNAP_PX });
    }
  }

  #changed(how: "corner" | "moved"): void {
    const { geometry } = this.#draft!.toGeoJSON(7);
    this.#parts = geometry.type === "Polygon" ? [geometry.coordinates] : geometry.coordinates;
    this.#told.changed(this.#parts, how);
  }

  #take(layer: L.Layer): void {
    const tool = this.#tool;
    this.#tool = null;
    layer.remove();
    if (tool === null) return;
    try {
      if (layer instanceof L.Circle) {
        const { lng, lat } = layer.getLatLng();
        this.#told.drawn({ tool, ring: circle([lng, lat], layer.getRadius())[0]![0]! });
      } else if (layer instanceof L.Polygon) {
        this.#told.drawn({ tool, ring: (layer.toGeoJSON(7).geometry.coordinates as Position[][])[0]! });
      } else if (layer instanceof L.Polyline) {
        this.#told.drawn({ tool, line: layer.toGeoJSON(7).geometry.coordinates as Position[] });
      }
    } catch (error) {
      this.#told.refused(error);
    }
    this.#edit();
  }
}
