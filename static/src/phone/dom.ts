// Elements of the phone's page. Text goes in as text, so that nothing written in a record can act as HTML.

type Content = Node | string | null | undefined | false;
type Attributes = Record<string, string | boolean | ((event: Event) => void)>;

/** Make an element: attributes by their names, listeners by `on` and the event's. */
export function h<K extends keyof HTMLElementTagNameMap>(tag: K, attributes: Attributes = {}, ...content: Content[]): HTMLElementTagNameMap[K] {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === "function") made.addEventListener(name.slice(2), value);
    else if (value === true) made.setAttribute(name, "");
    else if (value !== false) made.setAttribute(name, value);
  }
  made.append(...content.filter((each): each is Node | string => typeof each === "string" || each instanceof Node));
  return made;
}

export function button(text: string, act: () => void, classes = ""): HTMLButtonElement {
  return h("button", { type: "button", class: `button ${classes}`, onclick: act }, text);
}

export function link(text: string, href: string, classes = ""): HTMLAnchorElement {
  return h("a", { href, class: classes }, text);
}

/** What is folded away until it is asked for. */
export function fold(title: string, ...content: Content[]): HTMLDetailsElement {
  return h("details", { class: "fold" }, h("summary", {}, title), ...content);
}
