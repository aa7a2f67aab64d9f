// Says when to check in, and does it by one tap. Without a position there is no check-in, so it waits for one.
import { button, h } from "./dom.ts";
import { Follower } from "./gps.ts";
import { whenDue } from "./due.ts";
import type { Saved } from "./home.ts";
import type { Phone } from "./phone.ts";
import { clock } from "./plan.ts";
import type { Deployment } from "./shift.ts";

const CHOICES = [0, 15, 30, 60];
const FRESH_MS = 60_000;

interface Every {
  minutes: number;
  since: number;
}

export class Welfare {
  #every: Every = { minutes: 0, since: 0 };
  #timer = 0;
  readonly #phone: Phone;
  readonly #changed: () => void;
  /** What to say of a check-in that waits for a position. */
  said = "";

  constructor(phone: Phone, changed: () => void) {
    [this.#phone, this.#changed] = [phone, changed];
  }

  async load(): Promise<void> {
    this.#every = (await this.#phone.store?.read<Every>("welfare")) ?? this.#every;
    this.#schedule();
  }

  get isDue(): boolean {
    const due = whenDue(this.#every);
    return due !== null && Date.now() >= due;
  }

  panel(): HTMLElement {
    const due = whenDue(this.#every);
    const choice = h("select", { id: "welfare", onchange: (event) => void this.#set(Number((event.target as HTMLSelectElement).value)) },
      ...CHOICES.map((minutes) => h("option", { value: String(minutes), selected: minutes === this.#every.minutes }, minutes ? `Every ${minutes} minutes` : "Never")));
    return h("div", { class: "field" }, h("label", { for: "welfare" }, "Remind me to check in"), choice,
      h("p", { class: this.isDue ? "wrong" : "hint", role: "status" }, this.said || (due ? (this.isDue ? "Check in now." : `Next at ${clock(due)}.`) : "")));
  }

  async #set(minutes: number): Promise<void> {
    this.#every = { minutes, since: Date.now() };
    await this.#phone.store?.keep("welfare", this.#every);
    this.#schedule();
    this.#changed();
  }

  #schedule(): void {
    clearTimeout(this.#timer);
    const due = whenDue(this.#every);
    if (due === null) return;
    this.#timer = window.setTimeout(() => {
      navigator.vibrate?.([400, 200, 400]);
      this.#changed();
    }, Math.max(0, due - Date.now()));
  }

  /** Keep a check-in as soon as there is a position. */
  async checkIn(deployment: Deployment, saved: Saved): Promise<void> {
    this.said = "Finding where you are…";
    this.#changed();
    const fix = await fresh();
    if (typeof fix === "string") {
      this.said = fix;
      this.#changed();
      return;
    }
    this.said = "";
    const label = `Check-in, ${clock(Date.now())}`;
    const body = { at: new Date().toISOString(), position: { type: "Point", coordinates: [fix.lon, fix.lat] }, accuracy_m: fix.accuracyM };
    saved(await this.#phone.save({ sort: "check_in", path: `/api/v1/deployments/${deployment.id}/check-ins`, label, body }), label);
    if (this.#every.minutes) await this.#set(this.#every.minutes);
  }
}

/** Give a fix of now, or say why there is none. */
export function fresh(patienceMs = 20_000): Promise<{ lon: number; lat: number; accuracyM: number } | string> {
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
    const timer = setTimeout(() => end("No position yet. Try again under open sky."), patienceMs);
    follower.start();
  });
}

/** Ask for help by the lead's board; it never stands for the radio. */
export function assistanceView(phone: Phone, deployment: Deployment, saved: Saved): HTMLElement {
  const status = h("p", { role: "status" });
  const act = async () => {
    status.textContent = "Saving…";
    const at = new Date().toISOString();
    const fix = await fresh(5_000);
    const place = typeof fix === "string" ? {} : { position: { type: "Point", coordinates: [fix.lon, fix.lat] }, accuracy_m: fix.accuracyM };
    const label = `Assistance asked for, ${clock(at)}`;
    const id = await phone.save({ sort: "assistance", path: `/api/v1/deployments/${deployment.id}/assistance`, label, body: { at, ...place }, holdMs: 0 });
    saved(id, label);
  };
  return h("div", {}, h("h1", { tabindex: "-1" }, "Assistance"),
    h("p", { class: "notice" }, h("strong", {}, "Use the radio first. "), "This marks time and place on your lead’s board, when there is a signal. It calls nobody and does not replace the radio or 999."),
    button("Mark that I need assistance", () => void act(), "danger wide"), status, h("a", { href: "#", class: "button quiet" }, "Back"));
}
