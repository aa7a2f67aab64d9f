// The ground that an operator provides: a file of theirs, or a tile server of theirs. Loaded only where there is one.
import L from "leaflet";
import {
  CenteredTextSymbolizer,
  type LabelRule,
  leafletLayer,
  LineSymbolizer,
  type PaintRule,
  PolygonSymbolizer,
} from "protomaps-leaflet";

// Quiet colours, so that what is drawn above stands out.
const WATER = "#cfe0ea";
const GREEN = "#e3ecdf";
const BUILDING = "#dfe1e4";
const ROAD = "#ffffff";
const ROAD_EDGE = "#c3cad1";
const EDGE = "#b4bdc7";

// Layers as Protomaps, OpenMapTiles and OS Open Zoomstack call them; a file has some of them.
const POLYGONS: [string[], string][] = [
  [["landuse", "landcover", "greenspace", "woodland", "national_parks", "park"], GREEN],
  [["water", "sea", "surfacewater", "foreshore"], WATER],
  [["buildings", "building", "local_buildings", "district_buildings"], BUILDING],
];
const LINES: [string[], string, number][] = [
  [["waterlines", "waterway", "rivers"], WATER, 2],
  [["roads", "transportation", "roads_local", "roads_regional", "roads_national", "main_roads"], ROAD_EDGE, 4],
  [["roads", "transportation", "roads_local", "roads_regional", "roads_national", "main_roads"], ROAD, 2.5],
  [["rail", "railway"], "#9aa3ad", 1],
  [["boundaries", "boundary", "boroughs", "wards"], EDGE, 1],
];
const LABELS: [string[], string][] = [
  [["places", "place"], "name"],
  [["names"], "name1"],
  [["boroughs", "wards"], "area_name"],
];

/** Lay the operator's ground under everything else. */
export async function lay(map: L.Map, { basemapFile, basemapUrl, basemapCredit }: DOMStringMap): Promise<void> {
  // Credits are text, whatever an operator writes.
  const credit = escaped(basemapCredit ?? "");
  if (basemapUrl) L.tileLayer(basemapUrl, { attribution: credit, maxZoom: 19, referrerPolicy: "no-referrer" }).addTo(map);
  if (!basemapFile) return;
  Object.assign(globalThis, { L }); // Where protomaps-leaflet looks for it.
  const tiles = leafletLayer({
    url: basemapFile,
    paintRules: paint(),
    labelRules: labels(),
    maxDataZoom: await deepest(basemapFile),
    attribution: credit,
    lang: "en",
  }) as unknown as L.GridLayer;
  tiles.addTo(map);
}

/** Read from the head of a file how deep its tiles go; beyond that they are drawn larger. */
async function deepest(address: string): Promise<number> {
  const reply = await fetch(address, { headers: { Range: "bytes=0-126" } });
  // PMTiles 3: the byte at 101 is the highest zoom.
  return new Uint8Array(await reply.arrayBuffer())[101] ?? 15;
}

function paint(): PaintRule[] {
  const filled = POLYGONS.flatMap(([layers, fill]) =>
    layers.map((dataLayer) => ({ dataLayer, symbolizer: new PolygonSymbolizer({ fill }), filter: (_z: number, { geomType }: { geomType: number }) => geomType === 3 })),
  );
  const lines = LINES.flatMap(([layers, color, width]) =>
    layers.map((dataLayer) => ({ dataLayer, symbolizer: new LineSymbolizer({ color, width }) })),
  );
  return [...filled, ...lines];
}

function labels(): LabelRule[] {
  return LABELS.flatMap(([layers, name]) =>
    layers.map((dataLayer) => ({
      dataLayer,
      symbolizer: new CenteredTextSymbolizer({ labelProps: [name], fill: "#4c5a67", stroke: "#ffffff", width: 2, font: "500 13px arial" }),
    })),
  );
}

function escaped(text: string): string {
  const holder = document.createElement("i");
  holder.textContent = text;
  return holder.innerHTML;
}
