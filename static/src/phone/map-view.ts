// The map of an operation, and the map in a form on which a place is pointed at.
import { fixText } from "../log/fix.ts";
import { h, link, button } from "./dom.ts";
import { Follower } from "./gps.ts";
import { times } from "./plan.ts";
import type { Area, Operation } from "./shift.ts";
import { type Mark, type Place, ShiftMap } from "./shift-map.ts";
import type { View } from "./view.ts";
import { whereText } from "./where.ts";

/** A map on which a tap says where it was; the words and the position beside it do the same. */
export function pinMap(areas: Area[], chosen: (place: Place) => void): HTMLElement {
  const map = new ShiftMap(areas, [], (place) => {
    map.pin(place);
    chosen(place);
  });
  return h("div", { class: "field" }, h("p", { class: "label" }, "Or tap the map where it was"),
    h("p", { class: "hint" }, "By keys: move the map until the place is in its middle, then press Enter."), map.element);
}

/** The map of an operation: its areas, its deployments, and where the phone is. */
export function mapView(operation: Operation): View {
  const { areas, deployments } = operation;
  const marks: Mark[] = deployments.flatMap(({ id, name, position, mine }) =>
    position ? [{ id, lon: position.coordinates[0]!, lat: position.coordinates[1]!, label: name, classes: mine ? "map-deployment" : "map-deployment map-others" }] : [],
  );
  const title = [h("h1", { tabindex: "-1" }, "Map"), h("p", { class: "context" }, operation.name)];
  const follower = new Follower(show);
  const where = h("p", { class: "place", role: "status" });
  let isAsked = false;
  function show(): void {
    const { fix, trouble } = follower;
    where.textContent = fix ? `${fixText(fix)} ${whereText(areas, fix)}` : trouble;
    if (!fix || !map) return;
    map.showYou(fix);
    if (isAsked) map.centre(fix, Math.max(2 * fix.accuracyM, 100));
    isAsked = false;
  }

  const locate = button("Where I am", () => {
    isAsked = true;
    where.textContent = "Finding where you are…";
    follower.start();
    if (follower.fix) show();
  }, "quiet");
  const open = (_place: Place, mark: Mark | null) => mark && (location.hash = `deployment/${mark.id}`);
  const map = areas.length + marks.length ? new ShiftMap(areas, marks, open, locate) : null;
  void follower.startIfAllowed();
  const key = (classes: string, label: string) => h("li", {}, h("span", { class: `key ${classes}` }), label);
  const element = h("div", {}, ...title,
    map ? map.element : h("p", {}, "This operation has no areas and no places yet."),
    map && h("div", {}, where, h("ul", { class: "keys" }, key("key-area", "area"), key("key-mine", "your deployment"), key("key-others", "another deployment"), key("key-you", "you, and how well that is known"))),
    areas.length ? h("h2", {}, "Areas") : null, h("ul", {}, ...areas.map(({ name }) => h("li", {}, name))),
    h("h2", {}, "Deployments"), deployments.length ? null : h("p", {}, "None yet."),
    h("ul", { class: "lines" }, ...deployments.map((each) =>
      h("li", {}, link(`${each.name}${each.mine ? " (yours)" : ""}`, `#deployment/${each.id}`, "row-link"), times(each.starts_at, each.ends_at), each.place ? h("span", {}, h("br"), each.place) : null))),
    link("Back", "#", "button quiet"));
  return { element, close: () => follower.stop() };
}
