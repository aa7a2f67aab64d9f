// The list of what waits, was refused, and was sent: each in words, each with what can be done about it.
import { button, fold, h, link } from "./dom.ts";
import { type Item, kindOf, stateText, summary } from "./outbox.ts";
import { Away, AWAY, later } from "./parts.ts";
import type { Phone } from "./phone.ts";
import { clock } from "./plan.ts";
import { notices } from "./home.ts";

export function keptView(phone: Phone, say: (sentence: string) => void): HTMLElement {
  const now = Date.now();
  const items = phone.items;
  return h("div", {}, h("h1", { tabindex: "-1" }, "What is kept on this phone"), ...notices(phone),
    h("p", {}, summary([...items, ...phone.adrift], now, phone.sent.length)),
    phone.contact === "none" ? h("p", { class: "hint" }, "There is no contact with the server. It is tried again by itself.") : null,
    items.length ? button("Try to send now", () => phone.pump(true), "primary") : null,
    h("ul", { class: "lines" }, ...items.map((item) => line(phone, item, now))),
    phone.adrift.length ? h("section", {}, h("h2", {}, "In this page alone"), h("ul", { class: "lines" }, ...phone.adrift.map((item) => h("li", { "data-id": item.id }, h("strong", {}, item.label), throwAway(phone, item))))) : null,
    h("h2", {}, "Sent in this shift"),
    phone.sent.length ? null : h("p", {}, "Nothing yet."),
    h("ul", { class: "lines" }, ...phone.sent.toReversed().map(({ id, label, at, record }) =>
      h("li", {}, h("strong", {}, label), h("span", { class: "hint" }, ` Sent at ${clock(at)}`),
        record?.late ? h("p", {}, "It came after the operation was over or closed. It counts, and is marked as late.") : null,
        ...(record?.remarks ?? []).map((remark) => h("p", { class: "hint" }, remark)),
        record ? toCorrect(phone, id) : null))),
    h("h2", {}, "This phone"),
    items.length + phone.adrift.length ? takeOut(phone, say) : null,
    phone.store ? h("p", {}, phone.name ? `Open for ${phone.name}.` : "") : null,
    phone.store ? button("Lock this phone", () => void phone.lock(), "quiet") : null,
    phone.store ? h("p", { class: "hint" }, "Locked, nothing here can be read until you sign in with a signal. What waits stays.") : null,
    h("div", { class: "tools" }, link("To the other pages", "/operations", "button quiet"), link("Back", "#", "button quiet")));
}

/** Lead to the correction of what was sent, or to the one that waits. */
function toCorrect(phone: Phone, id: string): HTMLElement {
  const waiting = phone.items.find(({ corrects }) => corrects?.id === id);
  if (!waiting) return h("div", {}, link("Correct it, with a reason", `#correct/${id}`, "button quiet"));
  if (waiting.mayBeThere) return h("p", { class: "hint" }, "A correction of it is on its way.");
  return h("div", {}, link(waiting.state === "refused" ? "Mend its correction" : "Change its correction", `#mend/${waiting.id}`, "button quiet"));
}

function line(phone: Phone, item: Item, now: number): HTMLElement {
  const isResult = phone.bundle?.kinds[kindOf(item)];
  const isRefused = item.state === "refused";
  const fields = Object.entries(item.refusal?.fields ?? {}).filter(([, said]) => said !== item.refusal?.sentence);
  return h("li", { "data-id": item.id }, h("strong", {}, item.label), h("p", { class: isRefused ? "wrong" : "hint" }, stateText(item, now)),
    fields.length ? h("ul", {}, ...fields.map(([name, said]) => h("li", {}, `${name.replace(/^detail\./, "").replaceAll("_", " ")}: ${said}`))) : null,
    item.mayBeThere ? null : h("div", { class: "tools" },
      isResult || isRefused ? toMend(item, isRefused ? "Mend it" : "Change it") : null,
      throwAway(phone, item)));
}

/** Lead to the mending of an item, by a name that tells it from the others in a list of links. */
function toMend({ id, label }: Item, text: string): HTMLElement {
  return h("a", { href: `#mend/${id}`, class: "button quiet", "aria-label": `${text}: ${label}` }, text);
}

function throwAway(phone: Phone, { id, label, corrects }: Item): HTMLElement {
  const sure = button("Throw it away", () => void phone.discard(id), "danger");
  const folded = fold("Throw away", h("p", {}, corrects ? "The record stays as it is on the server." : "It is not on the server. Thrown away, it is gone for good."), sure);
  for (const each of [folded.querySelector("summary")!, sure]) each.setAttribute("aria-label", `${each.textContent}: ${label}`);
  return folded;
}

/** Give all that is not sent into the officer's hands; `say` tells it outside the list, which is written anew now and then. */
function takeOut(phone: Phone, say: (sentence: string) => void): HTMLElement {
  const save = async () => {
    say("Making the file…");
    try {
      const { saveFile } = await later();
      say(`Saved: ${await saveFile(phone)}.`);
    } catch (error) {
      say(error instanceof Away ? AWAY : "This phone could not make the file. Try again.");
    }
  };
  return fold("Take out what is not sent", h("p", {}, "A last resort: a file with all that waits or was refused, with its photos, readable by whoever has it. Give it to your lead, then delete it."), button("Save the file", () => void save(), "quiet"));
}
