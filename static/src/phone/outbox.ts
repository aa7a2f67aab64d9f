// What a phone has kept to send: which of it goes next, and what becomes of it. No page, no storage, no network.
import { flat } from "../problem.ts";
import { type Told, told } from "./correction.ts";
import { Full } from "./room.ts";

/** A request that waits. Results go together in batches; the rest goes one by one. */
export interface Item {
  /** The id of the record itself, made once on the phone: however often it is sent, it is one record. */
  id: string;
  sort: "result" | "step" | "check_in" | "nil_return" | "briefing_read" | "assistance" | "welfare" | "photo" | "correction";
  path: string;
  body: Record<string, unknown>;
  /** What it is called in the list, with no more of the case than its kind. */
  label: string;
  savedAt: number;
  /** Until then it can be taken back, and is not sent. */
  holdUntil: number;
  state: "waiting" | "sending" | "refused";
  /** It was on its way once, so that the server may have it: it can be changed there alone. */
  mayBeThere: boolean;
  tries: number;
  refusal?: Refusal;
  /** What it waits for at the server, which keeps nothing of it until that is there. */
  early?: string;
  /** Another item that has to be there first. */
  after?: string;
  /** The record that a correction is of, as it was when the officer saw it. */
  corrects?: Told;
}

export interface Refusal {
  sentence: string;
  /** A sentence for each field that is wrong. */
  fields: Record<string, string>;
  /** Another record has this id: what is mended goes under a new one. */
  isTaken: boolean;
  /** What the record says by now, where a correction came too late for what it was made of. */
  now?: Told;
}

/** Tell of which kind of result an item is, where it is of one. */
export const kindOf = ({ body, corrects }: Item) => corrects?.kind ?? (body["kind"] as string);

/** Something of an item as it was read; who changed it meanwhile wins. */
export interface Kept {
  item: Item;
  revision: number;
}

/**
 * Where items are. `replace` and `remove` do nothing, and say so, where the item is another by now.
 *
 * Without room, `replace` notes of what may be there no more than that, and throws `Full` for what is not.
 */
export interface Store {
  all(): Promise<Kept[]>;
  replace(kept: Kept, item: Item): Promise<Kept | null>;
  /** Take away what the server has. */
  remove(kept: Kept): Promise<boolean>;
}

/** What the server said of one item. */
export type Judged = { isThere: true; record?: Told } | { isThere: false; refusal: Refusal } | { isThere: false; early: string };

/** What came of a request. Nothing at all is an exception: the network. */
export type Reply =
  | { said: "judged"; of: Map<string, Judged> }
  /** Nobody is signed in, or somebody else is. */
  | { said: "sign_in" }
  | { said: "later"; afterS?: number };

export type Send = (items: Item[]) => Promise<Reply>;

/** Asks who is signed in before anything is on its way: gives what sends in their name. No network is an exception. */
export type Begin = () => Promise<Send | "sign_in">;

export interface Flushed {
  sent: Item[];
  /** What the server has of it, where it said so. */
  told: Told[];
  /** Why it stopped, where something is left that could go. */
  stopped: "sign_in" | "later" | "early" | null;
  afterS: number;
  /** When the next of what is held can go; none, where nothing is held. */
  heldUntil: number | null;
}

// As many as a batch takes.
const MOST = 200;
const FIRST_DELAY_MS = 2_000;
const LONGEST_DELAY_MS = 300_000;
/** How long what was saved can be taken back. */
export const UNDO_MS = 8_000;
const HELD_AT_MOST_MS = 2 * UNDO_MS;
export const DAY_MS = 86_400_000;

/** Tell whether something can still be taken back; where the clock was set back meanwhile, not for hours. */
function isHeld({ holdUntil }: Item, now: number): boolean {
  return holdUntil > now && holdUntil - now <= HELD_AT_MOST_MS;
}

/** Choose what goes next in one request: what failed least first, so that nothing waits behind what always fails. */
export function next(items: Item[], now: number): Item[] {
  const kept = new Set(items.map(({ id }) => id));
  const ready = items.filter((item) => item.state !== "refused" && !isHeld(item, now) && !kept.has(item.after ?? ""));
  ready.sort((one, other) => one.tries - other.tries || one.savedAt - other.savedAt || (one.id < other.id ? -1 : 1));
  const first = ready[0];
  if (first?.sort !== "result") return ready.slice(0, 1);
  // One that makes a whole batch fail is found by halving.
  const most = Math.max(1, MOST >> first.tries);
  return ready.filter((item) => item.sort === "result" && item.tries === first.tries).slice(0, most);
}

/**
 * Send what is kept, until nothing is left that can go.
 *
 * Whoever calls holds the one lock of all tabs and workers. Nothing leaves the store before the server has
 * confirmed its id; what is refused is set aside with its reason, so that it never blocks the rest.
 */
