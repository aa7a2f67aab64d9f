// The shift without a signal: a map of its areas, its deployments, the briefing.
import type { Position } from "geojson";
import { button, h, link } from "./dom.ts";
import type { Phone } from "./phone.ts";
import type { Area, Briefing, Operation } from "./shift.ts";

const SVG = "http://www.w3.org/2000/svg";
const WIDTH = 320;
const HEIGHT = 260;
const MARGIN = 16;

interface Mark {
  lon: number;
  lat: number;
  label: string;
  classes: string;
}

function s(tag: string, attributes: Record<string, string>, ...content: (Node | string)[]): SVGElement {
  const made = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  made.append(...content);
  return made;
}

/** Draw areas and marks; what is said by the picture is also said in words beside it. */
export function drawn(areas: Area[], marks: Mark[]): { svg: SVGSVGElement; placeAt(x: number, y: number): { lon: number; lat: number } } {
  const rings = areas.flatMap(({ geometry }) => (geometry.type === "Polygon" ? [geometry.coordinates] : geometry.coordinates).flat());
  const all: Position[] = [...rings.flat(), ...marks.map(({ lon, lat }) => [lon, lat])];
  const [west, east] = [Math.min(...all.map(([x]) => x!)), Math.max(...all.map(([x]) => x!))];
  const [south, north] = [Math.min(...all.map(([, y]) => y!)), Math.max(...all.map(([, y]) => y!))];
  // A degree of longitude is shorter than one of latitude.
  const squeeze = Math.cos((((south + north) / 2) * Math.PI) / 180);
  const scale = Math.min((WIDTH - 2 * MARGIN) / Math.max((east - west) * squeeze, 1e-4), (HEIGHT - 2 * MARGIN) / Math.max(north - south, 1e-4));
  const [left, top] = [(WIDTH - (east - west) * squeeze * scale) / 2, (HEIGHT - (north - south) * scale) / 2];
  const x = (lon: number) => left + (lon - west) * squeeze * scale;
  const y = (lat: number) => top + (north - lat) * scale;
  const path = (ring: Position[]) => `M${ring.map(([lon, lat]) => `${x(lon!).toFixed(1)} ${y(lat!).toFixed(1)}`).join("L")}Z`;
  const svg = s("svg", { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, class: "map", role: "img" }) as SVGSVGElement;
  svg.append(
    s("title", {}, [...areas.map(({ name }) => name), ...marks.map(({ label }) => label)].join(", ") || "Nothing to show"),
    ...areas.map(({ geometry }) =>
      s("path", { class: "map-area", "fill-rule": "evenodd", d: (geometry.type === "Polygon" ? geometry.coordinates : geometry.coordinates.flat()).map(path).join("") }),
    ),
    ...areas.map(({ name, geometry }) => {
      const ring = geometry.type === "Polygon" ? geometry.coordinates[0]! : geometry.coordinates[0]![0]!;
      const lons = ring.map(([lon]) => lon!);
      const lats = ring.map(([, lat]) => lat!);
      return s("text", { class: "map-name", "text-anchor": "middle", x: String(x((Math.min(...lons) + Math.max(...lons)) / 2)), y: String(y((Math.min(...lats) + Math.max(...lats)) / 2)) }, name);
    }),
    ...marks.map(({ lon, lat, classes }) => s("circle", { class: classes, r: "5", cx: String(x(lon)), cy: String(y(lat)) })),
  );
  return { svg, placeAt: (px, py) => ({ lon: west + (px - left) / squeeze / scale, lat: north - (py - top) / scale }) };
}

