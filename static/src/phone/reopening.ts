// A phone may close a database behind the page's back; what asks next opens it again.
import type { DBSchema, IDBPDatabase, OpenDBCallbacks } from "idb";

export type Hooks<S extends DBSchema> = Pick<OpenDBCallbacks<S>, "blocking" | "terminated">;
type Ask<S extends DBSchema> = <T>(ask: (db: IDBPDatabase<S>) => Promise<T>) => Promise<T>;

/** Give a way to ask a database that opens it when first asked, and again when it was closed. */
export function reopening<S extends DBSchema>(open: (hooks: Hooks<S>) => Promise<IDBPDatabase<S>>): Ask<S> {
  let opening: Promise<IDBPDatabase<S>> | null = null;
  const forget = () => {
    opening = null;
  };
  const current = () =>
    (opening ??= open({
      // Somebody deletes it, or a newer page changes it: it can't while we hold it.
      blocking: (_now, _wanted, event) => {
        (event.target as IDBDatabase).close();
        forget();
      },
      terminated: forget,
    }));
  return async (ask) => {
    try {
      return await ask(await current());
    } catch (error) {
      if (!isClosed(error)) throw error;
      forget();
      return ask(await current());
    }
  };
}

/** Tell whether a database was closed, so that nothing of what was asked has happened. */
function isClosed(error: unknown): boolean {
  return error instanceof DOMException && (error.name === "InvalidStateError" || error.name === "AbortError");
}
