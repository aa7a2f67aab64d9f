// What the page works with: whose phone it is, their shift, what they have kept; and what may be done with it.
import type { Placed } from "./gps.ts";
import { newId } from "./ids.ts";
import { names, renamed } from "./mending.ts";
import { type Chosen, found, type Now, onNow } from "./on-now.ts";
import { type Flushed, type Item, type Kept, UNDO_MS } from "./outbox.ts";
import { Pump } from "./pump.ts";
import { Full, Unsaved } from "./room.ts";
import { askSession, endSession, type Session, type SignedOut } from "./session.ts";
import { sendAll, type Sent, sentLately } from "./sender.ts";
import { type Bundle, type Changes, merge, type Deployment, type On } from "./shift.ts";
import { destroy, PersonStore, unsent } from "./store.ts";
import { forget, isDoubted, lock, opened, unlock, type Opened, type Wiped, wiped } from "./vault.ts";

type Contact = "unknown" | "signed_in" | "signed_out" | "none";
export type New = Pick<Item, "sort" | "path" | "label" | "after" | "corrects"> & { id?: string; body: Record<string, unknown>; holdMs?: number; photo?: ArrayBuffer };

// What the server makes under the phone's id.
const NAMED = new Set<Item["sort"]>(["result", "step", "check_in", "nil_return", "assistance", "welfare"]);
const PATIENCE_MS = 20_000;
// Where it was earlier says nothing of where it is.
const PLACE_MS = 15 * 60_000;

export class Phone {
  store: PersonStore | null = null;
  name = "";
  contact: Contact = "unknown";
  bundle: Bundle | null = null;
  kept: Kept[] = [];
  sent: Sent[] = [];
  lost: Wiped | null = null;
  /** It has no room left: what is there can be read and sent, and nothing be kept. */
  isFull = false;
  /** It was locked or wiped: nothing of it stays in sight. Where the browser closed it, what is typed does. */
  isShut = false;
  #chosen: Chosen | null = null;
  #place: Placed | null = null;
  #on: string | null = null;
  readonly #changed: () => void;
  readonly #others = new BroadcastChannel("ops-phone");
  #pump: Pump | null = null;
  #isHurried = false;
  #adrift: { person: string; items: Item[] } | null = null;
  // Steps that were sent, until the shift tells of them.
  readonly #stepped = new Map<string, string>();
  #updated = Promise.resolve();

  constructor(changed: () => void) {
    this.#changed = changed;
    this.#others.addEventListener("message", ({ data }) => void this.#hear(data));
  }

  get items(): Item[] {
    return this.kept.map(({ item }) => item);
  }

  /** What only this page knows any more; nobody else who opens this phone is told of it. */
  get adrift(): Item[] {
    return !this.store || this.store.person === this.#adrift?.person ? (this.#adrift?.items ?? []) : [];
  }

