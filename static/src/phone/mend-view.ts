// The view in which what was refused, and has no form, is sent after all.
import { button, h, link } from "./dom.ts";
import { placeOf, ways } from "./mending.ts";
import { type Item, stateText } from "./outbox.ts";
import type { Phone } from "./phone.ts";
import { photoField } from "./photo-field.ts";
import type { View } from "./view.ts";

const GONE = "This one was sent or thrown away meanwhile.";

/** Offer each way to mend an item; `done` is told what came of it. */
export function mendView(phone: Phone, item: Item, done: (sentence: string) => void): View {
  const offered = h("div", {});
  const words = new Map(phone.bundle?.code_lists["deployment_status"]?.map(({ code, label }) => [code, label]));
  let isGoing = false;

  async function take(mend: () => Promise<boolean>, label = item.label): Promise<void> {
    // The second of two quick taps would find it gone.
    if (isGoing) return;
    isGoing = true;
    try {
      done((await mend()) ? `${label}: sent again as soon as there is a signal.` : GONE);
    } finally {
      isGoing = false;
    }
  }

  function offer(): void {
    const place = placeOf(item, phone.bundle?.operations ?? []);
    const status = place && phone.statusOf(place.deployment);
    const said = item.sort !== "step" ? null
      : place ? `Status of ${place.deployment.name} now: ${words.get(status!) ?? status}.` : "This deployment is not in your shift any more. Ask your lead to put you on it, then send it again.";
    const all = ways(item, status, words).map(({ text, changed }, number) => button(text, () => {
      const what = changed(Date.now());
      void take(() => phone.sendAgain(item, what), what.label);
    }, number ? "quiet wide" : "primary wide"));
    const fresh = h("div", {}, place && h("p", { class: "context" }, `${place.deployment.name} · ${place.operation.name}`), said && h("p", { role: "status" }, said), ...all);
    // Nothing is moved under a finger for no change.
    if (fresh.outerHTML !== offered.firstElementChild?.outerHTML) offered.replaceChildren(fresh);
  }

  offer();
  // What is possible depends on how far the deployment is by now.
  if (item.sort === "step") void phone.meet().then(offer);
  const element = h("div", {}, h("h1", { tabindex: "-1" }, `Mend: ${item.label}`), h("p", { class: "wrong" }, stateText(item, Date.now())),
    h("p", { class: "hint" }, item.sort === "nil_return" && item.refusal?.isTaken
      ? "Nothing is missing where it was said already: throw this one away in the list. It is taken only if the other was taken back."
      : "If what was in its way is put right by now, it is taken as it is."), offered,
    item.sort === "photo" ? another(phone, item, take) : null,
    h("p", { class: "hint" }, "It can be thrown away in the list."), link("Back", "#kept", "button quiet"));
  return { element, close: () => {} };
}

/** Take another photo in the place of one; more than one are added to the same record. */
function another(phone: Phone, item: Item, take: (mend: () => Promise<boolean>) => Promise<void>): HTMLElement {
  const { sort, label, body, after } = item;
  const photos = photoField();
  const said = h("p", { class: "wrong", role: "alert", hidden: true }, "Take a photo first.");
  photos.element.addEventListener("change", () => (said.hidden = true));
  const pathOf = (sha256: string) => item.path.replace(/sha256=\w+/, `sha256=${sha256}`);
  const send = async () => {
    const [first, ...more] = await photos.taken();
    said.hidden = !!first;
    if (!first) return;
    await take(async () => {
      if (!(await phone.sendAgain(item, { path: pathOf(first.sha256) }, first.bytes))) return false;
      for (const { bytes, sha256 } of more) await phone.save({ sort, label, body, path: pathOf(sha256), photo: bytes, ...(after && { after }) });
      return true;
    });
  };
  return h("section", { "aria-label": "Another photo" }, h("h2", {}, "Or another photo in its place"), photos.element, said, button("Send the other photo", () => void send(), "quiet wide"));
}
