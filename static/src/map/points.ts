// Points by the thousand on one canvas, each with the sign of its sort. They are drawn from columns of numbers,
// not as an object of Leaflet's each, so that twenty thousand move smoothly.
import L from "leaflet";
import type { Glyph } from "./glyph.ts";
import { type Columns, nearest } from "./nearest.ts";

// Half the width of a sign. What is clicked or tapped is a little larger.
const SIZE_PX = 7;
const TOLERANCE_PX = 6;
const SPRITE_PX = 2 * SIZE_PX + 6;
// Drawn beyond the view as well, so that a short drag shows no edge.
const MARGIN = 0.3;

export interface Told {
  ids: readonly string[];
  /** Where they are, on a map that is one tile wide. */
  columns: Columns;
  glyph: Glyph;
  said: (index: number) => HTMLElement;
  isStruck?: (index: number) => boolean;
}

/** Points of one sort: a layer to show and hide, though the canvas is shared by all. */
export class Sort extends L.Layer {
  readonly told: Told;
  readonly #redraw: () => void;

  constructor(told: Told, redraw: () => void) {
    super();
    this.told = told;
    this.#redraw = redraw;
  }

  override onAdd(): this {
    this.#redraw();
    return this;
  }

  override onRemove(): this {
    this.#redraw();
    return this;
  }

  position(index: number): L.LatLng {
    const { x, y } = this.told.columns;
    return L.CRS.EPSG3857.pointToLatLng(L.point(x[index]!, y[index]!), 0);
  }

  /** Open what is said of a point. */
  open(map: L.Map, index: number): void {
    L.popup({ autoPanPadding: [24, 24] }).setLatLng(this.position(index)).setContent(this.told.said(index)).openOn(map);
  }
}

/** The canvas that all sorts of a map share. */
export class Points extends L.Layer {
  readonly #canvas = L.DomUtil.create("canvas", "app-map-points leaflet-zoom-animated");
  readonly #sprites = new Map<string, HTMLCanvasElement>();
  #sorts: Sort[] = [];
  #bounds = L.latLngBounds([]);
  #frame = 0;

