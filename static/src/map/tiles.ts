// Vector tiles of a collection of ours, as a map asks for them.
import { VectorTile, type VectorTileLayer } from "@mapbox/vector-tile";
import Pbf from "pbf";

const DEEPEST = 22;

export interface Source {
  /** With {z}, {y} and {x} for a square. */
  address: string;
  layer: string;
}

export interface Square {
  z: number;
  y: number;
  x: number;
}

/** How many features may still come, and whether some did not. */
export interface Budget {
  left: number;
  isCut: boolean;
}

/** What came of a square. */
export interface Fetched {
  square: Square;
  layer: VectorTileLayer;
}

/** Fetch what lies in a square; of one that is full, its quarters. */
export async function fetchSquare(source: Source, square: Square, budget: Budget, signal: AbortSignal): Promise<Fetched[]> {
  const { z, y, x } = square;
  const address = source.address.replace("{z}", String(z)).replace("{y}", String(y)).replace("{x}", String(x));
  const reply = await fetch(address, { signal });
  if (!reply.ok) throw new Error(String(reply.status));
  const isFull = reply.headers.has("X-Left-Out");
  if (isFull && z < DEEPEST && budget.left > 0) {
    const quarters = [0, 1].flatMap((down) => [0, 1].map((right) => ({ z: z + 1, y: 2 * y + down, x: 2 * x + right })));
    return (await Promise.all(quarters.map((quarter) => fetchSquare(source, quarter, budget, signal)))).flat();
  }
  budget.isCut ||= isFull;
  const layer = reply.status === 204 ? undefined : new VectorTile(new Pbf(await reply.arrayBuffer())).layers[source.layer];
  if (!layer) return [];
  budget.left -= layer.length;
  return [{ square, layer }];
}