  /** What the officer is on, as it was settled last: under a form or a briefing it stays what it is. */
  get on(): On | null {
    if (!this.store || !this.bundle) return null;
    return (this.#on && found(this.bundle, this.#on)) || this.settle();
  }

  /** Say anew what the officer is on. */
  settle(): Now | null {
    const now = Date.now();
    const place = this.#place && now - this.#place.at < PLACE_MS ? this.#place : null;
    const on = this.store && this.bundle && onNow(this.bundle, this.#chosen, now, place, this.#on);
    this.#on = on && (on.deployment ?? on.operation).id;
    return on;
  }

  /** Hear where the phone is. */
  isAt(place: Placed): void {
    this.#place = place;
    this.#changed();
  }

  /** Find an operation or a deployment of the shift. */
  find(id: string): On | null {
    return this.bundle && found(this.bundle, id);
  }

  /** Show what is open here at once; whose it is may be told by the server meanwhile. */
  async start(patienceMs: number): Promise<void> {
    const known = await opened();
    const asked = this.meet();
    // So that who signed in after somebody else never sees that one's list, where there is a signal.
    await Promise.race([asked, new Promise((done) => setTimeout(done, known && !isDoubted() ? patienceMs : PATIENCE_MS))]);
    // Looked at again: the server may have said meanwhile that nothing is theirs any more.
    const still = known && (await opened());
    if (still && !this.store) await this.#open(still);
    void asked.then(() => this.pump());
    this.#changed();
  }

  /** Ask who is signed in, and open what is theirs; what runs out stays, what is ended from elsewhere goes. */
  async meet(): Promise<void> {
    // A phone that has nothing yet waits for one reply instead of two; whose shift it is, the shift says.
    const early = this.store ? undefined : ask("bundle").catch(() => undefined);
    let said: Session | SignedOut;
    try {
      said = await askSession();
    } catch {
      this.contact = "none";
      this.#changed();
      return;
    }
    if ("person" in said) {
      this.contact = "signed_in";
      try {
        const who = await unlock(said);
        if (!who) {
          this.#drop();
          this.contact = "signed_out";
          this.#changed();
          // Until that went through it stays shut all the same.
          return await endSession(said).catch(() => {});
        }
        const isLost = this.#adrift?.person === who.person;
        if (this.store?.person !== who.person || isLost) await this.#open(who);
        const { store } = this;
        if (store?.person !== who.person) return this.#changed();
        if (isLost) await this.#putBack(store);
        this.name = said.person.name;
        await store.keep("name", this.name);
        this.isFull = false;
      } catch (error) {
        if (!(error instanceof Full)) throw error;
        this.isFull = true;
        await this.refresh();
      }
      await this.#update(await early);
    } else {
      this.contact = "signed_out";
      if (said.wipe) await this.#wipe(said.wipe);
    }
    this.#changed();
  }

  async #open(who: Opened): Promise<void> {
    // One that was locked, or opened anew, has nothing to lose any more.
    const store: PersonStore = new PersonStore(who, () => void (this.store === store && this.#lose(who.person)));
    this.#drop();
    this.store = store;
    this.isShut = false;
    this.#pump = new Pump(() => sendAll(store, this.#isHurried ? () => Infinity : Date.now), (flushed) => void this.#flushed(flushed));
    const [name, bundle, chosen, lost] = await Promise.all([
      store.read<string>("name"), store.read<Bundle>("bundle"), store.read<Chosen>("chosen"), wiped.read(who.person),
    ]);
    // Locked meanwhile, or somebody else's by now.
    if (this.store !== store) return;
    [this.name, this.bundle, this.#chosen, this.lost] = [name ?? "", bundle, chosen, lost ?? null];
    await this.refresh();
    this.#others.postMessage("opened");
  }

  /** Hear that another page, or the worker, changed something; where it was opened for somebody else, so is this one. */
  async #hear(what: string): Promise<void> {
    await this.refresh();
    if ((what === "locked" || what === "wiped") && !this.store) this.#shut();
    if (what === "opened" && !this.store) await this.meet();
  }

  /** The browser closed what is kept here, and may have deleted it: hold on to what this page still knows. */
  #lose(person: string): void {
    const known = new Set(this.adrift.map(({ id }) => id));
    this.#adrift = { person, items: [...this.adrift, ...this.items.filter(({ id }) => !known.has(id))] };
    // First of all nothing more is kept under a key that may be gone.
    void this.refresh().then(() => this.meet()).then(() => this.pump());
  }

  /** Take back what only this page knows. */
  #letGo(id: string): boolean {
    const left = this.adrift.filter((item) => item.mayBeThere || (item.id !== id && item.after !== id));
    const done = left.length < this.adrift.length;
    if (this.#adrift) this.#adrift.items = left;
    this.#changed();
    return done;
  }

  /** Keep anew what the browser deleted; what is still there stays as it is. */
  async #putBack(store: PersonStore): Promise<void> {
    const there = new Set(this.items.map(({ id }) => id));
    for (const item of this.adrift) if (!there.has(item.id)) await store.add(item);
    this.#adrift = null;
    await this.refresh();
  }

  async #wipe(person: string): Promise<void> {
    const count = await unsent(person);
    const tell = () => wiped.write(person, { at: Date.now(), unsent: count });
    const isTold = !count || (await tell().then(() => true, () => false));
    if (!this.store || this.store.person === person) this.#shut();
    this.#adrift = null;
    // The key first: without it nothing is open, whatever happens to the rest.
    await forget(person);
    await destroy(person);
    // A phone that had no room for it has some now.
    if (!isTold) await tell();
    this.#others.postMessage("wiped");
  }

