// The form of one result: first what matters, the rest folded away, the shift's context filled in.
import { fixText } from "../log/fix.ts";
import { moment, typed as typedMoment } from "../time.ts";
import { button, fold, h } from "./dom.ts";
import { fill, isAsked, type Typed } from "./filled.ts";
import { Follower } from "./gps.ts";
import { newId } from "./ids.ts";
import type { Item } from "./outbox.ts";
import type { Phone } from "./phone.ts";
import { photoField } from "./photo-field.ts";
import { pinMap } from "./plan.ts";
import { Full } from "./room.ts";
import type { Code, Field, On } from "./shift.ts";
import { whereText } from "./where.ts";

// As many choices stand as buttons side by side; of a longer list the likeliest do.
const ALL_AS_BUTTONS = 12;
const LIKELIEST = 6;
export const NO_ROOM =
  "This phone has no room left, so nothing was saved. What you typed is still here: free some room (photos, other apps), then save again.";

/** What was being typed when the browser dropped the page. */
interface Draft {
  kind: string;
  at: number;
  typed: [string, string[]][];
}
const DRAFT_KEPT_MS = 12 * 3_600_000;
const DRAFT_EVERY_MS = 500;

type Used = Record<string, Record<string, number>>;

export interface Form {
  element: HTMLElement;
  /** Stop following where the phone is. */
  close(): void;
}

