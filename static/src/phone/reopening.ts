// A phone may close a database behind the page's back; what asks next opens it again.
import type { DBSchema, IDBPDatabase, OpenDBCallbacks } from "idb";

export type Hooks<S extends DBSchema> = Pick<OpenDBCallbacks<S>, "blocking" | "terminated">;
type Ask<S extends DBSchema> = <T>(ask: (db: IDBPDatabase<S>) => Promise<T>) => Promise<T>;

interface Opening<S extends DBSchema> {
  db: Promise<IDBPDatabase<S>>;
  /** Who waits for an answer. What was asked as it closed may be given none at all. */
  waiting: Set<(why: unknown) => void>;
}

/**
 * Give a way to ask a database that opens it when first asked, and again when it was closed.
 *
 * What is asked is asked twice where it may have been done the first time. `closed` hears that the browser closed it.
 */
export function reopening<S extends DBSchema>(open: (hooks: Hooks<S>) => Promise<IDBPDatabase<S>>, closed = () => {}): Ask<S> {
  let opening: Opening<S> | null = null;

  function begin(): Opening<S> {
    const waiting = new Set<(why: unknown) => void>();
    const forget = () => {
      if (opening === made) opening = null;
    };
    const db = open({
      // Somebody deletes it, or a newer page changes it: it can't while we hold it.
      blocking: (_now, _wanted, event) => {
        (event.target as IDBDatabase).close();
        forget();
      },
      terminated: () => {
        forget();
        for (const fail of waiting) fail(new DOMException("Closed by the browser", "InvalidStateError"));
        closed();
      },
    });
    const made = { db, waiting };
    db.catch(forget);
    return made;
  }

  async function once<T>({ db, waiting }: Opening<S>, ask: (db: IDBPDatabase<S>) => Promise<T>): Promise<T> {
    const current = await db;
    return new Promise<T>((done, fail) => {
      waiting.add(fail);
      void ask(current).then(done, fail).finally(() => waiting.delete(fail));
    });
  }

  return async (ask) => {
    const asked = (opening ??= begin());
    try {
      return await once(asked, ask);
    } catch (error) {
      if (!isClosed(error)) throw error;
      // Who failed beside this one may have opened it again already.
      if (opening === asked) opening = null;
      return once((opening ??= begin()), ask);
    }
  };
}

const CLOSED = new Set(["InvalidStateError", "AbortError", "UnknownError"]);

/** Tell whether a database was closed before it said that it had done what was asked. */
function isClosed(error: unknown): boolean {
  return error instanceof DOMException && CLOSED.has(error.name);
}
