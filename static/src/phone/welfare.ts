// Says when to check in, does it by one tap, and has the control board watch that it is done.
import { fixText } from "../log/fix.ts";
import { button, h } from "./dom.ts";
import { Follower } from "./gps.ts";
import { boardText, learned, type Timer, whenDue } from "./due.ts";
import type { Saved } from "./home.ts";
import type { Phone } from "./phone.ts";
import { clock } from "./plan.ts";
import type { Deployment } from "./shift.ts";
import type { View } from "./view.ts";

const CHOICES = [0, 15, 30, 60];
const FRESH_MS = 60_000;
const PATIENCE_MS = 20_000;
// Who goes through the list by its keys means the last.
const SETTLE_MS = 3_000;

const FINDING = "Finding where you are…";

const NONE: Timer = { minutes: 0, since: 0 };

export class Welfare {
  #timer = NONE;
  /** Where the timer is kept. */
  #store: Phone["store"] = null;
  #alarm = 0;
  readonly #phone: Phone;
  readonly #changed: () => void;
  /** What to say of a check-in that waits for a position. */
  said = "";

  constructor(phone: Phone, changed: () => void) {
    [this.#phone, this.#changed] = [phone, changed];
  }

  /** Take the timer of whoever this phone is open for by now. */
  async load(): Promise<void> {
    const { store } = this.#phone;
    if (store === this.#store) return;
    [this.#store, this.#timer, this.said] = [store, NONE, ""];
    const timer = await store?.read<Timer>("welfare");
    if (store !== this.#store) return;
    this.#timer = timer ?? NONE;
    this.#schedule();
    this.#changed();
  }

  get isOn(): boolean {
    return this.#timer.minutes > 0;
  }

  get isDue(): boolean {
    const due = whenDue(this.#timer);
    return due !== null && Date.now() >= due;
  }

  panel(deployment: Deployment | null): HTMLElement {
    this.#learn();
    const due = whenDue(this.#timer);
    const choices = deployment?.mine ? CHOICES : [...new Set([0, this.#timer.minutes])];
    const choice = h("select", { id: "welfare", "aria-describedby": "welfare-limits", onchange: (event) => void this.#set(Number((event.target as HTMLSelectElement).value), deployment?.id) },
      ...choices.map((minutes) => h("option", { value: String(minutes), selected: minutes === this.#timer.minutes }, minutes ? `Every ${minutes} minutes` : "Off: I have stood down")));
    const next = due && (this.isDue ? "Check in now." : `Next at ${clock(due)}.`);
    return h("div", { class: "field" }, h("label", { for: "welfare" }, "Check-in timer"), choice,
      h("p", { class: this.isDue ? "wrong" : "hint", role: "status" }, [this.said, next, boardText(this.#timer, this.#phone.items)].filter(Boolean).join(" ")),
      h("p", { class: "hint", id: "welfare-limits" }, "Five minutes after a check-in that is missed, your lead’s board shows you as overdue, also where you only have no signal. It calls nobody and does not replace the radio."));
  }

  /** Begin the timer anew, or stand down; the server is told as soon as there is a signal. */
  async #set(minutes: number, deployment = this.#timer.deployment): Promise<void> {
    const now = Date.now();
    const old = this.#timer;
    const tell = async (where: string, every: number, at: number) => {
      const path = `/api/v1/deployments/${where}/welfare-timer`;
      // What was chosen on the way to this is nobody's business.
      for (const item of this.#phone.items.filter((each) => each.sort === "welfare" && each.path === path && !each.mayBeThere)) await this.#phone.discard(item.id);
      const label = every ? `Check-in timer, every ${every} minutes, ${clock(at)}` : `Stood down from check-ins, ${clock(at)}`;
      return this.#phone.save({ sort: "welfare", path, label, body: { every_minutes: every || null, at: new Date(at).toISOString() }, holdMs: SETTLE_MS });
    };
    if (old.minutes && old.deployment && old.deployment !== deployment) await tell(old.deployment, 0, now - 1);
    const id = deployment && (minutes || old.id) ? await tell(deployment, minutes, now) : undefined;
    await this.#keep({ minutes, since: now, ...(deployment && { deployment }), ...(id && { id }) });
    this.#schedule();
    this.#changed();
  }

  #learn(): void {
    const timer = learned(this.#timer, this.#phone.items, this.#phone.sent);
    if (JSON.stringify(timer) === JSON.stringify(this.#timer)) return;
    void this.#keep(timer);
    this.#schedule();
  }

  async #keep(timer: Timer): Promise<void> {
    // What began for one person is not another's.
    if (this.#phone.store !== this.#store) return;
    this.#timer = timer;
    await this.#store?.keep("welfare", timer);
  }

  #schedule(): void {
    clearTimeout(this.#alarm);
    const due = whenDue(this.#timer);
    if (due === null) return;
    this.#alarm = window.setTimeout(() => {
      navigator.vibrate?.([400, 200, 400]);
      this.#changed();
    }, Math.max(0, due - Date.now()));
  }

  /** Keep a check-in as soon as there is a position; the timer begins anew also without one. */
  async checkIn(deployment: Deployment, saved: Saved): Promise<void> {
    if (this.said === FINDING) return;
    this.said = FINDING;
    this.#changed();
    const fix = await fresh();
    if (this.#phone.store !== this.#store) return;
    if (typeof fix === "string") {
      this.said = this.isOn ? `${fix} You are checked in without a position.` : fix;
      if (this.isOn) await this.#set(this.#timer.minutes, deployment.id);
      this.#changed();
      return;
    }
    this.said = "";
    const label = `Check-in, ${clock(Date.now())}`;
    const body = { at: new Date().toISOString(), position: { type: "Point", coordinates: [fix.lon, fix.lat] }, accuracy_m: fix.accuracyM };
    const id = await this.#phone.save({ sort: "check_in", path: `/api/v1/deployments/${deployment.id}/check-ins`, label, body });
    saved(id, label);
    if (!this.isOn) return;
    if (this.#timer.deployment !== deployment.id) return this.#set(this.#timer.minutes, deployment.id);
    await this.#keep({ ...this.#timer, since: Date.now(), moved: { id, before: this.#timer.since } });
    this.#schedule();
    this.#changed();
  }
}

/** Give a fix of now, or say why there is none. */
function fresh(): Promise<{ lon: number; lat: number; accuracyM: number } | string> {
  return new Promise((done) => {
    const end = (what: { lon: number; lat: number; accuracyM: number } | string) => {
      follower.stop();
      clearTimeout(timer);
      done(what);
    };
    const follower = new Follower(() => {
      if (follower.fix && Date.now() - follower.fix.at < FRESH_MS) end(follower.fix);
      else if (follower.trouble) end(follower.trouble);
    });
    const timer = setTimeout(() => end("No position yet. Try again under open sky."), PATIENCE_MS);
    follower.start();
  });
}

/** Ask for help by the lead's board, with the place as far as it is known by then; it never stands for the radio. */
export function assistanceView(phone: Phone, deployment: Deployment, saved: Saved): View {
  const where = h("p", { class: "place", role: "status" });
  const follower = new Follower(() => {
    where.textContent = follower.fix ? fixText(follower.fix) : follower.trouble;
  });
  const act = async () => {
    mark.disabled = true;
    const at = new Date().toISOString();
    const { fix } = follower;
    const place = fix ? { position: { type: "Point", coordinates: [fix.lon, fix.lat] }, accuracy_m: fix.accuracyM } : {};
    const label = `Assistance asked for, ${clock(at)}`;
    try {
      saved(await phone.save({ sort: "assistance", path: `/api/v1/deployments/${deployment.id}/assistance`, label, body: { at, ...place }, holdMs: 0 }), label);
    } catch (error) {
      mark.disabled = false;
      throw error;
    }
  };
  const mark = button("Mark that I need assistance", () => void act(), "danger wide");
  void follower.startIfAllowed();
  const element = h("div", {}, h("h1", { tabindex: "-1" }, "Assistance"),
    h("p", { class: "notice" }, h("strong", {}, "Use the radio first. "), "This calls nobody and does not replace the radio or 999."),
    mark, h("p", {}, "It marks time and place on your lead’s board, when there is a signal."), where, h("a", { href: "#", class: "button quiet" }, "Back"));
  return { element, close: () => follower.stop() };
}
