// The officer's phone: one page of a few views, that works without a network.
import { button, h } from "./phone/dom.ts";
import { openForm } from "./phone/form.ts";
import { homeView } from "./phone/home.ts";
import { keptView } from "./phone/kept.ts";
import { summary, UNDO_MS } from "./phone/outbox.ts";
import { Phone } from "./phone/phone.ts";
import { briefingView, mapView } from "./phone/plan.ts";
import { Full } from "./phone/room.ts";
import { assistanceView, fresh, Welfare } from "./phone/welfare.ts";

// So long a page that knows its person waits for the server to say that it is still theirs.
const START_MS = 700;
const LOOK_AGAIN_MS = 60_000;

const main = document.querySelector<HTMLElement>("main")!;
const count = document.querySelector<HTMLElement>("#count")!;
const said = document.querySelector<HTMLElement>("#said")!;

let shown = "";
let before = "";
let close = () => {};
let isTyping = false;
let takeOver: (() => void) | null = null;

const phone = new Phone(() => changed());
const welfare = new Welfare(phone, () => changed());

/** Show what the address says; `again` writes the same view anew where something in it has changed. */
async function show(again = false): Promise<void> {
  const address = location.hash.slice(1);
  if (again && (isTyping || address !== shown)) return;
  const [view, argument] = address.split("/");
  const { on, bundle } = phone;
  let content: HTMLElement;
  if (!again) {
    close();
    close = () => {};
    isTyping = false;
  }
  if (view === "log" && argument && on && bundle?.kinds[argument]) {
    const form = await openForm(phone, argument, saved);
    [content, close, isTyping] = [form.element, form.close, true];
  } else if (view === "mend" && bundle) {
    const item = phone.items.find(({ id }) => id === argument);
    if (!item) return void (location.hash = "kept");
    const form = await openForm(phone, item.body["kind"] as string, () => (location.hash = "kept"), item);
    [content, close, isTyping] = [form.element, form.close, true];
  } else if (view === "kept") content = keptView(phone);
  else if (view === "briefing" && on?.operation.briefing) content = briefingView(phone, on.operation, on.operation.briefing);
  else if (view === "map" && on) {
    content = mapView(on.operation, null);
    if (!again) void fresh().then((fix) => location.hash === "#map" && typeof fix !== "string" && put(mapView(on.operation, fix), false));
  } else if (view === "assistance" && on?.deployment) content = assistanceView(phone, on.deployment, saved);
  else content = homeView(phone, saved, welfare);
  const isOther = address !== shown;
  if (isOther) [before, shown] = [shown, address];
  main.dataset["view"] = address;
  put(content, isOther);
}

/** Put a view in; the focus goes to its heading where it is another one, and stays where it was if not. */
function put(content: HTMLElement, isOther: boolean): void {
  // So that nothing is closed or moved under a finger for no change.
  if (!isOther && content.outerHTML === main.firstElementChild?.outerHTML.replaceAll(' open=""', "")) return;
  const focused = document.activeElement;
  const key = focused && main.contains(focused) ? `${focused.tagName} ${focused.id} ${focused.textContent}` : null;
  const open = new Set([...main.querySelectorAll("details[open] > summary")].map((summary) => summary.textContent));
  main.replaceChildren(content);
  if (isOther) {
    scrollTo(0, 0);
    main.querySelector<HTMLElement>("h1")?.focus({ preventScroll: true });
    return;
  }
  for (const summary of main.querySelectorAll("summary")) if (open.has(summary.textContent)) (summary.parentElement as HTMLDetailsElement).open = true;
  if (key) [...main.querySelectorAll<HTMLElement>("a, button, select, input, summary, h1")].find((each) => `${each.tagName} ${each.id} ${each.textContent}` === key)?.focus({ preventScroll: true });
}

let isChanging = false;

/** Write the count and the view anew, once however much has changed. */
function changed(): void {
  if (isChanging) return;
  isChanging = true;
  queueMicrotask(() => {
    isChanging = false;
    const text = phone.store ? summary(phone.items, Date.now(), phone.sent.length) : "Nothing is open on this phone.";
    const due = welfare.isDue ? " Check in now." : "";
    if (count.textContent !== text + due) count.textContent = text + due;
    count.parentElement!.classList.toggle("count-bad", phone.items.some(({ state }) => state === "refused") || welfare.isDue);
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
  if (!location.hash.startsWith("#log/") && location.hash !== "#assistance") return;
  // So that the phone's own way back does not lead to the form again, nor out of the page.
  if (before === "") history.back();
  else location.hash = "";
}

function say(sentence: string, ...more: Node[]): void {
  clearTimeout(sayTimer);
  said.replaceChildren(h("p", {}, sentence), ...more);
  if (!more.length) sayTimer = window.setTimeout(() => said.replaceChildren(), UNDO_MS);
}

async function keepPage(): Promise<void> {
  const worker = await navigator.serviceWorker?.register("/sw.js", { scope: "/phone" });
  if (!worker) return;
  const offer = () => {
    if (!worker.waiting || !navigator.serviceWorker.controller) return;
    takeOver = () => worker.waiting?.postMessage("take over");
    say("A new version of this page is here. What waits stays.", button("Use it now", () => takeOver?.(), "undo"));
  };
  offer();
  worker.addEventListener("updatefound", () => worker.installing?.addEventListener("statechange", offer));
  navigator.serviceWorker.addEventListener("controllerchange", () => takeOver && location.reload());
  await navigator.storage?.persist?.();
}

// A form says so itself; whatever else was tapped says it here.
addEventListener("unhandledrejection", ({ reason }) => {
  if (reason instanceof Full) say("This phone has no room left, so nothing was saved. Free some room (photos, other apps), then try again.");
});
addEventListener("hashchange", () => void show());
const again = () => {
  if (!document.hidden) void phone.meet().then(() => phone.pump());
};
addEventListener("online", again);
document.addEventListener("visibilitychange", again);
setInterval(() => {
  again();
  // Its hours may be over, whatever the network says.
  void phone.refresh();
}, LOOK_AGAIN_MS);

await phone.start(START_MS);
await welfare.load();
await show();
// When it could be used, after it was asked for.
document.documentElement.dataset["ready"] = String(Math.round(performance.now()));
void keepPage().catch(() => {}); // Without it the page works with a network alone.
