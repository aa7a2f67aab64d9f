// A map without tiles: the shapes that the page holds as data, on a quiet ground of outlines and names.
// No request leaves this server, so nobody else learns which street is being looked at.
import type { Feature, FeatureCollection } from "geojson";
import L from "leaflet";
import { BoundaryLayer, sayer } from "./boundaries.ts";
import type { Told } from "./outlines.ts";

/** What a page says of each thing on its map. */
export interface Properties {
  id: string;
  name: string;
  /** A line under the name. */
  text?: string;
  href?: string;
}

export interface LayerOfPage {
  name: string;
  style: "district" | "area" | "zone" | "site" | "deployment" | "result";
  features: FeatureCollection<GeoJSON.Geometry, Properties>;
  /** Where all of them are, if they are too many for a page. */
  tiles?: Told;
  /** Drawn, but no reason to look further out. */
  background?: boolean;
}

export interface Ground {
  map: L.Map;
  layers: Map<string, L.GeoJSON>;
  /** Show one thing: move there and open what is known of it. */
  show(id: string): void;
  /** Take some things of a layer off the map, and put back the others. */
  hide(layer: string, which: (id: string) => boolean): void;
  /** Put a thing in a layer, in place of what had its id. */
  put(layer: string, id: string, name: string, geometry: GeoJSON.Geometry): void;
}

// The middle of the United Kingdom, for a page that has nothing to show yet.
const NOWHERE: L.LatLngBoundsExpression = [
  [49.9, -8.2],
  [58.7, 1.8],
];
const CLOSEST_BY_ITSELF = 15;

const LINES: Record<string, L.PathOptions> = {
  district: { className: "app-shape app-shape--district", weight: 1, fillOpacity: 0, interactive: false },
  area: { className: "app-shape app-shape--area", weight: 3, fillOpacity: 0.12 },
  zone: { className: "app-shape app-shape--zone", weight: 3, fillOpacity: 0.08 },
};

/** Read the layers that the page holds. */
export function layersOf(root: HTMLElement): LayerOfPage[] {
  const holder = document.getElementById(root.dataset["layers"] ?? "");
  return holder ? (JSON.parse(holder.textContent ?? "[]") as LayerOfPage[]) : [];
}

/** Draw a page's map. While somebody draws on it, a click belongs to the drawing, not to what lies below. */
export function openMap(root: HTMLElement, pages: LayerOfPage[], { drawing = false } = {}): Ground {
  const map = L.map(root, { zoomControl: false, zoomSnap: 0.5, maxZoom: 19, preferCanvas: false });
  map.attributionControl.setPrefix("");
  L.control.zoom({ position: "topright", zoomInTitle: "Zoom in", zoomOutTitle: "Zoom out" }).addTo(map);
  L.control.scale({ position: "bottomleft" }).addTo(map);

  const { basemapFile, basemapUrl } = root.dataset;
  // What protomaps-leaflet weighs is only for those who have a ground of their own.
  if (basemapFile || basemapUrl) void import("./basemap.ts").then(({ lay }) => lay(map, root.dataset));

  // Paper has another size than the screen: what is in view stays in view.
  window.matchMedia("print").addEventListener("change", () => {
    const bounds = map.getBounds();
    map.invalidateSize({ animate: false, pan: false });
    map.fitBounds(bounds, { animate: false });
  });

  const canvas = L.canvas({ padding: 0.5 });
  const layers = new Map<string, L.GeoJSON>();
  const things = new Map<string, L.Layer>();
  const of = new Map<string, L.Layer[]>();
  for (const page of pages) {
    const layer = L.geoJSON(page.features, {
      style: () => ({ ...LINES[page.style], ...(drawing ? { interactive: false } : {}) }),
      pointToLayer: (feature, place) => pointLayer(page.style, feature as Feature<GeoJSON.Point, Properties>, place, canvas),
      onEachFeature: (feature: Feature<GeoJSON.Geometry, Properties>, thing) => {
        things.set(feature.properties.id, thing);
        const ofLayer = of.get(page.name);
        ofLayer ? ofLayer.push(thing) : of.set(page.name, [thing]);
        if (page.style === "district") {
          thing.bindTooltip(feature.properties.name, { permanent: true, direction: "center", className: "app-map-name" });
        } else if (!drawing) {
          thing.bindPopup(() => popup(feature.properties), { autoPanPadding: [24, 24] });
        }
      },
    });
    layers.set(page.name, layer.addTo(map));
    // Switched with what the page holds of the layer, which is nothing then.
    const { tiles } = page;
    if (tiles) void import("./outlines.ts").then(({ Outlines }) => layer.addLayer(new Outlines(tiles, sayer())));
  }

  let bounds = boundsOf(pages, layers, root.dataset["fit"]);
  if (!bounds.isValid() && root.dataset["bounds"]) {
    const [west, south, east, north] = JSON.parse(root.dataset["bounds"]) as [number, number, number, number];
    bounds = L.latLngBounds([south, west], [north, east]);
  }
  map.fitBounds(bounds.isValid() ? bounds : L.latLngBounds(NOWHERE as L.LatLngTuple[]), {
    padding: [24, 24],
    maxZoom: CLOSEST_BY_ITSELF,
  });
  return {
    map,
    layers,
    show(id) {
      const thing = things.get(id);
      if (thing instanceof L.Polygon) map.fitBounds(thing.getBounds(), { padding: [40, 40] });
      else if (thing instanceof L.Marker || thing instanceof L.CircleMarker) {
        map.setView(thing.getLatLng(), Math.max(map.getZoom(), CLOSEST_BY_ITSELF));
      }
      thing?.openPopup();
    },
    hide(name, which) {
      const layer = layers.get(name);
      for (const thing of of.get(name) ?? []) {
        const { id } = (thing as L.Polygon).feature!.properties as Properties;
        if (which(id)) layer?.removeLayer(thing);
        else if (!layer?.hasLayer(thing)) layer?.addLayer(thing);
      }
    },
    put(name, id, said, geometry) {
      const before = things.get(id);
      if (before) layers.get(name)?.removeLayer(before);
      of.set(name, (of.get(name) ?? []).filter((thing) => thing !== before));
      layers.get(name)?.addData({ type: "Feature", geometry, properties: { id, name: said } } as Feature);
    },
  };
}

