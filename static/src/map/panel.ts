// The key of a map, to switch its layers: each with its sign and how many there are.
import { element } from "./dom.ts";
import { type Glyph, svgPoints } from "./glyph.ts";

const SVG = "http://www.w3.org/2000/svg";

export interface Switch {
  code: string;
  name: string;
  count?: number;
  /** The class of its key, or the sign that is drawn on the canvas. */
  key: string | Glyph;
}

export interface Group {
  legend: string;
  switches: Switch[];
}

/** Write the groups of switches; tell which was turned. */
export function showPanel(root: HTMLElement, groups: Group[], isOn: (code: string) => boolean, turned: (code: string, on: boolean) => void): void {
  root.replaceChildren(
    ...groups
      .filter(({ switches }) => switches.length > 0)
      .map(({ legend, switches }) =>
        element("fieldset", "govuk-fieldset app-map-group", [
          element("legend", "govuk-fieldset__legend govuk-fieldset__legend--s", legend),
          element("div", "govuk-checkboxes govuk-checkboxes--small", switches.map((each) => toggle(each, isOn(each.code), turned))),
        ]),
      ),
  );
}

function toggle({ code, name, count, key }: Switch, on: boolean, turned: (code: string, on: boolean) => void): HTMLElement {
  const input = element("input", "govuk-checkboxes__input");
  input.type = "checkbox";
  input.id = `layer-${code}`;
  input.value = code;
  input.checked = on;
  input.addEventListener("change", () => turned(code, input.checked));
  const label = element("label", "govuk-label govuk-checkboxes__label");
  label.htmlFor = input.id;
  const said = count === undefined ? name : `${name} (${count.toLocaleString("en-GB")})`;
  const shown = element("span", typeof key === "string" ? `app-key app-key--${key}` : "app-key app-key--drawn");
  if (typeof key !== "string") shown.append(picture(key));
  shown.append(said);
  label.append(shown);
  return element("div", "govuk-checkboxes__item", [input, label]);
}

function picture(sign: Glyph): SVGElement {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", "0 0 20 20");
  svg.setAttribute("width", "20");
  svg.setAttribute("height", "20");
  svg.setAttribute("aria-hidden", "true");
  const shape = document.createElementNS(SVG, "polygon");
  shape.setAttribute("points", svgPoints(sign));
  shape.setAttribute("fill", sign.colour);
  svg.append(shape);
  return svg;
}
