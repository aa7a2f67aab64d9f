// The form of one result: first what matters, the rest folded away, the shift's context filled in.
import { fixText } from "../log/fix.ts";
import { moment, typed as typedMoment } from "../time.ts";
import { choice } from "./choice.ts";
import { contextText, filledIn } from "./context.ts";
import { type Changes, changes, meanwhile, over, type Told } from "./correction.ts";
import { button, fold, h } from "./dom.ts";
import { type Draft, Drafts, hold, isFresh } from "./draft.ts";
import { ask, flatten } from "./fields.ts";
import { fill, isAsked, type Typed } from "./filled.ts";
import { Follower } from "./gps.ts";
import { newId } from "./ids.ts";
import { pinMap } from "./map-view.ts";
import type { Item } from "./outbox.ts";
import type { Phone } from "./phone.ts";
import { photoField } from "./photo-field.ts";
import { clock } from "./plan.ts";
import { Full, Unsaved } from "./room.ts";
import { same } from "./same.ts";
import type { Field, On } from "./shift.ts";
import type { Place } from "./shift-map.ts";
import type { View } from "./view.ts";
import { whereText } from "./where.ts";

const NO_ROOM =
  "This phone has no room left, so nothing was saved. What you typed is still here: free some room (photos, other apps), then save again.";

const DRAFT_EVERY_MS = 500;

type Used = Record<string, Record<string, number>>;

/** What a form is opened for again: an item that is mended, or a record that is corrected. */
export interface Old {
  label: string;
  item?: Item;
  record?: Told;
}

