// Points by the ten thousand: those in view, fetched square by square from the vector tiles of a collection.
import L from "leaflet";
import { InView } from "./inview.ts";
import type { Spots } from "./results.ts";
import { type Budget, type Fetched, fetchSquare, type Source, type Square } from "./tiles.ts";

// A square is drawn twice as large as its level has it: a quarter as many requests, to an eighth of a pixel.
const LEVELS_ABOVE = 1;
const DEEPEST_ASKED = 20;
const TILE_PX = 256;
// Far more than anybody can tell apart, and about what a browser draws without a halt.
const MOST = 100_000;

export class Squares extends InView {
  readonly #source: Source;
  readonly #put: (spots: Spots) => () => void;
  /** What takes each square that is there off the map again. */
  readonly #there = new Map<string, () => void>();
  /** The level at which something was left out: what is kept of it is not fetched again. */
  #cutAt = -1;
  protected override readonly sorry = "Some results could not be fetched. Move the map to try again; all are in the list of results.";

  /** `put` draws what lies in a square, and gives what removes it. */
  constructor(source: Source, put: (spots: Spots) => () => void, say: (sentence: string) => void) {
    super(say);
    this.#source = source;
    this.#put = put;
  }

  override onRemove(map: L.Map): this {
    for (const remove of this.#there.values()) remove();
    this.#there.clear();
    return super.onRemove(map);
  }

  protected override async load(bounds: L.LatLngBounds, zoom: number, signal: AbortSignal): Promise<string> {
    const budget: Budget = { left: MOST, isCut: false };
    const squares = wanted(bounds, zoom);
    const missing = squares.filter((square) => !this.#there.has(named(square)));
    await Promise.all(missing.map(async (square) => this.#keep(square, await fetchSquare(this.#source, square, budget, signal), signal)));
    signal.throwIfAborted();
    // What another level had stays until this one is whole, so that nothing blinks.
    const now = new Set(squares.map(named));
    for (const [name, remove] of this.#there) {
      if (now.has(name)) continue;
      remove();
      this.#there.delete(name);
    }
    const level = squares[0]!.z;
    if (budget.isCut) this.#cutAt = level;
    return this.#cutAt === level ? "More results are in view than can be told apart, so some are not drawn. Move closer to see each." : "";
  }

  #keep(square: Square, parts: Fetched[], signal: AbortSignal): void {
    if (signal.aborted) return;
    const removed = parts.map((part) => this.#put(spotsOf(part)));
    this.#there.set(named(square), () => removed.forEach((remove) => remove()));
  }
}

const named = ({ z, y, x }: Square): string => `${z}/${y}/${x}`;

/** Name the squares that a view needs. */
function wanted(bounds: L.LatLngBounds, zoom: number): Square[] {
  const z = Math.max(0, Math.min(DEEPEST_ASKED, Math.floor(zoom) - LEVELS_ABOVE));
  const last = 2 ** z - 1;
  const at = (place: L.LatLng) => {
    const { x, y } = L.CRS.EPSG3857.latLngToPoint(place, z).divideBy(TILE_PX);
    return { x: Math.max(0, Math.min(last, Math.floor(x))), y: Math.max(0, Math.min(last, Math.floor(y))) };
  };
  const [from, to] = [at(bounds.getNorthWest()), at(bounds.getSouthEast())];
  const squares: Square[] = [];
  for (let y = from.y; y <= to.y; y += 1) for (let x = from.x; x <= to.x; x += 1) squares.push({ z, y, x });
  return squares;
}

/** Read a tile, but for what belongs to the squares beside it. */
function spotsOf({ layer, square: { z, y, x } }: Fetched): Spots {
  const found: Spots = { columns: { x: new Float64Array(), y: new Float64Array() }, ids: [], kinds: [], statuses: [], times: [] };
  const across: number[] = [];
  const down: number[] = [];
  const unit = TILE_PX / 2 ** z;
  for (let index = 0; index < layer.length; index += 1) {
    const feature = layer.feature(index);
    const place = feature.loadGeometry()[0]![0]!;
    const [right, below] = [place.x / layer.extent, place.y / layer.extent];
    if (right < 0 || right >= 1 || below < 0 || below >= 1) continue;
    across.push((x + right) * unit);
    down.push((y + below) * unit);
    const said = feature.properties;
    found.ids.push(String(said["id"]));
    found.kinds.push(String(said["kind"]));
    found.statuses.push(String(said["status"]));
    found.times.push(moment(String(said["occurred_at"])));
  }
  return { ...found, columns: { x: Float64Array.from(across), y: Float64Array.from(down) } };
}

/** Read a moment as the database writes it, which leaves out the minutes of a whole hour's offset. */
const moment = (text: string): number => Date.parse(text.replace(" ", "T").replace(/([+-]\d\d)$/, "$1:00"));
