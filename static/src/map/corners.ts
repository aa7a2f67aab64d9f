// The corners of a shape as a table: the way to draw without a pointer, and to be exact.
import type { Position } from "geojson";
import { button, element, rewrite } from "./dom.ts";
import { type Parts, position, ring } from "./shape.ts";

// A ward has thousands of corners; a table of them all would take a browser seconds.
const CORNERS_AT_ONCE = 100;

export interface Told {
  changed(parts: Parts): void;
  refused(error: unknown): void;
  /** Read a corner as typed: coordinates, or a grid reference. */
  place(text: string): Promise<Position>;
}

/** Write a shape's corners into tables, one a ring; tell of each change, or why there is none. */
export function showCorners(root: HTMLElement, parts: Parts, told: Told, shown = CORNERS_AT_ONCE): void {
  const rings = parts.flatMap((part, partAt) => part.map((points, ringAt) => ({ partAt, ringAt, points })));
  const caption = (partAt: number, ringAt: number) =>
    [rings.length > 1 ? `Part ${partAt + 1}` : "Corners", ringAt > 0 ? `hole ${ringAt}` : ""].filter(Boolean).join(", ");
  const replace = (partAt: number, ringAt: number, corners: Position[]) => {
    try {
      const closed = ring(corners);
      told.changed(parts.map((part, p) => part.map((points, r) => (p === partAt && r === ringAt ? closed : points))));
    } catch (error) {
      told.refused(error);
    }
  };
  rewrite(
    root,
    ...rings.flatMap(({ partAt, ringAt, points }) => {
      const name = caption(partAt, ringAt);
      const corners = points.slice(0, -1);
      const changed = (next: Position[]) => replace(partAt, ringAt, next);
      return [table(name, corners, shown, changed, told), adder(name, corners, changed, told)];
    }),
  );
  if (parts.length === 0) {
    root.append(element("p", "govuk-body", "There are no corners yet. Type them under “Coordinates or GeoJSON”, or draw."));
  }
  if (rings.some(({ points }) => points.length - 1 > shown)) {
    root.append(
      button("Show more corners", "Show more corners", () => showCorners(root, parts, told, shown + CORNERS_AT_ONCE)),
    );
  }
}

/** A field for one more corner at the end of a ring. */
function adder(name: string, corners: Position[], changed: (corners: Position[]) => void, told: Told): HTMLElement {
  const input = element("input", "govuk-input govuk-input--width-20");
  const of = name === "Corners" ? "" : ` of ${name}`;
  input.setAttribute("aria-label", `New corner${of}: coordinates or a grid reference`);
  input.placeholder = "-2.2458, 53.4920 or SJ 8387 9950";
  const add = async () => {
    try {
      changed([...corners, await told.place(input.value)]);
    } catch (error) {
      told.refused(error);
    }
  };
  input.addEventListener("keydown", (event) => {
    if (event.key !== "Enter") return;
    event.preventDefault(); // It would save the area.
    void add();
  });
  return element("div", "app-corner-add", [input, button("Add corner", `Add corner${of}`, () => void add())]);
}

function table(
  name: string,
  corners: Position[],
  shown: number,
  changed: (corners: Position[]) => void,
  told: Told,
): HTMLElement {
  const root = element("table", "govuk-table app-corners");
  root.append(
    element("caption", "govuk-table__caption govuk-table__caption--s", name),
    row("th", [text("Corner"), text("Longitude"), text("Latitude"), text("Change")]),
    ...corners.slice(0, shown).map((corner, index) => {
      const which = `corner ${index + 1}${name === "Corners" ? "" : `, ${name}`}`;
      const lon = field(`Longitude of ${which}`, corner[0]!);
      const lat = field(`Latitude of ${which}`, corner[1]!);
      const move = () => {
        try {
          const moved = position(Number(lon.value), Number(lat.value));
          changed(corners.map((other, at) => (at === index ? moved : other)));
        } catch (error) {
          told.refused(error);
        }
      };
      // After the focus has gone on, so that the table that is written anew can keep it.
      for (const one of [lon, lat]) one.addEventListener("change", () => setTimeout(move));
      const next = corners[(index + 1) % corners.length]!;
      const middle: Position = [(corner[0]! + next[0]!) / 2, (corner[1]! + next[1]!) / 2];
      const buttons = element("div", "govuk-button-group");
      buttons.append(
        button("Add after", `Add after ${which}`, () => changed(corners.toSpliced(index + 1, 0, middle))),
        button("Remove", `Remove ${which}`, () => changed(corners.toSpliced(index, 1))),
      );
      return row("td", [text(String(index + 1)), lon, lat, buttons]);
    }),
  );
  const scroll = element("div", "app-scroll");
  scroll.append(root);
  return scroll;
}

const text = (content: string) => document.createTextNode(content);

function row(cell: "th" | "td", contents: Node[]): HTMLElement {
  const made = element("tr", "govuk-table__row");
  made.append(
    ...contents.map((content, index) => {
      // The corner's number heads its row, as the first row heads its columns.
      const heads = cell === "th" || index === 0;
      const one = element(heads ? "th" : "td", heads ? "govuk-table__header" : "govuk-table__cell");
      if (heads) one.setAttribute("scope", cell === "th" ? "col" : "row");
      one.append(content);
      return one;
    }),
  );
  return made;
}

function field(label: string, value: number): HTMLInputElement {
  const made = element("input", "govuk-input");
  made.value = value.toFixed(6);
  made.inputMode = "decimal";
  made.setAttribute("aria-label", label);
  made.addEventListener("keydown", (event) => {
    if (event.key !== "Enter") return;
    event.preventDefault(); // It would save the area.
    made.dispatchEvent(new Event("change"));
  });
  return made;
}