/** Make the form of a kind. `done` is told what was saved. */
export async function openForm(phone: Phone, kind: string, done: (id: string, label: string) => void, old?: Old): Promise<View> {
  const bundle = phone.bundle!;
  const { item } = old ?? {};
  // What a correction is made of.
  const record = old?.record ?? item?.refusal?.now ?? item?.corrects ?? null;
  const said = record ? over(record, (item?.body ?? {}) as Changes) : (item?.body as unknown as Told | undefined);
  const { label: kindLabel, fields: allFields } = bundle.kinds[kind]!;
  const fields = allFields.filter(({ type, when }) => type !== "outline" && (!when || when === (record ? "correction" : "log")));
  const used = (await phone.store!.read<Used>("used")) ?? {};
  const drafts = new Drafts(phone);
  const found = old ? null : await drafts.take(kind, (id) => [...phone.items, ...phone.sent].some((each) => each.id === id));
  const taken = found === "elsewhere" ? null : found;
  const draft = taken?.draft;
  const id = item?.id ?? draft?.id ?? newId();
  const letGo = taken?.letGo ?? (old ? null : await hold(id));
  let on = old ? null : (draft && phone.find(draft.on)) || phone.on;
  let draftTimer = 0;
  const reopen = (kept: Draft | null) => {
    clearTimeout(draftTimer);
    void drafts.put(id, kept).then(() => dispatchEvent(new HashChangeEvent("hashchange")));
  };
  const afresh = button("Start afresh", () => reopen(null), "quiet");
  if (draft && !isFresh(draft, Date.now())) {
    const take = button("Take it up", () => reopen({ ...draft, at: Date.now() }), "primary");
    const element = h("div", {}, h("h1", { tabindex: "-1" }, kindLabel),
      h("p", {}, `What you typed here at ${clock(draft.at)} was not saved. It is kept ${heldBy(draft, on)}.${lostPhotos(draft)}`), h("div", { class: "tools" }, take, afresh));
    return { element, close: () => letGo?.() };
  }
  const planned = () => (on ? filledIn(fields, on, bundle.code_lists) : new Map<string, string[]>());
  const start: Typed = draft ? new Map(draft.typed) : said ? flatten(said.detail) : planned();
  const form = h("form", { novalidate: true, class: "form" });
  const follower = new Follower(showPlace);
  let pin: Place | null = draft ? draft.pin : said?.position ? point(said.position) : null;
  let draftedFix = draft?.fix ?? null;
  let accuracy = said?.accuracy_m ?? null;

  const saveText = record ? "Save the correction" : old ? "Save and send again" : "Save";
  const save = h("button", { class: "button primary", type: "submit" }, saveText);
  const summary = h("div", { class: "problem", role: "alert", tabindex: "-1", hidden: true });
  const place = h("p", { class: "place", role: "status" });
  const locate = button("Use where I am", () => {
    pin = draftedFix = null;
    follower.start();
    showPlace();
  }, "quiet");
  const draftedAt = draft ? moment(start.get(".occurred_at")?.[0] ?? "") : null;
  const opened = said?.occurred_at ?? (draftedAt ?? new Date()).toISOString();
  const when = h("input", { type: "datetime-local", id: "f-.occurred_at", name: ".occurred_at", value: typedMoment(new Date(opened)) });
  const address = h("input", { id: "f-.address", name: ".address", autocomplete: "off", maxlength: "200", "aria-describedby": "f-.address-hint", value: start.get(".address")?.[0] ?? "" });
  const note = h("textarea", { id: "f-.note", name: ".note", rows: "3", maxlength: "1800" }, said?.note ?? start.get(".note")?.[0] ?? "");
  address.addEventListener("input", () => showPlace());
  const photos = photoField();
  // What goes on under a new id, and what a correction is of, is not the record that they would be of.
  const takesPhotos = !record && !item?.refusal?.isTaken;
  let hasPhotos = draft?.photos ?? false;
  photos.element.addEventListener("change", () => (hasPhotos = true));
  const reason = h("textarea", { id: "f-.reason", name: ".reason", rows: "2", maxlength: "1000", "aria-describedby": "f-.reason-hint" }, (item?.body["reason"] as string) ?? "");
  const areas = () => (on?.operation ?? bundle.operations.find((each) => each.id === said?.operation))?.areas ?? [];

  function fixNow() {
    return pin ? { ...pin, accuracyM: Number(accuracy ?? 1) } : (draftedFix ?? follower.fix);
  }

  function showPlace(): void {
    const fix = fixNow();
    const known = draftedFix || (pin && isAsItWas()) ? "The place as it was." : pin ? "The place on the map." : fix ? fixText(fix) : follower.trouble;
    const inWords = !fix && address.value ? `It is saved with the place in words: ${address.value}.` : "";
    place.textContent = [known, known && !fix ? "" : whereText(areas(), fix), inWords].filter(Boolean).join(" ");
  }

  function isAsItWas(): boolean {
    const was = said?.position ? point(said.position) : null;
    return pin?.lon === was?.lon && pin?.lat === was?.lat;
  }

  const wrap = new Map<Field, HTMLElement>();
  const asked = (field: Field) => {
    const made = ask(field, field.name, start, bundle.code_lists, used[`${kind}.${field.name}`] ?? {}, phone);
    wrap.set(field, made);
    return made;
  };
  const pins = h("div", {});
  const context = on && fold("", choice(phone, on, changeOn));
  context?.classList.add("context-fold");
  const filledText = h("p", { class: "hint" });
  showContext();
  const parts: (HTMLElement | null)[] = [
    summary,
    draft ? h("div", { class: "notice", role: "status" }, h("p", {}, `What you had typed here is filled in again, ${heldBy(draft, on)}. It is not saved yet.${lostPhotos(draft)}`), afresh) : null,
    found === "elsewhere" ? h("p", { class: "notice", role: "status" }, "This form is open in another tab of this phone, with what was typed there. What you save here is a record of its own.") : null,
    item?.refusal?.now && item.corrects ? changedMeanwhile(item.corrects, item.refusal.now) : null,
    ...fields.filter(({ matters }) => matters).map(asked),
    fold("When, where, note",
      h("div", { class: "field" }, h("label", { for: "f-.occurred_at" }, "When"), when),
      h("div", { class: "field" }, h("label", { for: "f-.address" }, "Place in words"), h("p", { class: "hint", id: "f-.address-hint" }, "Said where there is no position: a street, a house, a cell."), address),
      h("div", { class: "field" }, h("label", { for: "f-.note" }, "Note"), note),
      pins,
    ),
    takesPhotos ? photos.element : null,
    filledText,
    fold("More about it", ...fields.filter(({ matters }) => !matters).map(asked)),
    h("div", { class: "field" }, place, locate),
    record && h("div", { class: "field" }, h("label", { for: "f-.reason" }, "Why it is corrected"), h("p", { class: "hint", id: "f-.reason-hint" }, "It stays beside the record, with what it said before."), reason),
    h("div", { class: "save" }, save),
  ];
  form.append(...parts.filter((part) => part !== null));

  const read = () => typedIn(form);
  const untouched = record && fill(fields, typedIn(h("form", {}, ...fields.map((field) => ask(field, field.name, flatten(record.detail), bundle.code_lists, {}, phone)))), bundle).detail;

  /** Show what the record is logged for, and what that filled in where it is folded away. */
  function showContext(): void {
    const names = fields.filter(({ name, matters }) => !matters && planned().has(name)).map(({ label }) => label.toLowerCase());
    filledText.textContent = names.length ? `Filled in from the deployment: ${names.join(", ")}.` : "";
    filledText.hidden = !names.length;
    if (on) context!.querySelector("summary")!.textContent = `For ${contextText(on)}`;
    pins.replaceChildren(...(areas().length ? [pinMap(areas(), (chosen) => {
      [pin, accuracy, draftedFix] = [chosen, null, null];
      showPlace();
      if (!old) keepDraftSoon();
    })] : []));
  }

  /** Log it for what the officer says they are on: what the other deployment filled in goes, what they typed stays. */
  function changeOn(): void {
    // Also what is not asked just now.
    for (const input of form.querySelectorAll<HTMLInputElement>(":disabled")) input.disabled = false;
    const [before, typed] = [planned(), read()];
    // Nothing, where the phone was shut meanwhile.
    on = phone.on ?? on;
    const after = planned();
    for (const name of new Set([...before.keys(), ...after.keys()])) {
      if (same(typed.get(name), before.get(name))) write(form, name, after.get(name)?.[0] ?? "");
    }
    narrow();
    showContext();
    showPlace();
  }

  function changedMeanwhile(before: Told, now: Told): HTMLElement {
    const lines = meanwhile(before, now, fields, bundle.code_lists);
    return h("div", { class: "notice" }, h("p", {}, "Changed meanwhile, by somebody else or on another device. Below is what you correct it to."), h("ul", {}, ...lines.map((line) => h("li", {}, line))));
  }

  const narrow = () => {
    const typed = read();
    for (const [field, element] of wrap) {
      element.hidden = !isAsked(field, typed);
      for (const input of element.querySelectorAll<HTMLInputElement>("input, select, textarea")) input.disabled = element.hidden;
    }
  };
  form.addEventListener("change", narrow);
  narrow();
  // Without room there is no draft; what is saved says so itself.
  const keepDraft = () => {
    draftTimer = 0;
    const kept = drafts.put(id, { id, kind, at: Date.now(), on: on ? (on.deployment ?? on.operation).id : "", typed: [...read()], pin, fix: draftedFix ?? follower.fix, photos: hasPhotos });
    void kept.then(() => draftTimer || (form.dataset["draft"] = "kept")).catch(() => {});
  };
  const keepDraftSoon = () => {
    delete form.dataset["draft"];
    clearTimeout(draftTimer);
    draftTimer = window.setTimeout(keepDraft, DRAFT_EVERY_MS);
  };
  // A page that goes into the background may be dropped without another word.
  const keepDraftNow = () => {
    if (document.hidden && draftTimer) keepDraft();
  };
  if (!old) {
    for (const name of ["input", "change"]) form.addEventListener(name, keepDraftSoon);
    document.addEventListener("visibilitychange", keepDraftNow);
  }

  function complain(said: Map<string, string>, doubts: Map<string, string[]> = new Map()): void {
    for (const element of form.querySelectorAll(".complaint")) element.remove();
    for (const element of form.querySelectorAll("[aria-invalid]")) element.removeAttribute("aria-invalid");
    const lines = [...said, ...[...doubts].map(([name, texts]): [string, string] => [name, `Did you mean ${texts.join(" or ")}?`])];
    summary.hidden = lines.length === 0;
    summary.replaceChildren(h("h2", {}, "There is a problem"), h("ul", {}, ...lines.map(([name, sentence]) => {
      // What is said of the whole is said of no field.
      const field = name === "" ? null : form.querySelector<HTMLElement>(`[name="${CSS.escape(name)}"]`) ?? form.querySelector<HTMLElement>(`[name^="${CSS.escape(name)}."]`);
      if (field) {
        field.setAttribute("aria-invalid", "true");
        const said = h("p", { class: "wrong complaint", id: `wrong-${name}` }, sentence);
        field.setAttribute("aria-describedby", said.id);
        (field.closest(".field") ?? field).append(said, ...(doubts.get(name) ?? []).map((text) => button(text, () => {
          (field as HTMLInputElement).value = text;
          form.requestSubmit();
        }, "quiet complaint")));
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

  /** Keep the photos beside their record, which is kept whatever becomes of them; tell whether they are. */
  async function savePhotos(label: string): Promise<boolean> {
    try {
      for (const { bytes, sha256 } of await photos.taken()) {
        await phone.save({ sort: "photo", path: `/api/v1/attachments?result=${id}&sha256=${sha256}`, label: `Photo of ${label}`, after: id, body: {}, photo: bytes });
      }
      return true;
    } catch {
      return false;
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
    // What the deployment says of the place adds nothing to a position.
    const words = [typed.get(".address")?.[0], typed.get(".note")?.[0]];
    if (fix && same(typed.get(".address"), planned().get(".address"))) words[0] = undefined;
    if (words[0]) words[0] = `Place: ${words[0]}`;
    const common = {
      // Unless it was changed, it is the moment to the second, and not to the minute that the field shows.
      occurred_at: when.value === when.defaultValue ? opened : at.toISOString(),
      // What has a place keeps it while no other is known.
      position: fix ? { type: "Point", coordinates: [fix.lon, fix.lat] } : (said?.position ?? null),
      accuracy_m: fix && !pin ? fix.accuracyM : accuracy,
      note: words.filter(Boolean).join("\n") || null,
    };
    const changed = record && changes(record, untouched!, { ...common, detail });
    if (record && !changed) return complain(new Map([["", "Nothing is changed yet. Change what is wrong, then save."]]));
    if (record && !reason.value.trim()) return complain(new Map([[".reason", "Say why it is corrected."]]));
    const body = changed
      ? { ...changed, reason: reason.value.trim() }
      : { id, operation: said?.operation ?? on!.operation.id, kind, ...common, deployment: said ? said.deployment : (on!.deployment?.id ?? null), detail };
    isSaving = true;
    save.textContent = "Saving…";
    void (async () => {
      try {
        const label = old?.label ?? `${kindLabel}, ${clock(common.occurred_at)}`;
        if (item && !(await phone.mend(item, body, record ?? undefined))) throw new Error("It has gone meanwhile.");
        if (!item && record) await phone.save({ id, sort: "correction", path: `/api/v1/results/${record.id}`, label, body, corrects: record });
        if (!old) await phone.save({ id, sort: "result", path: "/api/v1/results/batch", label, body });
        done(id, (await savePhotos(label)) ? label : `${label}, but without its photo, which could not be saved`);
        clearTimeout(draftTimer);
        if (!old) void drafts.put(id, null).catch(() => {});
        void remember(phone, kind, typed, fields, used);
      } catch (error) {
        isSaving = false;
        save.textContent = saveText;
        const said = error instanceof Full ? NO_ROOM : old && !(error instanceof Unsaved) ? "This one was sent meanwhile. Correct it in the list of what was sent." : "This phone could not save it. What you typed is still here: try again.";
        complain(new Map([["", said]]));
      }
    })();
  });
  // Where the phone is by now is not where something was that is opened again.
  if (!old && !draft) void follower.startIfAllowed();
  showPlace();
  const title = h("h1", { tabindex: "-1" }, item ? `Mend: ${old!.label}` : (old?.label ?? kindLabel));
  const refusal = item?.refusal;
  if (refusal) queueMicrotask(() => complain(new Map([...Object.entries(refusal.fields).map(([name, said]): [string, string] => [name.startsWith("detail.") ? name.slice(7) : `.${name}`, said]), ...(Object.keys(refusal.fields).length ? [] : [["", refusal.sentence] as [string, string]])])));
  // In the form, so that the button that saves is held in sight also where the text is large and the title long.
  form.prepend(title, context ?? "");
  return { element: form, close: () => {
    follower.stop();
    letGo?.();
    document.removeEventListener("visibilitychange", keepDraftNow);
  } };
}

/** Say what a draft holds beside what was typed, and can't be seen where it is folded away. */
function heldBy({ typed, pin, fix }: Draft, on: On | null): string {
  const at = moment(new Map(typed).get(".occurred_at")?.[0] ?? "");
  return `with its time${at ? ` (${clock(at.toISOString())})` : ""}${pin || fix ? " and place" : ""}${on ? `, for ${(on.deployment ?? on.operation).name}` : ""}`;
}

const lostPhotos = ({ photos }: Draft) => (photos ? " Its photos are not kept: take them again." : "");

function typedIn(form: HTMLFormElement): Typed {
  const typed: Typed = new Map();
  for (const [name, value] of new FormData(form)) {
    if (typeof value === "string" && value !== "") typed.set(name, [...(typed.get(name) ?? []), value]);
  }
  return typed;
}

/** Write into a field, whichever sort it is: a text, a list, a choice of buttons. */
function write(form: HTMLFormElement, name: string, value: string): void {
  const field = form.elements.namedItem(name);
  for (const each of field instanceof RadioNodeList ? field : [field]) {
    if (each instanceof HTMLInputElement && each.type === "radio") each.checked = each.value === value;
    else if (each instanceof HTMLInputElement) each.value = value;
    else if (each instanceof HTMLSelectElement) each.value = [...each.options].some((option) => option.value === value) ? value : "";
  }
}

function point(position: unknown): Place {
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
