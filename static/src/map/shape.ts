// Shapes as they are typed, drawn and sent: pure functions, tested by `npm test`.
import type { MultiPolygon, Polygon, Position } from "geojson";

/** Parts of a shape; the first ring of each is its outline, any other a hole. Rings are closed. */
export type Parts = Position[][][];

export class ShapeError extends Error {}

// Longitudes and latitudes of the United Kingdom do not overlap, so either order can be read.
const LONGITUDES = [-9.5, 2.5] as const;
const LATITUDES = [49, 61.5] as const;
const EARTH_RADIUS_M = 6_371_008.8;
// 0.1 m; more digits would only pretend.
const DIGITS = 6;
const CIRCLE_CORNERS = 64;

// WGS 84: how far the earth is from round matters at the third digit of an area.
const EQUATOR_M = 6_378_137;
const FLATTENING_2 = 0.006_694_38;

/** Give the radii of the earth at a latitude: along the meridian, and across it. */
function radii(lat: number): [number, number] {
  const bulge = 1 - FLATTENING_2 * Math.sin(radians(lat)) ** 2;
  return [(EQUATOR_M * (1 - FLATTENING_2)) / bulge ** 1.5, EQUATOR_M / Math.sqrt(bulge)];
}

const within = (value: number, [low, high]: readonly [number, number]) => value >= low && value <= high;
const rounded = (value: number) => Number(value.toFixed(DIGITS));
const radians = (degrees: number) => (degrees * Math.PI) / 180;

/** Read one position, longitude first or latitude first. */
export function position(first: number, second: number): Position {
  if (within(first, LONGITUDES) && within(second, LATITUDES)) return [rounded(first), rounded(second)];
  if (within(first, LATITUDES) && within(second, LONGITUDES)) return [rounded(second), rounded(first)];
  throw new ShapeError(`${first}, ${second} is not in the United Kingdom. Give longitude and latitude in degrees.`);
}

/** Close a ring; refuse one with fewer than three corners. */
export function ring(corners: Position[]): Position[] {
  const distinct = corners.filter((corner, index) => index === 0 || !same(corner, corners[index - 1]));
  if (distinct.length > 1 && same(distinct[0], distinct.at(-1))) distinct.pop();
  if (distinct.length < 3) throw new ShapeError("An area needs at least three different corners.");
  return [...distinct, distinct[0] as Position];
}

function same(a: Position | undefined, b: Position | undefined): boolean {
  return a !== undefined && b !== undefined && a[0] === b[0] && a[1] === b[1];
}

