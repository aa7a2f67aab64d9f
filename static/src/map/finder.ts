// "Find a place" above a map: sites, boundaries, streets, postcodes and grid references.
import type { Position } from "geojson";
import L from "leaflet";
import { element } from "./dom.ts";
import { ShapeError } from "./shape.ts";
import { ask, Unreachable } from "./verbs.ts";

export interface Place {
  id: string;
  name: string;
  text: string;
  point: { coordinates: Position };
  bbox: [number, number, number, number] | null;
}

const CLOSE = 17;

/** Let a map be moved to what is typed; tell which place was taken. */
export function finder(root: HTMLElement, map: L.Map, taken: (place: Place) => void = () => {}): void {
  const input = root.querySelector("input")!;
  const list = root.querySelector("ul")!;
  const status = root.querySelector<HTMLElement>("[role=status]")!;

  async function find(): Promise<void> {
    const q = input.value.trim();
    list.replaceChildren();
    if (q === "") {
      status.textContent = "Type a place, a postcode or a grid reference.";
      return;
    }
    const { lng, lat } = map.getCenter();
    const query = new URLSearchParams({ q, near: `${lng.toFixed(4)},${lat.toFixed(4)}` });
    try {
      const found = (await (await ask(`/api/v1/places?${query}`)).json()) as Place[];
      list.replaceChildren(...found.map((place) => element("li", "", [choice(place)])));
      status.textContent =
        found.length === 0 ? `Nothing is called “${q}”.` : found.length === 1 ? "1 place is found." : `${found.length} places are found.`;
    } catch (error) {
      if (!(error instanceof ShapeError || error instanceof Unreachable)) throw error;
      status.textContent = error.message;
    }
  }

  function choice(place: Place): HTMLElement {
    const made = element("button", "app-link-button", [place.name, place.text].filter(Boolean).join(", "));
    made.type = "button";
    made.addEventListener("click", () => {
      const [lon, lat] = place.point.coordinates as [number, number];
      if (place.bbox) {
        const [west, south, east, north] = place.bbox;
        map.fitBounds([[south, west], [north, east]], { maxZoom: CLOSE, animate: false });
      } else map.setView([lat, lon], CLOSE, { animate: false });
      const pin = L.circleMarker([lat, lon], { radius: 10, className: "app-shape app-shape--found", interactive: false, pmIgnore: true } as L.CircleMarkerOptions);
      map.eachLayer((layer) => void ((layer as L.CircleMarker).options?.className === pin.options.className && layer.remove()));
      pin.addTo(map);
      list.replaceChildren();
      status.textContent = `The map is at ${place.name}.`;
      input.focus();
      taken(place);
    });
    return made;
  }

  root.hidden = false;
  root.querySelector("button")!.addEventListener("click", () => void find());
  input.addEventListener("keydown", (event) => {
    if (event.key !== "Enter") return;
    event.preventDefault(); // In a form it would send that.
    void find();
  });
}
