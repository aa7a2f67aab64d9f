// Elements as GOV.UK writes them. Text goes in as text, so that nothing written in a record can act as HTML.

export function element<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  classes: string,
  content?: string | Node[],
): HTMLElementTagNameMap[K] {
  const made = document.createElement(tag);
  made.className = classes;
  if (typeof content === "string") made.textContent = content;
  else if (content) made.append(...content);
  return made;
}

/** A button; `label` names what it acts on, and begins with what can be read on it (WCAG 2.5.3). */
export function button(content: string, label: string, act: () => void): HTMLButtonElement {
  const made = element("button", "govuk-button govuk-button--secondary", content);
  made.type = "button";
  made.setAttribute("aria-label", label);
  made.addEventListener("click", act);
  return made;
}

let boxes = 0;

/** A tick box with its label. */
export function box(value: string, content: string, checked = false): HTMLElement {
  boxes += 1;
  const input = element("input", "govuk-checkboxes__input");
  input.type = "checkbox";
  input.id = `box-${boxes}`;
  input.value = value;
  input.checked = checked;
  const label = element("label", "govuk-label govuk-checkboxes__label", content);
  label.htmlFor = input.id;
  return element("div", "govuk-checkboxes__item", [input, label]);
}

/** Give the values of the boxes that are ticked. */
export function ticked(root: HTMLElement): string[] {
  return [...root.querySelectorAll<HTMLInputElement>("input[type=checkbox]:checked")].map((input) => input.value);
}

/** Write anew what is in an element, and leave the focus where it was: on what has the same name. */
export function rewrite(root: HTMLElement, ...content: Node[]): void {
  const focused = document.activeElement;
  const name = focused && root.contains(focused) ? focused.getAttribute("aria-label") : null;
  root.replaceChildren(...content);
  if (!name) return;
  const again = root.querySelector<HTMLElement>(`[aria-label="${CSS.escape(name)}"]`);
  // What was pressed may have removed itself; whoever pressed it stays here.
  if (!again) root.tabIndex = -1;
  (again ?? root).focus();
}
