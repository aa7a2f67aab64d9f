// The officer's phone: one page of a few views, that works without a network.
import { button, h, link } from "./phone/dom.ts";
import { glance } from "./phone/gps.ts";
import { homeView } from "./phone/home.ts";
import { keptView } from "./phone/kept.ts";
import { kindOf, summary, UNDO_MS } from "./phone/outbox.ts";
import { Away, AWAY, later, maps } from "./phone/parts.ts";
import { Phone } from "./phone/phone.ts";
import { briefingView, deploymentView } from "./phone/plan.ts";
import { Full, Unsaved } from "./phone/room.ts";
import type { View } from "./phone/view.ts";
import { assistanceView, Welfare } from "./phone/welfare.ts";

// So long a page that knows its person waits for the server to say that it is still theirs.
const START_MS = 700;
const LOOK_AGAIN_MS = 60_000;

const main = document.querySelector<HTMLElement>("main")!;
const count = document.querySelector<HTMLElement>("#count")!;
const said = document.querySelector<HTMLElement>("#said")!;

let shown = "";
// Null where this page began with what it shows: the way back leads out of it, or nowhere.
let before: string | null = null;
let isFirst = true;
let close = () => {};
// What is open must not be written anew: it would lose what was typed, or how it was moved. And whose it is.
let isHeld = false;
let heldFor = "";
// Of two views that are being opened the later one is meant, and the same is not opened twice: its draft is one view's.
let turns = 0;
let opening: string | null = null;

const phone = new Phone(() => changed());
const welfare = new Welfare(phone, () => changed());

/** Look where the phone is, when its officer comes back to what they are on: not while they read or type. */
const look = () => void glance((place) => phone.isAt(place));

/** Show what the address says; `again` writes the same view anew where something in it has changed. */
async function show(again = false): Promise<void> {
  const address = location.hash.slice(1);
  if (again && (address !== shown || address === opening)) return;
  if (again && isHeld) {
    // What one person has open and typed is not shown to the next, nor to whoever finds the phone.
    if (phone.isShut || (phone.store && phone.store.person !== heldFor)) return show();
    return;
  }
  const turn = (turns += 1);
  const [view, argument] = address.split("/");
  let content: HTMLElement;
  if (!again) {
    close();
    close = () => {};
    isHeld = false;
    if (address === "") look();
  }
  const person = phone.store?.person;
  opening = address;
  const held = await open(view, argument).finally(() => turn === turns && (opening = null));
  // Somebody who waited for it may have gone elsewhere.
  if (turn !== turns || address !== location.hash.slice(1)) return held?.close();
  if (held && phone.store?.person !== person) {
    held.close();
    return show();
  }
  const { on } = phone;
  if (held) [content, close, isHeld, heldFor] = [held.element, held.close, true, person ?? ""];
  else if (view === "kept") content = keptView(phone, say);
  else if (view === "briefing" && on?.operation.briefing) content = briefingView(phone, on.operation, on.operation.briefing);
  else if (view === "deployment" && on?.operation.deployments.some(({ id }) => id === argument)) {
    content = deploymentView(phone, on.operation, on.operation.deployments.find(({ id }) => id === argument)!);
  } else content = homeView(phone, saved, welfare);
  const isOther = address !== shown;
  if (isOther) [before, shown] = [isFirst ? null : shown, address];
  isFirst = false;
  main.dataset["view"] = address;
  put(content, isOther);
}

/** Open a view that is not written anew while it is open, or nothing where the address means none. */
async function open(view: string | undefined, argument: string | undefined): Promise<View | null> {
  const { on, bundle } = phone;
  try {
    if (view === "assistance" && on?.deployment) return assistanceView(phone, on.deployment, saved);
    if (view === "map" && on) return (await maps()).mapView(on.operation);
    if (view === "log" && argument && on && bundle?.kinds[argument]) return await (await later()).openForm(phone, argument, saved);
    const item = view === "mend" && phone.items.find(({ id }) => id === argument);
    if (item && bundle?.kinds[kindOf(item)]) return await (await later()).openForm(phone, kindOf(item), (_, label) => mended(`${label}: sent as soon as there is a signal.`), { label: item.label, item });
    if (item && item.state === "refused") return (await later()).mendView(phone, item, mended);
    const sent = view === "correct" && phone.sent.find(({ id }) => id === argument);
    if (sent && sent.record && bundle?.kinds[sent.record.kind]) {
      return await (await later()).openForm(phone, sent.record.kind, saved, { label: `Correction of ${sent.label}`, record: sent.record });
    }
  } catch (error) {
    const isAway = error instanceof Away;
    if (!isAway) reportError(error);
    const [title, sentence] = isAway ? ["Not here yet", AWAY] : ["It did not open", "This phone could not read what it keeps. Go back and try again; if it fails again, open the page anew."];
    return { element: h("div", {}, h("h1", { tabindex: "-1" }, title), h("p", {}, sentence), link("Back", "#", "button quiet")), close: () => {} };
  }
  if (view === "mend" || view === "correct") location.hash = "kept";
  return null;
}

