// The corners of a shape as a table: the way to draw without a pointer, and to be exact.
import type { Position } from "geojson";
import { type Parts, position, ring, ShapeError } from "./shape.ts";

/** Write a shape's corners into tables, one a ring; tell of each change, or why there is none. */
export function showCorners(
  root: HTMLElement,
  parts: Parts,
  changed: (parts: Parts) => void,
  refused: (sentence: string) => void,
): void {
  const rings = parts.flatMap((part, partAt) => part.map((points, ringAt) => ({ partAt, ringAt, points })));
  const caption = (partAt: number, ringAt: number) =>
    [rings.length > 1 ? `Part ${partAt + 1}` : "Corners", ringAt > 0 ? `hole ${ringAt}` : ""].filter(Boolean).join(", ");
  const replace = (partAt: number, ringAt: number, corners: Position[]) => {
    try {
      const closed = ring(corners);
      changed(parts.map((part, p) => part.map((points, r) => (p === partAt && r === ringAt ? closed : points))));
    } catch (error) {
      if (!(error instanceof ShapeError)) throw error;
      refused(error.message);
    }
  };
  root.replaceChildren(
    ...rings.map(({ partAt, ringAt, points }) =>
      table(caption(partAt, ringAt), points.slice(0, -1), (corners) => replace(partAt, ringAt, corners), refused),
    ),
  );
}

function table(
  name: string,
  corners: Position[],
  changed: (corners: Position[]) => void,
  refused: (sentence: string) => void,
): HTMLElement {
  const root = element("table", "govuk-table app-corners");
  root.append(
    element("caption", "govuk-table__caption govuk-table__caption--s", name),
    row("th", [text("Corner"), text("Longitude"), text("Latitude"), text("Change")]),
    ...corners.map((corner, index) => {
      const which = `corner ${index + 1}${name === "Corners" ? "" : `, ${name}`}`;
      const lon = field(`Longitude of ${which}`, corner[0]!);
      const lat = field(`Latitude of ${which}`, corner[1]!);
      const move = () => {
        try {
          const moved = position(Number(lon.value), Number(lat.value));
          changed(corners.map((other, at) => (at === index ? moved : other)));
        } catch (error) {
          if (!(error instanceof ShapeError)) throw error;
          refused(error.message);
        }
      };
      lon.addEventListener("change", move);
      lat.addEventListener("change", move);
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

function element(tag: string, classes: string, content?: string): HTMLElement {
  const made = document.createElement(tag);
  made.className = classes;
  if (content !== undefined) made.textContent = content;
  return made;
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
  const made = element("input", "govuk-input") as HTMLInputElement;
  made.value = value.toFixed(6);
  made.inputMode = "decimal";
  made.setAttribute("aria-label", label);
  return made;
}

function button(content: string, label: string, act: () => void): HTMLElement {
  const made = element("button", "govuk-button govuk-button--secondary", content) as HTMLButtonElement;
  made.type = "button";
  // WCAG 2.5.3: the name begins with what can be read on the button.
  made.setAttribute("aria-label", label);
  made.addEventListener("click", act);
  return made;
}
