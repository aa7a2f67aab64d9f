// The fields of a form: each asked in the way that its sort is answered fastest with a thumb.
import { typed as typedMoment } from "../time.ts";
import { button, fold, h } from "./dom.ts";
import type { Typed } from "./filled.ts";
import type { Phone } from "./phone.ts";
import { isOnLabel, scanButton } from "./scan-field.ts";
import type { Code, Field } from "./shift.ts";

// As many choices stand as buttons side by side; of a longer list the likeliest do.
const ALL_AS_BUTTONS = 12;
const LIKELIEST = 6;

/** Make one field, filled in with what is said already. */
export function ask(field: Field, name: string, start: Typed, lists: Record<string, Code[]>, used: Record<string, number>, phone: Phone): HTMLElement {
  const id = `f-${name}`;
  const values = start.get(name) ?? [];
  const hint = field.hint ? h("p", { class: "hint", id: `${id}-hint` }, field.hint) : null;
  const described = hint ? { "aria-describedby": hint.id } : {};
  const labelled = (input: HTMLElement) => h("div", { class: "field" }, h("label", { for: id }, field.label), hint, input);
  switch (field.type) {
    case "code":
    case "codes":
      return choices(field, name, values, options(field, lists), used);
    case "record": {
      const known = records(field, phone, values);
      // Where there is nothing to choose, there is nothing to ask.
      return known.length || field.required ? labelled(select(id, name, known, values)) : h("div");
    }
    case "rows":
      return rows(field, name, start, lists, phone);
    case "paragraph":
    case "texts":
      return labelled(h("textarea", { id, name, rows: "3", ...described }, values.join("\n")));
    case "moment":
    case "day":
      return labelled(h("input", { id, name, type: field.type === "day" ? "date" : "datetime-local", value: values[0] ?? "", ...described }));
    case "number":
      return h("div", { class: "field" }, h("label", { for: id }, field.unit ? `${field.label} (${field.unit})` : field.label), hint,
        h("input", { id, name, inputmode: "decimal", autocomplete: "off", value: values[0] ?? "", ...described }));
    default: {
      const input = h("input", { id, name, autocomplete: "off", maxlength: "200", value: values[0] ?? "", ...described });
      const made = labelled(input);
      if (isOnLabel(name)) made.append(scanButton(input, field.label));
      return made;
    }
  }
}

const YES_NO: Code[] = [{ code: "true", label: "Yes" }, { code: "false", label: "No" }];

function options(field: Field, lists: Record<string, Code[]>): Code[] {
  return (field.list ? lists[field.list] : YES_NO) ?? [];
}

/** What a field can name: records of this phone, or the sites of its shift. */
function records(field: Field, phone: Phone, named: string[]): Code[] {
  const waiting = phone.items.map(({ id, body, label }) => ({ id, kind: body["kind"], label }));
  const logged = [...waiting, ...phone.sent].filter(({ kind }) => kind === field.of).map(({ id, label }) => ({ code: id, label }));
  const sites = new Map(phone.bundle!.operations.flatMap(({ sites }) => sites).map(({ id, name }) => [id, name]));
  const known = field.of ? logged : [...sites].map(([code, label]) => ({ code, label }));
  const others = named.filter((id) => !known.some(({ code }) => code === id));
  return [...known, ...others.map((code) => ({ code, label: "The one that it names" }))];
}

function select(id: string, name: string, codes: Code[], values: string[], first = "Choose"): HTMLSelectElement {
  const made = h("select", { id, name }, h("option", { value: "" }, first),
    ...codes.map(({ code, label }) => h("option", { value: code, selected: values.includes(code) }, label)));
  return made;
}

/** Choices as buttons; of a long list the likeliest, and the others in a list under them. */
function choices(field: Field, name: string, values: string[], codes: Code[], used: Record<string, number>): HTMLElement {
  const isMany = field.type === "codes";
  const often = codes.toSorted((one, other) => (used[other.code] ?? 0) - (used[one.code] ?? 0));
  const likeliest = codes.length <= ALL_AS_BUTTONS ? codes : often.slice(0, LIKELIEST);
  const others = codes.filter((code) => !likeliest.includes(code));
  const inputs = likeliest.map(({ code, label }) => {
    const input = h("input", { type: isMany ? "checkbox" : "radio", name, value: code, checked: values.includes(code) });
    return { input, label: h("label", { class: "chip" }, input, h("span", {}, label)) };
  });
  const made = h("fieldset", { class: "field", id: `f-${name}` }, h("legend", {}, field.label), field.hint ? h("p", { class: "hint" }, field.hint) : null,
    h("div", { class: "chips" }, ...inputs.map(({ label }) => label)));
  if (others.length && isMany) {
    made.append(fold("Others", h("div", { class: "chips" }, ...others.map(({ code, label }) =>
      h("label", { class: "chip" }, h("input", { type: "checkbox", name, value: code, checked: values.includes(code) }), h("span", {}, label))))));
  } else if (others.length) {
    const rest = select(`f-${name}-other`, name, others, values, "Another");
    rest.setAttribute("aria-label", `${field.label}: another`);
    made.append(rest);
    rest.addEventListener("change", () => {
      for (const { input } of inputs) input.checked = false;
    });
    for (const { input } of inputs) input.addEventListener("change", () => {
      rest.value = "";
    });
  }
  // What was chosen by mistake can be unchosen, where nothing has to be said.
  if (!isMany && !field.required) {
    for (const { input } of inputs) {
      let was = input.checked;
      input.addEventListener("pointerdown", () => {
        was = input.checked;
      });
      input.addEventListener("click", () => {
        if (was) {
          input.checked = was = false;
          input.dispatchEvent(new Event("change", { bubbles: true }));
        }
      });
    }
  }
  return made;
}

function rows(field: Field, name: string, start: Typed, lists: Record<string, Code[]>, phone: Phone): HTMLElement {
  let count = Math.max(1, ...[...start.keys()].map((key) => Number(new RegExp(`^${name}\\.(\\d+)\\.`).exec(key)?.[1] ?? -1) + 1));
  const row = (number: number) =>
    h("fieldset", { class: "row" }, h("legend", {}, `${field.label} ${number + 1}`),
      ...(field.columns ?? []).map((column) => ask(column, `${name}.${number}.${column.name}`, start, lists, {}, phone)));
  const made = h("div", { class: "rows" }, ...Array.from({ length: count }, (_, number) => row(number)));
  const more = button("Add another", () => {
    const fresh = row(count);
    more.before(fresh);
    count += 1;
    fresh.querySelector<HTMLElement>("input, select, textarea")?.focus();
  }, "quiet");
  more.setAttribute("aria-label", `Add another: ${field.label.toLowerCase()}`);
  made.append(more);
  return made;
}

/** Write a detail as the fields of a form have it. */
export function flatten(detail: object, name = "", typed: Typed = new Map()): Typed {
  for (const [key, value] of Object.entries(detail)) {
    const path = name ? `${name}.${key}` : key;
    if (Array.isArray(value) && value.some((each) => typeof each === "object")) value.forEach((each, number) => flatten(each, `${path}.${number}`, typed));
    else if (Array.isArray(value)) typed.set(path, value.map(String));
    else if (/^\d{4}-\d\d-\d\dT/.test(String(value))) typed.set(path, [typedMoment(new Date(String(value)))]);
    else typed.set(path, [String(value)]);
  }
  return typed;
}
