// Sends what one person keeps, one sender over all tabs and the worker.
import type { Told } from "./correction.ts";
import { DAY_MS, flush, type Flushed, type Item } from "./outbox.ts";
import type { PersonStore } from "./store.ts";
import { sendAs } from "./transport.ts";

/** What was sent lately; of a result also what it says, so that it can be corrected without a network. */
export interface Sent {
  id: string;
  sort: Item["sort"];
  kind: string | null;
  path: string;
  label: string;
  at: number;
  record?: Told;
}

const SENT_KEPT_MS = DAY_MS / 2;
const MOST_SENT = 100;

/**
 * Send all that can go, when it is this one's turn.
 *
 * It waits for its turn: whoever gives up because another holds the lock may give up just before that one fails.
 */
export async function sendAll(store: PersonStore, now = Date.now): Promise<Flushed> {
  return navigator.locks.request(`ops-phone-outbox ${store.person}`, async () => {
    const flushed = await flush(store, sendAs(store.person, (id) => store.photo(id)), now);
    if (flushed.sent.length) {
      const at = Date.now();
      const told = new Map(flushed.told.map((record) => [record.id, record]));
      const fresh: Sent[] = flushed.sent.map(({ id, sort, path, body, label }) => ({ id, sort, kind: (body["kind"] as string) ?? null, path, label, at }));
      const all = [...(await sentLately(store)), ...fresh].slice(-MOST_SENT);
      // That it was sent is worth knowing, and no room that is wanted for what waits.
      await store.keep("sent", all.map((each) => (told.has(each.id) ? { ...each, record: told.get(each.id) } : each))).catch(() => {});
    }
    return flushed;
  });
}

/** List what was sent in this shift. */
export async function sentLately(store: PersonStore): Promise<Sent[]> {
  return ((await store.read<Sent[]>("sent")) ?? []).filter(({ at }) => Date.now() - at < SENT_KEPT_MS);
}