/** Put a view in; the focus goes to its heading where it is another one, and stays where it was if not. */
function put(content: HTMLElement, isOther: boolean): void {
  // So that nothing is closed or moved under a finger for no change.
  if (!isOther && content.outerHTML === main.firstElementChild?.outerHTML.replaceAll(' open=""', "")) return;
  const focused = document.activeElement;
  const key = focused && main.contains(focused) ? keyOf(focused) : null;
  const open = new Set([...main.querySelectorAll("details[open] > summary")].map(keyOf));
  main.replaceChildren(content);
  if (isOther) {
    scrollTo(0, 0);
    main.querySelector<HTMLElement>("h1")?.focus({ preventScroll: true });
    return;
  }
  for (const summary of main.querySelectorAll("summary")) if (open.has(keyOf(summary))) (summary.parentElement as HTMLDetailsElement).open = true;
  if (!key) return;
  const same = [...main.querySelectorAll<HTMLElement>("a, button, select, input, summary, h1")].find((each) => keyOf(each) === key);
  (same ?? main.querySelector("h1"))?.focus({ preventScroll: true });
}

/** Tell an element from its likes in the same view: each item of the list has the same buttons. */
const keyOf = (element: Element) => [element.tagName, element.id, element.closest<HTMLElement>("[data-id]")?.dataset["id"], element.textContent].join(" ");

let isChanging = false;

/** Write the count and the view anew, once however much has changed. */
function changed(): void {
  if (isChanging) return;
  isChanging = true;
  queueMicrotask(() => {
    isChanging = false;
    const alone = phone.adrift.length;
    const text = alone ? `${alone} not sent, in this page alone: leave it open.` : phone.store ? summary(phone.items, Date.now(), phone.sent.length) : "Nothing is open on this phone.";
    const due = welfare.isDue ? " Check in now." : "";
    if (count.textContent !== text + due) count.textContent = text + due;
    count.parentElement!.classList.toggle("count-bad", alone > 0 || phone.items.some(({ state }) => state === "refused") || welfare.isDue);
    void welfare.load();
    void show(true);
  });
}

let sayTimer = 0;

/** Say what was saved, and let it be taken back for some seconds. */
function saved(id: string, label: string): void {
  clearTimeout(sayTimer);
  const undo = button("Undo", () => {
    void phone.discard(id).then((done) => say(done ? `${label}: taken back.` : `${label} was sent already. Correct it in the list.`));
  }, "undo");
  said.replaceChildren(h("p", { "data-saved": id }, `${label}: saved on this phone.`), undo);
  sayTimer = window.setTimeout(() => said.replaceChildren(), UNDO_MS);
  if (location.hash.startsWith("#correct/")) location.hash = "kept";
  if (!location.hash.startsWith("#log/") && location.hash !== "#assistance") return;
  // So that the phone's own way back does not lead to the form again, nor out of the page.
  if (before === "") history.back();
  else location.hash = "";
}

function mended(sentence: string): void {
  location.hash = "kept";
  say(sentence);
}

function say(sentence: string, ...more: Node[]): void {
  clearTimeout(sayTimer);
  said.replaceChildren(h("p", {}, sentence), ...more);
  if (!more.length) sayTimer = window.setTimeout(() => said.replaceChildren(), UNDO_MS);
}

async function keepPage(): Promise<void> {
  const worker = await navigator.serviceWorker?.register("/sw.js", { scope: "/phone" });
  if (!worker) return;
  let [isOffered, isTaken] = [false, false];
  const offer = () => {
    if (!worker.waiting || !navigator.serviceWorker.controller) return;
    // What can still be taken back stays in reach first.
    if (said.querySelector("[data-saved]")) return void setTimeout(offer, UNDO_MS);
    isOffered = true;
    say("A new version of this page is here. What waits stays.", button("Use it now", take, "undo"));
  };
  const take = () => {
    isTaken = true;
    // It was taken in another tab.
    if (!worker.waiting) return location.reload();
    worker.waiting.postMessage("take over");
  };
  offer();
  worker.addEventListener("updatefound", () => worker.installing?.addEventListener("statechange", offer));
  navigator.serviceWorker.addEventListener("controllerchange", () => {
    // Taken in another tab, it waits here until what is open is done with.
    if (isTaken || (isOffered && !isHeld)) location.reload();
  });
  await navigator.storage?.persist?.();
}

// A form says so itself; whatever else was tapped says it here.
addEventListener("unhandledrejection", ({ reason }) => {
  if (reason instanceof Full) say("This phone has no room left, so nothing was saved. Free some room (photos, other apps), then try again.");
  if (reason instanceof Unsaved) say("This phone could not save it. Try again; if it fails again, open the page anew.");
});
addEventListener("hashchange", () => void show());
const again = () => {
  if (!document.hidden) void phone.meet().then(() => phone.pump());
};
addEventListener("online", again);
document.addEventListener("visibilitychange", () => {
  again();
  if (!document.hidden && location.hash.length < 2) look();
});
setInterval(() => {
  again();
  // Its hours may be over, whatever the network says.
  void phone.refresh();
}, LOOK_AGAIN_MS);

try {
  await phone.start(START_MS);
  await welfare.load();
  // Who was quick has opened something from a home that was there already.
  if (isFirst) await show();
  else if (location.hash.length < 2) look();
} catch (error) {
  isHeld = true;
  count.textContent = "This page can’t be opened here.";
  const sentence = "This browser lets the page keep nothing. Close the page and open it again, not in a private window; until it opens, log without it, with a signal.";
  main.replaceChildren(h("h1", { tabindex: "-1" }, "Log"), h("p", { role: "alert" }, sentence), link("Log on the page that keeps nothing", "/log", "button primary"));
  throw error;
}
// When it could be used, after it was asked for.
document.documentElement.dataset["ready"] = String(Math.round(performance.now()));
for (const load of [later, maps]) void load().catch(() => {}); // They are asked for again where they are needed.
void keepPage().catch(() => {}); // Without it the page works with a network alone.
