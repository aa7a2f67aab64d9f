// Whether points and rings lie in a shape: pure, on plain coordinates, which is exact enough to choose a part.
import type { Position } from "geojson";
import type { Parts } from "./shape.ts";

/** Tell whether a ring holds a point: count how often a line to the east crosses it. */
export function holds(ring: Position[], [x, y]: Position): boolean {
  let inside = false;
  for (let index = 0; index < ring.length - 1; index += 1) {
    const [x1, y1] = ring[index] as [number, number];
    const [x2, y2] = ring[index + 1] as [number, number];
    if (y1 > y! !== y2 > y! && x! < ((x2 - x1) * (y! - y1)) / (y2 - y1) + x1) inside = !inside;
  }
  return inside;
}

const side = ([ax, ay]: Position, [bx, by]: Position, [cx, cy]: Position) =>
  Math.sign((bx! - ax!) * (cy! - ay!) - (by! - ay!) * (cx! - ax!));

function cross(one: Position[], other: Position[]): boolean {
  for (let i = 0; i < one.length - 1; i += 1) {
    for (let j = 0; j < other.length - 1; j += 1) {
      const [a, b, c, d] = [one[i]!, one[i + 1]!, other[j]!, other[j + 1]!];
      if (side(a, b, c) !== side(a, b, d) && side(c, d, a) !== side(c, d, b)) return true;
    }
  }
  return false;
}

/** Cut a hole that lies wholly in one part and meets none of its rings; null where it is not as simple. */
export function cutInside(parts: Parts, hole: Position[]): Parts | null {
  const owner = parts.findIndex((rings) => holds(rings[0]!, hole[0]!));
  const rings = parts[owner];
  if (!rings || rings.some((ring) => cross(ring, hole))) return null;
  const meets = rings.slice(1).some((other) => holds(other, hole[0]!) || holds(hole, other[0]!));
  return meets ? null : parts.map((part, index) => (index === owner ? [...part, hole] : part));
}

// About a metre: more than snapping and rounding leave between a line's end and the outline it was drawn to.
const BEYOND = 1e-5;

/** Let a line go on a little at both ends, so that one drawn from edge to edge cuts through. */
export function beyond(line: Position[]): Position[] {
  const further = ([x1, y1]: Position, [x2, y2]: Position): Position => {
    const length = Math.hypot(x2! - x1!, y2! - y1!) || 1;
    return [x2! + ((x2! - x1!) / length) * BEYOND, y2! + ((y2! - y1!) / length) * BEYOND];
  };
  return [further(line[1]!, line[0]!), ...line.slice(1, -1), further(line.at(-2)!, line.at(-1)!)];
}
