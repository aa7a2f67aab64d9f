// How a fix lies to the areas of an operation: worked out on the phone, by the same rule as the server's.
import type { MultiPolygon, Point, Polygon, Position } from "geojson";
import type { Fix } from "../log/fix.ts";
import { holds } from "../map/inside.ts";

type Relation = "inside" | "outside" | "uncertain";

// Of one degree of latitude; enough for the few kilometres around a fix.
export const METRES = 111_320;
// What is farther from every area may be a slip of the finger, or of the device.
const FAR_M = 5_000;

/** Tell how a fix lies to a shape: its circle of accuracy wholly inside, wholly outside, or neither. */
export function relationOf(shape: Polygon | MultiPolygon, fix: Fix): Relation {
  if (metresToShape(shape, fix) <= fix.accuracyM) return "uncertain";
  return isInside(shape, fix) ? "inside" : "outside";
}

/** Give how far a fix is from a place in metres: from a point, or from outside a shape. */
export function metresFrom(place: Point | Polygon | MultiPolygon, fix: Fix): number {
  if (place.type === "Point") return metresTo([place.coordinates, place.coordinates], [fix.lon, fix.lat]);
  return isInside(place, fix) ? 0 : metresToShape(place, fix);
}

const isInside = (shape: Polygon | MultiPolygon, { lon, lat }: Fix) =>
  partsOf(shape).some(([outer, ...holes]) => holds(outer!, [lon, lat]) && !holes.some((hole) => holds(hole, [lon, lat])));

const partsOf = (shape: Polygon | MultiPolygon) => (shape.type === "Polygon" ? [shape.coordinates] : shape.coordinates);
const metresToShape = (shape: Polygon | MultiPolygon, { lon, lat }: Fix) => Math.min(...partsOf(shape).flat().map((ring) => metresTo(ring, [lon, lat])));

interface Area {
  name: string;
  geometry: Polygon | MultiPolygon;
}

/** Say where a fix is. Outside still counts, so it is never a fault. */
export function whereText(areas: Area[], fix: Fix | null): string {
  if (areas.length === 0) return "";
  if (!fix) return "Without a position, nobody can tell inside from outside.";
  const named = (relation: Relation) => areas.filter(({ geometry }) => relationOf(geometry, fix) === relation).map(({ name }) => name);
  const inside = named("inside");
  if (inside.length) return `Inside ${inside.join(" and ")}.`;
  const uncertain = named("uncertain");
  if (uncertain.length) return `Can’t tell whether inside or outside ${uncertain.join(" and ")}.`;
  const nearest = Math.min(...areas.map(({ geometry }) => metresToShape(geometry, fix)));
  if (nearest < FAR_M) return "Outside the operation’s areas. It counts all the same.";
  return `Outside the operation’s areas, ${Math.round(nearest / 1_000)} kilometres from the nearest. It counts all the same; if it was not there, tap the map or say the place in words.`;
}

/** Choose between two fixes: the later where it is about as good or the other is old, else the better. */
export function better(old: (Fix & { at: number }) | null, fresh: Fix & { at: number }): Fix & { at: number } {
  if (!old || fresh.at - old.at > 60_000 || fresh.accuracyM <= old.accuracyM * 1.2) return fresh;
  return old;
}

/** Give the distance from a point to a ring in metres, on a plane that touches the earth there. */
function metresTo(ring: Position[], [lon, lat]: [number, number]): number {
  const east = METRES * Math.cos((lat * Math.PI) / 180);
  let least = Infinity;
  for (let index = 0; index < ring.length - 1; index += 1) {
    const [x1, y1] = [(ring[index]![0]! - lon) * east, (ring[index]![1]! - lat) * METRES];
    const [x2, y2] = [(ring[index + 1]![0]! - lon) * east, (ring[index + 1]![1]! - lat) * METRES];
    const length = (x2 - x1) ** 2 + (y2 - y1) ** 2;
    const along = length === 0 ? 0 : Math.min(1, Math.max(0, -(x1 * (x2 - x1) + y1 * (y2 - y1)) / length));
    least = Math.min(least, Math.hypot(x1 + along * (x2 - x1), y1 + along * (y2 - y1)));
  }
  return least;
}