/** Make the form of a kind; `old` is what is mended. `done` is told what was saved. */
export async function openForm(phone: Phone, kind: string, done: (id: string, label: string) => void, old?: Item): Promise<Form> {
  const bundle = phone.bundle!;
  const on = old ? null : phone.on;
  const { label: kindLabel, fields: allFields } = bundle.kinds[kind]!;
  const fields = allFields.filter(({ type }) => type !== "outline");
  const used = (await phone.store!.read<Used>("used")) ?? {};
  const id = old?.id ?? newId();
  const draft = old ? null : await phone.store!.read<Draft>("draft");
  const isDraft = draft?.kind === kind && Date.now() - draft.at < DRAFT_KEPT_MS;
  const start = isDraft ? new Map(draft.typed) : old ? flatten(old.body["detail"] as object) : context(fields, on, bundle.code_lists);
  const form = h("form", { novalidate: true, class: "form" });
  const follower = new Follower(showPlace);
  let pin: { lon: number; lat: number } | null = old?.body["position"] ? point(old.body["position"]) : null;
  let accuracy = (old?.body["accuracy_m"] as number | undefined) ?? null;

  const saveText = old ? "Save and send again" : "Save";
  const save = h("button", { class: "button primary", type: "submit" }, saveText);
  const summary = h("div", { class: "problem", role: "alert", tabindex: "-1", hidden: true });
  const place = h("p", { class: "place", role: "status" });
  const locate = button("Use where I am", () => {
    pin = null;
    follower.start();
    showPlace();
  }, "quiet");
  const when = h("input", { type: "datetime-local", id: "f-occurred_at", name: ".occurred_at", value: typedMoment(old ? new Date(old.body["occurred_at"] as string) : new Date()) });
  const address = h("input", { id: "f-address", name: ".address", autocomplete: "off", maxlength: "200", value: start.get(".address")?.[0] ?? "" });
  const note = h("textarea", { id: "f-note", name: ".note", rows: "3", maxlength: "1800" }, (old?.body["note"] as string) ?? start.get(".note")?.[0] ?? "");
  const photos = photoField();
  const areas = () => (on?.operation ?? operationOf(old))?.areas ?? [];

  function operationOf(item: Item | undefined) {
    return bundle.operations.find(({ id: each }) => each === item?.body["operation"]);
  }

  function fixNow() {
    return pin ? { ...pin, accuracyM: accuracy ?? 1 } : follower.fix;
  }

  function showPlace(): void {
    const fix = fixNow();
    const known = pin ? "The place on the map." : fix ? fixText(fix) : follower.trouble;
    place.textContent = `${known} ${known && !fix ? "" : whereText(areas(), fix)}`.trim();
  }

  const wrap = new Map<Field, HTMLElement>();
  const asked = (field: Field) => {
    const made = ask(field, field.name, start, bundle.code_lists, used[`${kind}.${field.name}`] ?? {}, phone);
    wrap.set(field, made);
    return made;
  };
  const parts: (HTMLElement | null)[] = [
    summary,
    ...fields.filter(({ matters }) => matters).map(asked),
    fold("When, where, note", ...[
      h("div", { class: "field" }, h("label", { for: "f-occurred_at" }, "When"), when),
      h("div", { class: "field" }, h("label", { for: "f-address" }, "Place in words"), h("p", { class: "hint" }, "If there is no position: a street, a house, a cell."), address),
      h("div", { class: "field" }, h("label", { for: "f-note" }, "Note"), note),
      ...(areas().length ? [pinMap(areas(), (chosen) => {
        [pin, accuracy] = [chosen, null];
        showPlace();
      })] : []),
    ]),
    old ? null : photos.element,
    fold("More about it", ...fields.filter(({ matters }) => !matters).map(asked)),
    h("div", { class: "field" }, place, locate),
    h("div", { class: "save" }, save),
  ];
  form.append(...parts.filter((part) => part !== null));

  const read = (): Typed => {
    const typed: Typed = new Map();
    for (const [name, value] of new FormData(form)) {
      if (typeof value === "string" && value !== "") typed.set(name, [...(typed.get(name) ?? []), value]);
    }
    return typed;
  };
  const narrow = () => {
    const typed = read();
    for (const [field, element] of wrap) {
      element.hidden = !isAsked(field, typed);
      for (const input of element.querySelectorAll<HTMLInputElement>("input, select, textarea")) input.disabled = element.hidden;
    }
  };
  form.addEventListener("change", narrow);
  narrow();
  let draftTimer = 0;
  const keepDraft = () => {
    clearTimeout(draftTimer);
    // Without room there is no draft; what is saved says so itself.
    draftTimer = window.setTimeout(() => void phone.store?.keep("draft", { kind, at: Date.now(), typed: [...read()] } satisfies Draft).catch(() => {}), DRAFT_EVERY_MS);
  };
  if (!old) for (const name of ["input", "change"]) form.addEventListener(name, keepDraft);

  function complain(said: Map<string, string>, doubts: Map<string, string[]> = new Map()): void {
    for (const element of form.querySelectorAll(".wrong")) element.remove();
    for (const element of form.querySelectorAll("[aria-invalid]")) element.removeAttribute("aria-invalid");
    const lines = [...said, ...[...doubts].map(([name, texts]): [string, string] => [name, `Did you mean ${texts.join(" or ")}?`])];
    summary.hidden = lines.length === 0;
    summary.replaceChildren(h("h2", {}, "There is a problem"), h("ul", {}, ...lines.map(([name, sentence]) => {
      const field = form.querySelector<HTMLElement>(`[name="${CSS.escape(name)}"]`) ?? form.querySelector<HTMLElement>(`[name^="${CSS.escape(name)}."]`);
      if (field && name) {
        field.setAttribute("aria-invalid", "true");
        const said = h("p", { class: "wrong", id: `wrong-${name}` }, sentence);
        field.setAttribute("aria-describedby", said.id);
        (field.closest(".field") ?? field).append(said, ...(doubts.get(name) ?? []).map((text) => button(text, () => {
          (field as HTMLInputElement).value = text;
          form.requestSubmit();
        }, "quiet wrong")));
        const fold = field.closest("details");
        if (fold) fold.open = true;
      }
      return h("li", {}, field ? h("a", { href: `#f-${name}`, onclick: (event) => {
        event.preventDefault();
        field.focus();
      } }, sentence) : sentence);
    })));
    if (lines.length) summary.focus();
  }

  /** Keep the photos beside their record; tell whether there was room. */
  async function savePhotos(label: string): Promise<boolean> {
    try {
      for (const { bytes, sha256 } of await photos.taken()) {
        await phone.save({ sort: "photo", path: `/api/v1/attachments?result=${id}&sha256=${sha256}`, label: `Photo of ${label}`, after: id, body: {}, photo: bytes });
      }
      return true;
    } catch (error) {
      if (error instanceof Full) return false;
      throw error;
    }
  }

  let isSaving = false;
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (isSaving) return;
    const typed = read();
    const { detail, wrong, doubts } = fill(fields, typed, bundle);
    const at = moment(when.value);
    if (!at) wrong.set(".occurred_at", "Say when it was.");
    complain(wrong, doubts);
    if (wrong.size + doubts.size || !at) return;
    const fix = fixNow();
    const words = [typed.get(".address")?.[0] && `Place: ${typed.get(".address")![0]}`, typed.get(".note")?.[0]].filter(Boolean);
    // Unless it was changed, it is the moment to the second, and not to the minute that the field shows.
    const exact = when.value === when.defaultValue ? ((old?.body["occurred_at"] as string) ?? opened) : at.toISOString();
    const body = {
      id,
      operation: old?.body["operation"] ?? on!.operation.id,
      kind,
      occurred_at: exact,
      position: fix ? { type: "Point", coordinates: [fix.lon, fix.lat] } : null,
      accuracy_m: fix && !pin ? fix.accuracyM : accuracy,
      deployment: old ? old.body["deployment"] : (on!.deployment?.id ?? null),
      note: words.join("\n") || null,
      detail,
    };
    isSaving = true;
    save.textContent = "Saving…";
    void (async () => {
      try {
        const label = old?.label ?? `${kindLabel}, ${new Date(exact).toLocaleTimeString("en-GB", { hour: "2-digit", minute: "2-digit", timeZone: "Europe/London" })}`;
        if (old && !(await phone.mend(old, body))) throw new Error("It has gone meanwhile.");
        if (!old) await phone.save({ id, sort: "result", path: "/api/v1/results/batch", label, body });
        done(id, (await savePhotos(label)) ? label : `${label}, but without its photo, for which there is no room`);
        clearTimeout(draftTimer);
        if (!old) void phone.store?.keep("draft", null).catch(() => {});
        void remember(phone, kind, typed, fields, used);
      } catch (error) {
        isSaving = false;
        save.textContent = saveText;
        const said = error instanceof Full ? NO_ROOM : old ? "This one was sent meanwhile. Correct it in the list of what was sent." : "This phone could not save it. What you typed is still here: try again.";
        complain(new Map([["", said]]));
      }
    })();
  });
  const opened = new Date().toISOString();
  void follower.startIfAllowed();
  showPlace();
  const title = h("h1", { tabindex: "-1" }, old ? `Mend: ${old.label}` : kindLabel);
  const refusal = old?.refusal;
  if (refusal) queueMicrotask(() => complain(new Map([...Object.entries(refusal.fields).map(([name, said]): [string, string] => [name.replace(/^detail\./, ""), said]), ...(Object.keys(refusal.fields).length ? [] : [["", refusal.sentence] as [string, string]])])));
  const context_ = on && h("p", { class: "context" }, [on.deployment?.name, on.operation.name].filter(Boolean).join(" · "));
  return { element: h("div", {}, title, context_, form), close: () => follower.stop() };
}