  constructor() {
    super();
    this.on("add", () => this.#listen(true));
    this.on("remove", () => this.#listen(false));
  }

  add(told: Told): Sort {
    const sort = new Sort(told, () => this.#later());
    this.#sorts.push(sort);
    return sort;
  }

  drop(sort: Sort): void {
    this.#sorts = this.#sorts.filter((each) => each !== sort);
    sort.remove();
  }

  clear(): void {
    for (const sort of this.#sorts) sort.remove();
    this.#sorts = [];
  }

  /** Find a point by its id. */
  find(id: string): { sort: Sort; index: number } | null {
    for (const sort of this.#sorts) {
      const index = sort.told.ids.indexOf(id);
      if (index >= 0) return { sort, index };
    }
    return null;
  }

  override onAdd(map: L.Map): this {
    map.getPanes().overlayPane.append(this.#canvas);
    this.#later();
    return this;
  }

  override onRemove(): this {
    cancelAnimationFrame(this.#frame);
    this.#canvas.remove();
    return this;
  }

  override getEvents(): Record<string, L.LeafletEventHandlerFn> {
    const draw = () => this.#draw();
    return { moveend: draw, viewreset: draw, zoom: draw, zoomanim: (event) => this.#zoom(event as L.ZoomAnimEvent) };
  }

  /** What is on the canvas is on top: a click on a sign is not one on the area below it. */
  readonly #clicked = (event: MouseEvent): void => {
    const map = this._map as L.Map & { _draggableMoved(map: L.Map): boolean };
    if (!(event.target as HTMLElement).closest(".leaflet-map-pane") && event.target !== map.getContainer()) return;
    if ((event.target as HTMLElement).closest(".leaflet-popup, .leaflet-marker-icon") || map._draggableMoved(map)) return;
    const hit = this.#at(event);
    if (!hit) return;
    event.stopPropagation();
    hit.sort.open(map, hit.index);
  };

  readonly #pointed = (event: MouseEvent): void => {
    this._map.getContainer().classList.toggle("app-map--pointed", this.#at(event) !== null);
  };

  #listen(on: boolean): void {
    const container = this._map.getContainer();
    const change = on ? container.addEventListener : container.removeEventListener;
    change.call(container, "click", this.#clicked as EventListener, true);
    change.call(container, "mousemove", this.#pointed as EventListener);
  }

  #shown(): Sort[] {
    return this.#sorts.filter((sort) => this._map.hasLayer(sort));
  }

  #at(event: MouseEvent): { sort: Sort; index: number } | null {
    const map = this._map;
    const scale = 2 ** map.getZoom();
    const { x, y } = map.project(map.mouseEventToLatLng(event));
    let best: { sort: Sort; index: number } | null = null;
    let most = (SIZE_PX + TOLERANCE_PX) / scale;
    for (const sort of this.#shown()) {
      const found = nearest(sort.told.columns, { x: x / scale, y: y / scale }, most);
      if (!found) continue;
      best = { sort, index: found.index };
      most = found.far;
    }
    return best;
  }

  #later(): void {
    cancelAnimationFrame(this.#frame);
    this.#frame = requestAnimationFrame(() => this._map && this.#draw());
  }

  #draw(): void {
    const map = this._map;
    const size = map.getSize();
    const margin = size.multiplyBy(MARGIN).round();
    const corner = map.containerPointToLayerPoint(margin.multiplyBy(-1));
    const whole = size.add(margin.multiplyBy(2));
    const ratio = window.devicePixelRatio;
    this.#bounds = L.latLngBounds(map.layerPointToLatLng(corner), map.layerPointToLatLng(corner.add(whole)));
    Object.assign(this.#canvas, { width: whole.x * ratio, height: whole.y * ratio });
    Object.assign(this.#canvas.style, { width: `${whole.x}px`, height: `${whole.y}px` });
    L.DomUtil.setPosition(this.#canvas, corner);
    const context = this.#canvas.getContext("2d")!;
    context.scale(ratio, ratio);
    const scale = 2 ** map.getZoom();
    const origin = map.getPixelOrigin().add(corner);
    for (const { told } of this.#shown()) {
      const { columns } = told;
      const plain = this.#sprite(told.glyph, false, ratio);
      const struck = told.isStruck && this.#sprite(told.glyph, true, ratio);
      for (let index = 0; index < columns.x.length; index += 1) {
        const x = columns.x[index]! * scale - origin.x;
        const y = columns.y[index]! * scale - origin.y;
        if (x < -SPRITE_PX || y < -SPRITE_PX || x > whole.x + SPRITE_PX || y > whole.y + SPRITE_PX) continue;
        const sprite = struck && told.isStruck!(index) ? struck : plain;
        context.drawImage(sprite, x - SPRITE_PX / 2, y - SPRITE_PX / 2, SPRITE_PX, SPRITE_PX);
      }
    }
  }

  /** Draw a sign once, to copy it; a struck one is hollow, with a line through it. */
  #sprite(glyph: Glyph, isStruck: boolean, ratio: number): HTMLCanvasElement {
    const key = JSON.stringify([glyph, isStruck, ratio]);
    const before = this.#sprites.get(key);
    if (before) return before;
    const made = document.createElement("canvas");
    made.width = made.height = Math.ceil(SPRITE_PX * ratio);
    const context = made.getContext("2d")!;
    context.scale(ratio, ratio);
    context.translate(SPRITE_PX / 2, SPRITE_PX / 2);
    context.beginPath();
    for (const [right, down] of glyph.corners) context.lineTo(SIZE_PX * right, SIZE_PX * down);
    context.closePath();
    context.lineWidth = 1.5;
    context.fillStyle = isStruck ? "#ffffff" : glyph.colour;
    context.strokeStyle = isStruck ? glyph.colour : "#ffffff";
    context.fill();
    context.stroke();
    if (isStruck) {
      context.beginPath();
      context.moveTo(-SIZE_PX, SIZE_PX);
      context.lineTo(SIZE_PX, -SIZE_PX);
      context.stroke();
    }
    this.#sprites.set(key, made);
    return made;
  }

  /** Move with the map while it zooms, as Leaflet's own layers do. */
  #zoom({ zoom, center }: L.ZoomAnimEvent): void {
    const map = this._map as L.Map & { _latLngBoundsToNewLayerBounds(bounds: L.LatLngBounds, zoom: number, center: L.LatLng): L.Bounds };
    const { min } = map._latLngBoundsToNewLayerBounds(this.#bounds, zoom, center);
    L.DomUtil.setTransform(this.#canvas, min!, map.getZoomScale(zoom));
  }
}
