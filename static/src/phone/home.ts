// What the officer sees first: what they are on, and a button for each kind this operation expects.
import { choice } from "./choice.ts";
import { button, fold, h, link } from "./dom.ts";
import type { Now } from "./on-now.ts";
import type { Phone } from "./phone.ts";
import { clock, isRead, times } from "./plan.ts";
import { type Deployment, steps } from "./shift.ts";
import { Welfare } from "./welfare.ts";

// More buttons than these are a list to search.
const MOST_BUTTONS = 6;
// What having nothing to report means, by what one was sent to do.
const NIL_REASONS: Record<string, string> = { warrant: "nothing_found", prison_search: "nothing_found", checkpoint: "nothing_found", visit: "nobody_there" };

// The second of two quick taps is meant for what the first one was, and would meet what comes in its place.
const TWICE_MS = 700;
const tapped = new Map<string, number>();

/** Make a button that saves by one tap, and by two quick ones no more. */
function oneTap(what: string, text: string, act: () => Promise<unknown>, classes: string): HTMLButtonElement {
  const leftMs = () => (tapped.get(what) ?? -TWICE_MS) + TWICE_MS - performance.now();
  const made = button(text, () => {
    if (leftMs() > 0) return;
    tapped.set(what, performance.now());
    rest();
    void act();
  }, classes);
  const rest = () => {
    if (leftMs() <= 0) return;
    // Not disabled outright, which would take the focus from it.
    made.setAttribute("aria-disabled", "true");
    setTimeout(() => made.removeAttribute("aria-disabled"), leftMs());
  };
  rest();
  return made;
}

export type Saved = (id: string, label: string) => void;

/** Say what came of the way to the server, where something has to be done about it. */
export function notices(phone: Phone): (HTMLElement | null)[] {
  const { contact, lost, store } = phone;
  return [
    contact === "signed_out"
      ? h("div", { class: "notice" }, h("p", {}, store ? "You are signed out, so nothing is sent. All that you saved is still here." : "Sign in to open what you keep on this phone."),
          link("Sign in", "/sign-in?next=/phone", "button primary"))
      : null,
    phone.adrift.length
      ? h("div", { class: "notice" }, h("p", {}, `The browser deleted what this phone kept. ${phone.adrift.length === 1 ? "One record that was not sent is" : `${phone.adrift.length} records that were not sent are`} in this page alone: leave it open until there is a signal.`))
      : null,
    phone.isFull
      ? h("div", { class: "notice" }, h("p", {}, `This phone has no room left. ${store ? "All that you saved is still here, and is sent." : "What you saved before is still here."} Free some room (photos, other apps) before you log more.`))
      : null,
    lost
      ? h("div", { class: "notice" }, h("p", {}, `This phone was signed out from elsewhere on ${new Date(lost.at).toLocaleString("en-GB", { timeZone: "Europe/London" })}, and ${lost.unsent === 1 ? "one record that was not sent was" : `${lost.unsent} records that were not sent were`} wiped from it. Log ${lost.unsent === 1 ? "it" : "them"} again.`),
          button("I have seen this", () => void phone.forgetLoss(), "quiet"))
      : null,
    store && store.unreadable > 0
      ? h("div", { class: "notice" }, h("p", {}, `${store.unreadable} of what is kept here can’t be opened any more: the server’s secret has changed. Tell whoever runs the service.`))
      : null,
  ];
}

export function homeView(phone: Phone, saved: Saved, welfare: Welfare): HTMLElement {
  const { bundle, store, contact } = phone;
  const on = phone.settle();
  const title = h("h1", { tabindex: "-1" }, "Log");
  if (!store) {
    const why = contact === "none" && !phone.adrift.length ? "There is no contact with the server. Sign in once with a signal; from then on this page works without." : "";
    return h("div", {}, title, ...notices(phone), why ? h("p", {}, why) : null);
  }
  if (!bundle || !on) {
    const why = bundle ? "There is no operation for you now. It comes by itself when you are deployed." : "Your shift has not arrived on this phone yet. Stay in reach of a signal for a moment.";
    return h("div", {}, title, ...notices(phone), h("p", {}, why));
  }
  const { operation, deployment } = on;
  const said = [...phone.items.filter(({ state }) => state !== "refused"), ...phone.sent];
  const known = operation.expects.filter((kind) => bundle.kinds[kind]);
  const others = Object.keys(bundle.kinds).filter((kind) => !known.slice(0, MOST_BUTTONS).includes(kind));
  const kindLink = (kind: string) => link(bundle.kinds[kind]!.label, `#log/${kind}`, "button kind");
  return h("div", {}, title, ...notices(phone),
    here(phone, on, saved),
    h("div", { class: "kinds" }, ...known.slice(0, MOST_BUTTONS).map(kindLink)),
    fold("Other kinds", h("div", { class: "kinds" }, ...others.map(kindLink))),
    deployment && nil(phone, deployment, saved),
    h("div", { class: "tools" },
      operation.briefing ? link(isRead(operation, operation.briefing, said) ? "Briefing" : "Briefing: not read yet", "#briefing", "button quiet") : null,
      link("Map", "#map", "button quiet"),
      deployment && oneTap("check in", "Check in", () => welfare.checkIn(deployment, saved), "quiet"),
    ),
    deployment?.mine || welfare.isOn ? welfare.panel(deployment) : null,
    deployment && h("div", { class: "save" }, link("Assistance", "#assistance", "button danger wide")),
  );
}

/** What the officer is on, by time and place; another can be chosen. */
function here(phone: Phone, now: Now, saved: Saved): HTMLElement {
  const { operation, deployment, why } = now;
  return h("section", { class: "here", "aria-label": "What you are on" },
    h("p", { class: "here-name" }, deployment?.name ?? operation.name),
    h("p", { class: "context" }, [deployment && times(deployment.starts_at, deployment.ends_at), deployment?.place, deployment && operation.name].filter(Boolean).join(" · ")),
    why ? h("p", { class: "hint" }, why) : null,
    deployment && stepButtons(phone, deployment, saved),
    fold("Change what I am on", choice(phone, now)));
}

/** The step that follows, by one tap. */
function stepButtons(phone: Phone, deployment: Deployment, saved: Saved): HTMLElement {
  const words = Object.fromEntries((phone.bundle!.code_lists["deployment_status"] ?? []).map(({ code, label }) => [code, label]));
  const status = phone.statusOf(deployment);
  const { next, others } = steps(status);
  const path = `/api/v1/deployments/${deployment.id}/steps`;
  const take = async (to: string) => {
    const label = `${words[to] ?? to}, ${clock(Date.now())}`;
    const at = new Date().toISOString();
    saved(await phone.save({ sort: "step", path, label, body: { status: to, at } }), label);
  };
  return h("div", { class: "steps" }, h("p", {}, `Status: ${words[status] ?? status}`),
    next && deployment.mine ? oneTap("step", words[next] ?? next, () => take(next), "step") : null,
    others.length && deployment.mine ? fold("Another status", ...others.map((to) => oneTap("step", words[to] ?? to, () => take(to), "quiet"))) : null);
}

function nil(phone: Phone, deployment: Deployment, saved: Saved): HTMLElement | null {
  const path = `/api/v1/deployments/${deployment.id}/nil-return`;
  const act = async () => {
    const label = `Nothing to report, ${clock(Date.now())}`;
    const body = { reason: NIL_REASONS[deployment.kind] ?? "nothing_happened", at: new Date().toISOString() };
    saved(await phone.save({ sort: "nil_return", path, label, body }), label);
  };
  return oneTap("nil", "Nothing to report", act, "quiet wide");
}