/** Read a shape as somebody pasted it: GeoJSON, or one corner a line. */
export function parse(text: string): Parts {
  const trimmed = text.trim();
  if (trimmed === "") throw new ShapeError("Paste GeoJSON, or one corner a line: longitude, latitude.");
  return /^[{[]/.test(trimmed) ? fromGeoJson(trimmed) : [[ring(corners(trimmed))]];
}

function corners(text: string): Position[] {
  return text
    .split(/[\n;]+/)
    .map((line) => line.trim())
    .filter((line) => line !== "")
    .map((line) => {
      const numbers = line.split(/[\s,]+/).filter((word) => word !== "");
      const [first, second] = numbers.map(Number);
      if (numbers.length !== 2 || first === undefined || second === undefined || Number.isNaN(first + second)) {
        throw new ShapeError(`“${line}” is not a corner. Write longitude and latitude, as in -2.2458, 53.4920.`);
      }
      return position(first, second);
    });
}

function fromGeoJson(text: string): Parts {
  let parts: Parts;
  try {
    parts = polygons(JSON.parse(text)).map((polygon) =>
      polygon.map((points) => ring(points.map(([lon, lat]) => position(Number(lon), Number(lat))))),
    );
  } catch (error) {
    if (error instanceof ShapeError) throw error;
    throw new ShapeError("This looks like GeoJSON, but it can’t be read. Check that all of it was copied.");
  }
  if (parts.length === 0) throw new ShapeError("There is no Polygon or MultiPolygon in this GeoJSON.");
  return parts;
}

function polygons(json: unknown): Position[][][] {
  if (Array.isArray(json)) return [[json as Position[]]];
  if (typeof json !== "object" || json === null) return [];
  const shape = json as Record<string, unknown>;
  switch (shape["type"]) {
    case "FeatureCollection":
      return (shape["features"] as unknown[]).flatMap(polygons);
    case "Feature":
      return polygons(shape["geometry"]);
    case "GeometryCollection":
      return (shape["geometries"] as unknown[]).flatMap(polygons);
    case "Polygon":
      return [shape["coordinates"] as Position[][]];
    case "MultiPolygon":
      return shape["coordinates"] as Position[][][];
    default:
      return [];
  }
}

/** Draw a circle, as a polygon whose corners lie on it. */
export function circle(centre: Position, radiusM: number): Parts {
  if (!(radiusM >= 10 && radiusM <= 12_000)) {
    throw new ShapeError("The radius must be between 10 and 12,000 metres.");
  }
  const [lon, lat] = centre as [number, number];
  const angle = radiusM / EARTH_RADIUS_M;
  const [along, across] = radii(lat);
  const points = Array.from({ length: CIRCLE_CORNERS }, (_, index) => {
    // Counter-clockwise from the east, as RFC 7946 wants an outline.
    const bearing = (2 * Math.PI * index) / CIRCLE_CORNERS;
    const north = Math.asin(
      Math.sin(radians(lat)) * Math.cos(angle) + Math.cos(radians(lat)) * Math.sin(angle) * Math.sin(bearing),
    );
    const east =
      radians(lon) +
      Math.atan2(
        Math.cos(bearing) * Math.sin(angle) * Math.cos(radians(lat)),
        Math.cos(angle) - Math.sin(radians(lat)) * Math.sin(north),
      );
    const stretched = (from: number, to: number, radius: number) =>
      rounded(from + (((to * 180) / Math.PI - from) * EARTH_RADIUS_M) / radius);
    return [stretched(lon, east, across), stretched(lat, north, along)];
  });
  return [[ring(points)]];
}

/** Give the parts of a geometry that the server sent. */
export function partsOf(geometry: Polygon | MultiPolygon): Parts {
  return geometry.type === "Polygon" ? [geometry.coordinates] : geometry.coordinates;
}

/** Give the geometry that the server takes, its corners rounded to what can be meant. */
export function geometryOf(parts: Parts): Polygon | MultiPolygon {
  const exact = parts.map((rings) => rings.map((points) => ring(points.map(([x, y]) => [rounded(x!), rounded(y!)]))));
  return exact.length === 1
    ? { type: "Polygon", coordinates: exact[0]! }
    : { type: "MultiPolygon", coordinates: exact };
}

/** Measure square kilometres; the server measures again, and exactly. */
export function squareKm(parts: Parts): number {
  const rings = parts.flatMap((part) => part.map((points, index) => (index === 0 ? 1 : -1) * Math.abs(ringM2(points))));
  return rings.reduce((sum, area) => sum + area, 0) / 1e6;
}

function ringM2(points: Position[]): number {
  let total = 0;
  for (let index = 0; index < points.length - 1; index += 1) {
    const [lon1, lat1] = points[index] as [number, number];
    const [lon2, lat2] = points[index + 1] as [number, number];
    total += radians(lon2 - lon1) * (2 + Math.sin(radians(lat1)) + Math.sin(radians(lat2)));
  }
  const [along, across] = radii(points[0]?.[1] ?? 0);
  return (total * along * across) / 2;
}

/** Measure metres along every edge, holes included. */
export function perimeterM(parts: Parts): number {
  return parts.flat().reduce((sum, points) => sum + lengthM(points), 0);
}

function lengthM(points: Position[]): number {
  let total = 0;
  for (let index = 0; index < points.length - 1; index += 1) {
    const [lon1, lat1] = points[index] as [number, number];
    const [lon2, lat2] = points[index + 1] as [number, number];
    const middle = (lat1 + lat2) / 2;
    const [along, across] = radii(middle);
    total += Math.hypot(
      radians(lat2 - lat1) * along,
      radians(lon2 - lon1) * across * Math.cos(radians(middle)),
    );
  }
  return total;
}

/** Write an area so that a person can judge it. */
export function areaText(parts: Parts): string {
  const km = squareKm(parts);
  return km < 0.1 ? `${Math.round(km * 1e6).toLocaleString("en-GB")} m²` : `${Number(km.toPrecision(3))} km²`;
}

/** Write all there is to measure: the area, also in hectares, and the way round. */
export function measureText(parts: Parts): string {
  const hectares = Number((squareKm(parts) * 100).toPrecision(3)).toLocaleString("en-GB");
  const round = perimeterM(parts);
  const way = round < 1000 ? `${Math.round(round)} m` : `${Number((round / 1000).toPrecision(3))} km`;
  return `${areaText(parts)} (${hectares} hectares), ${way} round`;
}
