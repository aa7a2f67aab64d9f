// Outlines of GeoJSON as Leaflet takes them: latitude first.
import type { MultiPolygon } from "geojson";
import L from "leaflet";

export const cornersOf = (outline: MultiPolygon): L.LatLng[][][] =>
  outline.coordinates.map((rings) => rings.map((ring) => ring.map(([lon, lat]) => L.latLng(lat!, lon!))));
