// Outlines by the thousand: drawn square by square from the vector tiles of a collection, and opened by a click.
import L from "leaflet";
import { popup } from "./ground.ts";
import { holds } from "./inside.ts";
import { type Budget, fetchSquare, type Source } from "./tiles.ts";

const TILE_PX = 256;
const LINE = "#1d5fa8";
const FILL = "#1d5fa81f";
// Of one square; more are a blot.
const MOST = 40_000;

export interface Told extends Source {
  /** Where to read more, with {operation}. */
  href: string;
  /** What the codes of a purpose are called. */
  purposes: Record<string, string>;
}

interface Outline {
  rings: [number, number][][];
  said: Record<string, number | string | boolean>;
}

export class Outlines extends L.GridLayer {
  readonly #told: Told;
  readonly #say: (sentence: string) => void;
  readonly #there = new Map<string, Outline[]>();

  constructor(told: Told, say: (sentence: string) => void) {
    // Above a ground of tiles, whichever comes first.
    super({ tileSize: TILE_PX, pane: "overlayPane", zIndex: 1 });
    this.#told = told;
    this.#say = say;
    this.on("tileunload", ({ coords }) => this.#there.delete(named(coords)));
  }

  override getEvents(): Record<string, L.LeafletEventHandlerFn> {
    return { ...super.getEvents?.(), click: (event) => this.#open((event as L.LeafletMouseEvent).latlng) };
  }

  protected override createTile(coords: L.Coords, done: L.DoneCallback): HTMLElement {
    const canvas = document.createElement("canvas");
    const ratio = window.devicePixelRatio;
    canvas.width = canvas.height = TILE_PX * ratio;
    this.#draw(coords, canvas, ratio).then(
      () => done(undefined, canvas),
      (error: Error) => {
        this.#say("Some areas could not be fetched. Move the map to try again.");
        done(error, canvas);
      },
    );
    return canvas;
  }

  async #draw(coords: L.Coords, canvas: HTMLCanvasElement, ratio: number): Promise<void> {
    const budget: Budget = { left: MOST, isCut: false };
    const parts = await fetchSquare(this.#told, coords, budget, AbortSignal.timeout(60_000));
    if (budget.isCut) this.#say("More areas are in view than can be told apart, so some are not drawn. Move closer to see each.");
    const outlines: Outline[] = [];
    for (const { layer, square } of parts) {
      // A quarter lies in the square at a place and a scale of its own.
      const scale = 2 ** (coords.z - square.z);
      const [left, top] = [square.x * scale - coords.x, square.y * scale - coords.y];
      for (let index = 0; index < layer.length; index += 1) {
        const feature = layer.feature(index);
        const rings = feature.loadGeometry().map((ring) =>
          ring.map(({ x, y }): [number, number] => [TILE_PX * (left + (scale * x) / layer.extent), TILE_PX * (top + (scale * y) / layer.extent)]),
        );
        outlines.push({ rings, said: feature.properties });
      }
    }
    this.#there.set(named(coords), outlines);
    const context = canvas.getContext("2d")!;
    context.scale(ratio, ratio);
    Object.assign(context, { strokeStyle: LINE, fillStyle: FILL, lineWidth: 2, lineJoin: "round" });
    for (const { rings } of outlines) {
      context.beginPath();
      for (const ring of rings) {
        for (const [x, y] of ring) context.lineTo(x, y);
        context.closePath();
      }
      context.fill("evenodd");
      context.stroke();
    }
  }

  /** Say of the outline on top at a place what it is. */
  #open(place: L.LatLng): void {
    const map = this._map as L.Map;
    for (const [name, outlines] of this.#there) {
      const [z, y, x] = name.split("/").map(Number) as [number, number, number];
      if (z !== Math.round(map.getZoom())) continue;
      const at = map.project(place, z).subtract([x * TILE_PX, y * TILE_PX]);
      if (at.x < 0 || at.y < 0 || at.x >= TILE_PX || at.y >= TILE_PX) continue;
      const found = outlines.findLast(({ rings }) => rings.filter((ring) => holds(ring, [at.x, at.y])).length % 2 === 1);
      if (!found) return;
      const { id, name: called, purpose, operation } = found.said;
      const text = this.#told.purposes[String(purpose)] ?? "";
      const href = this.#told.href.replace("{operation}", String(operation));
      L.popup({ autoPanPadding: [24, 24] }).setLatLng(place).setContent(popup({ id: String(id), name: String(called), text, href })).openOn(map);
      return;
    }
  }
}

const named = ({ z, y, x }: L.Coords): string => `${z}/${y}/${x}`;