/** Find what to look at: the layer a page names, else what is no background, else all there is. */
function boundsOf(pages: LayerOfPage[], layers: Map<string, L.GeoJSON>, name?: string): L.LatLngBounds {
  const all = (wanted: (page: LayerOfPage) => boolean) =>
    pages
      .filter(wanted)
      .reduce((sum, page) => sum.extend(layers.get(page.name)!.getBounds()), L.latLngBounds([]));
  const named = all((page) => page.name === name);
  if (named.isValid()) return named;
  const foreground = all((page) => !page.background);
  return foreground.isValid() ? foreground : all(() => true);
}

function pointLayer(
  style: string,
  feature: Feature<GeoJSON.Point, Properties>,
  place: L.LatLng,
  canvas: L.Canvas,
): L.Layer {
  // Results can be many: a canvas carries thousands, and the list beside the map reads each.
  if (style === "result") {
    return L.circleMarker(place, {
      renderer: canvas,
      radius: 6,
      weight: 2,
      color: "#ffffff",
      fillColor: "#00703c",
      fillOpacity: 1,
      pmIgnore: true,
    } as L.CircleMarkerOptions);
  }
  return L.marker(place, {
    icon: L.divIcon({ className: `app-marker app-marker--${style}`, iconSize: [24, 24] }),
    title: feature.properties.name,
    // The list beside the map is the way by keyboard; two ways would be twice the stops.
    keyboard: false,
    pmIgnore: true,
  } as L.MarkerOptions);
}

/** Build what is shown of a thing from text alone, so that nothing written in a record can act as HTML. */
export function popup({ name, text, href }: Properties): HTMLElement {
  const root = document.createElement("div");
  const title = document.createElement("strong");
  title.textContent = name;
  root.append(title);
  if (text) {
    const line = document.createElement("p");
    line.textContent = text;
    root.append(line);
  }
  if (href) {
    const link = document.createElement("a");
    link.href = href;
    link.textContent = "Open";
    link.setAttribute("aria-label", `Open ${name}`);
    root.append(link);
  }
  return root;
}

/** Offer a tick box a layer, and make the list beside the map lead into it. */
export function connect(root: HTMLElement, ground: Ground, pages: LayerOfPage[], { drawing = false } = {}): void {
  const keys = document.querySelector<HTMLElement>("[data-map-key]");
  if (keys) {
    keys.hidden = false;
    for (const box of keys.querySelectorAll<HTMLInputElement>("input[type=checkbox]")) {
      const name = box.labels?.[0]?.textContent ?? box.value;
      const layer = "boundary" in box.dataset ? new BoundaryLayer(box.value, name, sayer(), { exact: drawing }) : ground.layers.get(box.value);
      const turn = () => void (box.checked ? layer?.addTo(ground.map) : layer?.remove());
      box.addEventListener("change", turn);
      turn();
    }
  }
  const drawn = pages.flatMap((page) => page.features.features.filter((feature) => feature.geometry !== null));
  const ids = new Set(drawn.map((feature) => feature.properties.id));
  for (const button of document.querySelectorAll<HTMLButtonElement>("button[data-map-show]")) {
    const id = button.dataset["mapShow"] ?? "";
    if (!ids.has(id)) continue;
    button.hidden = false;
    button.addEventListener("click", () => {
      ground.show(id);
      root.scrollIntoView({ block: "nearest" });
    });
  }
}