/** Fill in what the shift says already. */
function context(fields: Field[], on: On | null, lists: Record<string, Code[]>): Typed {
  const start: Typed = new Map();
  const power = fields.find(({ name }) => name === "power");
  const planned = on?.deployment?.power;
  if (planned && power?.list && lists[power.list]?.some(({ code }) => code === planned)) start.set("power", [planned]);
  if (on?.deployment?.kind === "prison_search" && fields.some(({ name }) => name === "establishment")) start.set("establishment", [on.deployment.place]);
  return start;
}

function ask(field: Field, name: string, start: Typed, lists: Record<string, Code[]>, used: Record<string, number>, phone: Phone): HTMLElement {
  const id = `f-${name}`;
  const values = start.get(name) ?? [];
  const hint = field.hint ? h("p", { class: "hint", id: `${id}-hint` }, field.hint) : null;
  const described = hint ? { "aria-describedby": hint.id } : {};
  const labelled = (input: HTMLElement) => h("div", { class: "field" }, h("label", { for: id }, field.label), hint, input);
  switch (field.type) {
    case "code":
    case "codes":
      return choices(field, name, values, options(field, lists), used);
    case "record":
      return labelled(select(id, name, records(field, phone), values));
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
    default:
      return labelled(h("input", { id, name, autocomplete: "off", maxlength: "200", value: values[0] ?? "", ...described }));
  }
}

const YES_NO: Code[] = [{ code: "true", label: "Yes" }, { code: "false", label: "No" }];

function options(field: Field, lists: Record<string, Code[]>): Code[] {
  return (field.list ? lists[field.list] : YES_NO) ?? [];
}

/** Records of this phone that a field can name. */
function records(field: Field, phone: Phone): Code[] {
  const waiting = phone.items.map(({ id, body, label }) => ({ id, kind: body["kind"], label }));
  return [...waiting, ...phone.sent].filter(({ kind }) => kind === field.of).map(({ id, label }) => ({ code: id, label }));
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
function flatten(detail: object, name = "", typed: Typed = new Map()): Typed {
  for (const [key, value] of Object.entries(detail)) {
    const path = name ? `${name}.${key}` : key;
    if (Array.isArray(value) && value.some((each) => typeof each === "object")) value.forEach((each, number) => flatten(each, `${path}.${number}`, typed));
    else if (Array.isArray(value)) typed.set(path, value.map(String));
    else if (/^\d{4}-\d\d-\d\dT/.test(String(value))) typed.set(path, [typedMoment(new Date(String(value)))]);
    else typed.set(path, [String(value)]);
  }
  return typed;
}

function point(position: unknown): { lon: number; lat: number } {
  const [lon, lat] = (position as { coordinates: [number, number] }).coordinates;
  return { lon, lat };
}

/** Count what was chosen, so that it stands first the next time. */
async function remember(phone: Phone, kind: string, typed: Typed, fields: Field[], used: Used): Promise<void> {
  for (const { name, type } of fields) {
    if (type !== "code" && type !== "codes") continue;
    for (const code of typed.get(name) ?? []) {
      const counts = (used[`${kind}.${name}`] ??= {});
      counts[code] = (counts[code] ?? 0) + 1;
    }
  }
  await phone.store?.keep("used", used).catch(() => {});
}