  #drop(): void {
    this.store = this.bundle = this.#chosen = this.#on = this.lost = this.#pump = null;
    [this.kept, this.sent, this.name] = [[], [], ""];
    this.#stepped.clear();
  }

  #shut(): void {
    this.#drop();
    this.isShut = true;
    this.#changed();
  }

  /** Close this phone: what waits stays, unreadable until its person signs in again. */
  async lock(): Promise<void> {
    this.#shut();
    await lock();
    // What was just being opened.
    await this.refresh();
    // So that its session ends too, as soon as there is a signal.
    void this.meet();
  }

  /** Read anew what is kept. */
  async refresh(): Promise<void> {
    const { store } = this;
    if (store && (await opened())?.person !== store.person && this.store === store) this.#drop();
    if (store && this.store === store) {
      const [kept, sent] = [await store.all(), await sentLately(store)];
      if (this.store === store) [this.kept, this.sent] = [kept.toSorted((one, other) => one.item.savedAt - other.item.savedAt), sent];
    }
    this.#changed();
  }

  /** Give the status of a deployment as the officer last said it, sent or not. */
  statusOf(deployment: Deployment): string {
    const said = this.items.filter(({ sort, path, state }) => sort === "step" && state !== "refused" && path.includes(deployment.id)).at(-1);
    return (said?.body["status"] as string) ?? this.#stepped.get(deployment.id) ?? deployment.status;
  }

  async choose(id: string): Promise<void> {
    this.#chosen = { id, at: Date.now() };
    this.settle();
    await this.store?.keep("chosen", this.#chosen);
    this.#changed();
  }

  /** Keep something to send; when this returns it is on the phone. */
  async save({ id = newId(), holdMs = UNDO_MS, photo, ...what }: New): Promise<string> {
    const now = Date.now();
    const named = NAMED.has(what.sort) ? { id } : {};
    const item: Item = { ...what, body: { ...what.body, ...named }, id, savedAt: now, holdUntil: now + holdMs, state: "waiting", mayBeThere: false, tries: 0 };
    const { store } = this;
    await sure(store!.add(item, photo));
    if (this.store === store) this.kept = [...this.kept, { item, revision: 1 }];
    this.#tell();
    return id;
  }

  /** Put other content in the place of what was refused or has not left yet; false where it has. */
  mend(old: Item, body: Record<string, unknown>, corrects = old.corrects): Promise<boolean> {
    return this.sendAgain(old, { body, ...(corrects ? { corrects } : {}) });
  }

  /** Send what was refused or has not left yet, with what is changed of it; false where it has left. */
  async sendAgain(old: Item, changed: Partial<Pick<Item, "body" | "corrects" | "label" | "path">>, photo?: ArrayBuffer): Promise<boolean> {
    const found = this.kept.find(({ item }) => item.id === old.id);
    if (!found || found.item.mayBeThere) return false;
    const { refusal, early, ...item } = { ...found.item, ...changed, state: "waiting" as const, tries: 0 };
    const store = this.store!;
    let done: boolean;
    if (refusal?.isTaken && NAMED.has(item.sort)) {
      const id = newId();
      // What hangs on it would hang on the other that has its id.
      const others = (await sure(store.all())).filter((each) => each.item.id !== old.id && !each.item.mayBeThere && names(each.item, old.id));
      done = await sure(store.rename(found, renamed(item, old.id, id), others.map((each) => [each, renamed(each.item, old.id, id)])));
    } else {
      done = (await sure(store.replace(found, item, photo))) !== null;
    }
    await this.refresh();
    this.#tell();
    return done;
  }

  /** Take back what has not left this phone; false where it may have. */
  async discard(id: string): Promise<boolean> {
    if (!this.store) return this.#letGo(id);
    const all = await sure(this.store.all());
    const found = all.find(({ item }) => item.id === id);
    const done = !!found && !found.item.mayBeThere && (await sure(this.store.remove(found)));
    for (const { item } of done ? all.filter(({ item }) => item.after === id) : []) await this.discard(item.id);
    await this.refresh();
    this.#others.postMessage("changed");
    return done;
  }

  async forgetLoss(): Promise<void> {
    await wiped.clear(this.store!.person);
    this.lost = null;
    this.#changed();
  }

  /** Send what can go; in a hurry, also what could still be taken back. */
  pump(isHurried = false): void {
    this.#isHurried = isHurried;
    void this.#pump?.run();
  }

  #tell(): void {
    this.#changed();
    this.#others.postMessage("changed");
    this.pump();
    // Where the browser can, a worker goes on when the page is closed.
    void navigator.serviceWorker?.ready.then((worker) => (worker as unknown as Syncing).sync?.register("outbox")).catch(() => {});
  }

  async #flushed(flushed: Flushed | null): Promise<void> {
    for (const { sort, path, body } of flushed?.sent ?? []) {
      if (sort === "step") this.#stepped.set(path.split("/")[4]!, body["status"] as string);
    }
    if (flushed?.sent.length) this.#others.postMessage("changed");
    if (flushed?.stopped === "sign_in") await this.meet();
    else if (flushed) this.contact = flushed.stopped === "later" ? "none" : flushed.sent.length ? "signed_in" : this.contact;
    await this.refresh();
  }

  /** Take the shift, or what changed of it: one after another, or what was late would lie over what is newer. */
  #update(early?: Response): Promise<void> {
    this.#updated = this.#updated.then(() => this.#take(early));
    return this.#updated;
  }

  async #take(early?: Response): Promise<void> {
    const store = this.store;
    if (!store) return;
    try {
      let bundle = early ? null : this.bundle;
      for (let more = true; more; ) {
        const reply = early ?? (await ask(bundle ? `changes?${new URLSearchParams({ after: bundle.after })}` : "bundle"));
        early = undefined;
        if (reply.status === 422 && bundle) {
          bundle = null; // The place is none of this server's any more.
          continue;
        }
        if (!reply.ok) return;
        const told = (await reply.json()) as Bundle | Changes;
        // Somebody else may have signed in meanwhile, in another page of this browser.
        if (told.person.id !== store.person || this.store !== store) return;
        if (!bundle) {
          bundle = told as Bundle;
          more = false;
        } else {
          const changes = told as Changes;
          // Another edition of the forms comes with a whole bundle.
          if (changes.forms !== bundle.forms) bundle = null;
          else [bundle, more] = [merge(bundle, changes), changes.more];
        }
      }
      this.bundle = bundle;
      this.#stepped.clear();
      await store.keep("bundle", bundle);
    } catch {
      // What there was stays.
    }
  }
}

/** Have what did not go into the store, or out of it, said as that, whatever went wrong. */
async function sure<T>(stored: Promise<T>): Promise<T> {
  try {
    return await stored;
  } catch (error) {
    throw error instanceof Full ? error : new Unsaved("", { cause: error });
  }
}

const ask = (what: string) => fetch(`/api/v1/${what}`, { cache: "no-store", signal: AbortSignal.timeout(PATIENCE_MS) });

interface Syncing {
  sync?: { register(tag: string): Promise<void> };
}