export async function flush(store: Store, begin: Begin, now: () => number): Promise<Flushed> {
  const sent: Item[] = [];
  const records: Told[] = [];
  let failed = 0;
  let stopped: Flushed["stopped"] = null;
  let afterS = 0;
  let early = false;
  const tried = new Set<string>();
  for (;;) {
    const kept = await store.all();
    // What was tried stays in sight: others may have to come after it.
    const chosen = new Set(next(kept.map(({ item }) => (tried.has(item.id) ? { ...item, state: "refused" } : item)), now()).map(({ id }) => id));
    if (chosen.size === 0) break;
    for (const id of chosen) tried.add(id);
    // What never left can be changed or thrown away, and has not failed.
    const send = await begin().catch(() => "later" as const);
    if (typeof send === "string") {
      stopped = send;
      break;
    }
    const going = await leave(store, kept.filter(({ item }) => chosen.has(item.id)));
    // Taken back or changed just now, by somebody who then asks for another turn.
    if (going.length === 0) continue;
    let reply: Reply;
    try {
      reply = await send(going.map(({ item }) => item));
    } catch {
      reply = { said: "later" };
    }
    for (const each of going) {
      const judged = reply.said === "judged" ? reply.of.get(each.item.id) : undefined;
      if (judged?.isThere) {
        await store.remove(each);
        sent.push(each.item);
        if (judged.record) records.push(judged.record);
      } else if (judged && "refusal" in judged) {
        await note(store, each, { ...each.item, state: "refused", mayBeThere: false, refusal: judged.refusal });
      } else if (judged) {
        await note(store, each, { ...each.item, state: "waiting", mayBeThere: false, tries: each.item.tries + 1, early: judged.early });
        early = true;
      } else {
        // To ask for a sign-in is no failure of the item.
        const tries = each.item.tries + (reply.said === "sign_in" ? 0 : 1);
        await store.replace(each, { ...each.item, state: "waiting", tries });
        stopped = reply.said === "sign_in" ? "sign_in" : "later";
      }
    }
    if (reply.said === "sign_in") break;
    if (reply.said === "later") {
      afterS = Math.max(afterS, reply.afterS ?? 0);
      failed += 1;
      // A server that fails twice is down; one failure may be the item's own.
      if (failed > 1) break;
    }
  }
  const held = (await store.all()).map(({ item }) => item).filter((item) => item.state !== "refused" && isHeld(item, now()));
  if (early) stopped ??= "early";
  return { sent, told: records, stopped, afterS, heldUntil: held.length ? Math.min(...held.map((item) => item.holdUntil)) : null };
}

/** Mark items as on their way, before they are: after a crash nobody takes them for never sent. */
async function leave(store: Store, kept: Kept[]): Promise<Kept[]> {
  const going: Kept[] = [];
  for (const each of kept) {
    const left = await store.replace(each, { ...each.item, state: "sending", mayBeThere: true });
    if (left) going.push(left);
  }
  return going;
}

/** Write down what was said of an item; a phone without room asks again once it has some. */
async function note(store: Store, kept: Kept, item: Item): Promise<void> {
  try {
    await store.replace(kept, item);
  } catch (error) {
    if (!(error instanceof Full)) throw error;
  }
}

/** Give the time to the next try: longer after each failure, and never the same for many phones. */
export function delay(failures: number, afterS = 0, random = Math.random()): number {
  const longest = Math.min(LONGEST_DELAY_MS, FIRST_DELAY_MS * 2 ** Math.min(failures, 10));
  return Math.max(afterS * 1_000, longest * (0.5 + random / 2));
}

export interface Problem {
  type?: string;
  status?: number;
  detail?: string;
  errors?: unknown;
}

const NO_REASON = "The server refused it without a reason.";

/** Read why something was refused. */
export function refusal(problem: Problem, isTaken = false): Refusal {
  const fields = Object.fromEntries(flat(problem.errors));
  return { sentence: problem.detail ?? NO_REASON, fields, isTaken };
}

interface Outcome {
  id: string | null;
  outcome: string;
  problem?: Problem;
  result?: Told;
}

const THERE = new Set(["created", "replayed"]);

/** Read what a batch came to, item by item; what it does not name stays. */
export function judge(outcomes: Outcome[]): Map<string, Judged> {
  return new Map(
    outcomes.flatMap(({ id, outcome, problem, result }): [string, Judged][] => {
      if (id === null) return [];
      if (THERE.has(outcome)) return [[id, { isThere: true, ...(result ? { record: told(result) } : {}) }]];
      if (outcome === "waiting") return [[id, { isThere: false, early: problem?.detail ?? "It waits for another record." }]];
      if (outcome !== "refused" && outcome !== "conflict") return [];
      return [[id, { isThere: false, refusal: refusal(problem ?? {}, outcome === "conflict") }]];
    }),
  );
}

/** Count what is kept, and what was sent lately, in words. */
export function summary(items: Item[], now: number, sent = 0): string {
  const refused = items.filter((item) => item.state === "refused").length;
  const waiting = items.length - refused;
  const old = items.filter((item) => now - item.savedAt > DAY_MS).length;
  const parts = [
    waiting === 0 ? "Nothing is waiting to be sent" : `${waiting} waiting to be sent`,
    ...(refused ? [`${refused} refused: mend ${refused === 1 ? "it" : "them"}`] : []),
    ...(sent ? [`${sent} sent`] : []),
    ...(old ? [`${old} older than a day: find a signal or tell your lead`] : []),
  ];
  return `${parts.join("; ")}.`;
}

/** Say where one item is, in words. */
export function stateText(item: Item, now: number): string {
  if (item.state === "refused") return `Refused: ${item.refusal?.sentence ?? NO_REASON}`;
  if (item.state === "sending") return "Sending";
  if (isHeld(item, now)) return "Saved on this phone; goes in a few seconds";
  if (item.early) return `Saved on this phone; sent again later. ${item.early}`;
  if (item.mayBeThere) return "Saved on this phone; it was on its way, and is sent again";
  return "Saved on this phone; waiting to be sent";
}
