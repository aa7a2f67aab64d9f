// Points as columns of numbers: where they are on a map of one tile, and which is nearest to a place. Pure.

const TILE_PX = 256;

export interface Columns {
  x: Float64Array;
  y: Float64Array;
}

/** Put positions on a map that is one tile wide (Web Mercator, as Leaflet draws). */
export function projected(lon: readonly number[], lat: readonly number[]): Columns {
  const x = Float64Array.from(lon, (degrees) => TILE_PX * (degrees / 360 + 0.5));
  const y = Float64Array.from(lat, (degrees) => TILE_PX * (0.5 - Math.asinh(Math.tan((degrees * Math.PI) / 180)) / (2 * Math.PI)));
  return { x, y };
}

/** Find the point nearest to a place and no further than `most`; of several at one place the last, which is on top. */
export function nearest({ x, y }: Columns, at: { x: number; y: number }, most: number): { index: number; far: number } | null {
  let found = -1;
  let least = most * most;
  for (let index = 0; index < x.length; index += 1) {
    const across = x[index]! - at.x;
    const down = y[index]! - at.y;
    const far = across * across + down * down;
    if (far > least) continue;
    least = far;
    found = index;
  }
  return found < 0 ? null : { index: found, far: Math.sqrt(least) };
}
