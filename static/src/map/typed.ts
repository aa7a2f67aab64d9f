// Corners as somebody types them: coordinates, or grid references, which the server reads exactly.
import type { Point, Position } from "geojson";
import { position, ShapeError } from "./shape.ts";
import { read } from "./verbs.ts";

const GRID_REFERENCE = /^[hjnost][a-hj-z](\s*\d){4,10}$/i;
const lines = (text: string) => text.split(/[\n;]+/).map((line) => line.trim());

/** Read one corner. */
export async function typedCorner(text: string, csrf: string): Promise<Position> {
  const typed = text.trim();
  if (GRID_REFERENCE.test(typed)) {
    const { features } = await read(typed, csrf);
    const [lon, lat] = (features[0]!.geometry as Point).coordinates as [number, number];
    return position(lon, lat);
  }
  const numbers = typed.split(/[\s,]+/).map(Number);
  const [first = Number.NaN, second = Number.NaN] = numbers;
  if (numbers.length !== 2 || Number.isNaN(first + second)) {
    throw new ShapeError(`“${typed}” is not a corner. Write longitude and latitude, as in -2.2458, 53.4920, or a grid reference.`);
  }
  return position(first, second);
}

/** Read the points of a line, one each line of a field. */
export async function typedLine(text: string, csrf: string): Promise<Position[]> {
  const typed = lines(text).filter(Boolean);
  if (typed.length < 2) throw new ShapeError("A line needs at least two points, one on each line of the field.");
  return await Promise.all(typed.map((line) => typedCorner(line, csrf)));
}

/** Write coordinates in place of each grid reference of a text. */
export async function withoutReferences(text: string, csrf: string): Promise<string> {
  const typed = lines(text);
  if (!typed.some((line) => GRID_REFERENCE.test(line))) return text;
  const read = typed.map(async (line) => (GRID_REFERENCE.test(line) ? (await typedCorner(line, csrf)).join(", ") : line));
  return (await Promise.all(read)).join("\n");
}