/** A map on which a tap says where it was; the words and the position beside it do the same. */
export function pinMap(areas: Area[], chosen: (place: { lon: number; lat: number }) => void): HTMLElement {
  const { svg, placeAt } = drawn(areas, []);
  const pin = s("circle", { class: "map-pin", r: "6", visibility: "hidden" });
  svg.append(pin);
  svg.addEventListener("click", (event) => {
    const box = svg.getBoundingClientRect();
    const [x, y] = [((event.clientX - box.left) / box.width) * WIDTH, ((event.clientY - box.top) / box.height) * HEIGHT];
    pin.setAttribute("cx", String(x));
    pin.setAttribute("cy", String(y));
    pin.setAttribute("visibility", "visible");
    const { lon, lat } = placeAt(x, y);
    chosen({ lon: Number(lon.toFixed(5)), lat: Number(lat.toFixed(5)) });
  });
  return h("div", { class: "field" }, h("p", { class: "label" }, "Or tap the map where it was"), svg);
}

const TIMES = new Intl.DateTimeFormat("en-GB", { weekday: "short", day: "numeric", month: "short", hour: "2-digit", minute: "2-digit", timeZone: "Europe/London" });
const CLOCK = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit", timeZone: "Europe/London" });

export const clock = (at: number | string) => CLOCK.format(new Date(at));
export const times = (from: string, to: string) => `${TIMES.format(new Date(from))} to ${clock(to)}`;

/** The map of an operation: its areas, its deployments, and where the phone is. */
export function mapView(operation: Operation, here: { lon: number; lat: number } | null): HTMLElement {
  const marks: Mark[] = operation.deployments.flatMap(({ name, position }) =>
    position ? [{ lon: position.coordinates[0]!, lat: position.coordinates[1]!, label: name, classes: "map-deployment" }] : [],
  );
  if (here) marks.push({ ...here, label: "You", classes: "map-you" });
  const isEmpty = operation.areas.length + marks.length === 0;
  return h("div", {}, h("h1", { tabindex: "-1" }, "Map"), h("p", { class: "context" }, operation.name),
    isEmpty ? h("p", {}, "This operation has no areas and no places yet.") : drawn(operation.areas, marks).svg,
    h("h2", {}, "Areas"), h("ul", {}, ...operation.areas.map(({ name }) => h("li", {}, name))),
    h("h2", {}, "Deployments"),
    h("ul", { class: "lines" }, ...operation.deployments.map((each) =>
      h("li", {}, h("strong", {}, each.name), each.mine ? " (yours)" : "", h("br"), times(each.starts_at, each.ends_at), each.place ? h("span", {}, h("br"), each.place) : null))),
    link("Back", "#", "button quiet"));
}

const HEADINGS: Record<string, string> = {
  information: "Information", intention: "Intention", method: "Method", administration: "Administration", risk_assessment: "Risk assessment",
  communications: "Communications", legal: "Legal",
};

/** The briefing in force, readable without a signal; that it was read is kept to be sent. */
export function briefingView(phone: Phone, operation: Operation, briefing: Briefing): HTMLElement {
  const path = `/api/v1/operations/${operation.id}/briefings/${briefing.version}/read`;
  const isSaid = () => !!briefing.read_at || phone.items.some((item) => item.path === path) || phone.sent.some(({ label }) => label === readLabel(briefing));
  const confirm = h("div", {});
  const show = () => {
    confirm.replaceChildren(isSaid() ? h("p", { class: "good", role: "status" }, "You have said that you read this version.") : button("I have read this", () => {
      void phone.save({ sort: "briefing_read", path, label: readLabel(briefing), body: {} }).then(show);
    }, "primary"));
  };
  show();
  return h("div", {}, h("h1", { tabindex: "-1" }, `Briefing, version ${briefing.version}`), h("p", { class: "context" }, `${briefing.marking} · ${operation.name}`),
    ...Object.entries(briefing.sections).flatMap(([name, text]) => (text ? [h("h2", {}, HEADINGS[name] ?? name), h("p", { class: "text" }, text)] : [])),
    confirm, link("Back", "#", "button quiet"));
}

const readLabel = ({ version }: Briefing) => `Briefing read, version ${version}`;
