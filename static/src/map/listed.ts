// The lists beside the map: the areas of the operation, what a file held, the boundaries that were found.
import { box, button, element, rewrite } from "./dom.ts";

export interface Row {
  id: string;
  name: string;
  state: string;
  isCurrent: boolean;
}

/** List the areas, each to choose and to change. */
export function showAreas(root: HTMLElement, rows: Row[], chosen: string[], open: (id: string) => void): void {
  if (rows.length === 0) {
    root.replaceChildren(element("p", "govuk-body", "No area is drawn yet."));
    return;
  }
  rewrite(
    root,
    ...rows.map(({ id, name, state, isCurrent }) => {
      const line = element("div", "app-area-row", [box(id, name, chosen.includes(id))]);
      if (state) line.append(element("span", "govuk-tag govuk-tag--yellow", state));
      if (isCurrent) line.append(element("span", "govuk-tag govuk-tag--blue", "Being changed"));
      else line.append(button("Change", `Change ${name}`, () => open(id)));
      return line;
    }),
  );
}

/** List things to choose from; a few are chosen at once. */
export function showChoices(root: HTMLElement, legend: string, choices: { value: string; text: string }[]): void {
  const all = choices.length < 2;
  root.replaceChildren(
    element("fieldset", "govuk-fieldset", [
      element("legend", "govuk-fieldset__legend govuk-fieldset__legend--s", legend),
      element(
        "div",
        "govuk-checkboxes govuk-checkboxes--small",
        choices.map(({ value, text }) => box(value, text, all)),
      ),
    ]),
  );
}
