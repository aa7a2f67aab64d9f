// What one person keeps on this phone: their items and what they work with, all of it sealed.
import { type DBSchema, deleteDB, openDB } from "idb";
import type { Item, Kept, Store } from "./outbox.ts";
import { type Hooks, reopening } from "./reopening.ts";
import { type Opened, seal, unseal } from "./vault.ts";

interface Sealed {
  id: string;
  /** Grows with each change, so that of two changes at once one is refused. */
  revision: number;
  sealed: ArrayBuffer;
}

interface Schema extends DBSchema {
  items: { key: string; value: Sealed };
  kept: { key: string; value: ArrayBuffer };
}

// On the disk, not on its way there, when it is said to be saved.
const SURE = { durability: "strict" } as const;

/** The phone has no room left; nothing was stored. */
export class Full extends Error {}

const photoOf = (id: string) => `photo ${id}`;
const nameOf = (person: string) => `ops-phone-${person}`;

const open = (person: string, hooks: Hooks<Schema> = {}) =>
  openDB<Schema>(nameOf(person), 1, {
    upgrade(db) {
      db.createObjectStore("items", { keyPath: "id" });
      db.createObjectStore("kept");
    },
    ...hooks,
  });

export class PersonStore implements Store {
  /** How many items were found that can't be opened any more. */
  unreadable = 0;
  readonly #who: Opened;
  readonly #ask;

  constructor(who: Opened) {
    this.#who = who;
    this.#ask = reopening<Schema>((hooks) => open(who.person, hooks));
  }

  get person(): string {
    return this.#who.person;
  }

  /** Keep a new item, and a photo with it: when this returns, they are on the phone. */
  async add(item: Item, photo?: ArrayBuffer): Promise<void> {
    const sealed = await this.#seal(item, item.id);
    const picture = photo && (await seal(this.#who.key, photo, this.#bound(photoOf(item.id))));
    await withRoom(() =>
      this.#ask(async (db) => {
        const change = db.transaction(["items", "kept"], "readwrite", SURE);
        await change.objectStore("items").add({ id: item.id, revision: 1, sealed });
        if (picture) await change.objectStore("kept").put(picture, photoOf(item.id));
        await change.done;
      }),
    );
  }

  async all(): Promise<Kept[]> {
    const found = await this.#ask((db) => db.getAll("items"));
    const opened = await Promise.all(
      found.map(async ({ id, revision, sealed }) => ({ item: await this.#unseal<Item>(sealed, id), revision })),
    );
    const kept = opened.filter((each): each is Kept => each.item !== null);
    this.unreadable = opened.length - kept.length;
    return kept;
  }

  async replace(kept: Kept, item: Item): Promise<boolean> {
    const sealed = await this.#seal(item, item.id);
    return withRoom(() =>
      this.#ask(async (db) => {
        const change = db.transaction("items", "readwrite", SURE);
        const isSame = (await change.store.get(item.id))?.revision === kept.revision;
        if (isSame) await change.store.put({ id: item.id, revision: kept.revision + 1, sealed });
        await change.done;
        return isSame;
      }),
    );
  }

  async remove(kept: Kept): Promise<boolean> {
    return this.#ask(async (db) => {
      const change = db.transaction(["items", "kept"], "readwrite", SURE);
      const isSame = (await change.objectStore("items").get(kept.item.id))?.revision === kept.revision;
      if (isSame) {
        await change.objectStore("items").delete(kept.item.id);
        await change.objectStore("kept").delete(photoOf(kept.item.id));
      }
      await change.done;
      return isSame;
    });
  }

  /** Keep what the person works with under a name. */
  async keep(name: string, value: unknown): Promise<void> {
    const sealed = await this.#seal(value, name);
    await withRoom(() => this.#ask((db) => db.put("kept", sealed, name)));
  }

  async read<T>(name: string): Promise<T | null> {
    const sealed = await this.#ask((db) => db.get("kept", name));
    return sealed === undefined ? null : this.#unseal<T>(sealed, name);
  }

  /** Read the photo that an item is about. */
  async photo(id: string): Promise<ArrayBuffer | null> {
    const sealed = await this.#ask((db) => db.get("kept", photoOf(id)));
    return sealed === undefined ? null : unseal(this.#who.key, sealed, this.#bound(photoOf(id)));
  }

  #bound(place: string): string {
    return `${this.person} ${place}`;
  }

  #seal(value: unknown, place: string): Promise<ArrayBuffer> {
    return seal(this.#who.key, new TextEncoder().encode(JSON.stringify(value)), this.#bound(place));
  }

  async #unseal<T>(sealed: ArrayBuffer, place: string): Promise<T | null> {
    const text = await unseal(this.#who.key, sealed, this.#bound(place));
    return text && (JSON.parse(new TextDecoder().decode(text)) as T);
  }
}

/** Count what somebody has not sent, without opening it. */
export async function unsent(person: string): Promise<number> {
  const db = await open(person);
  try {
    return await db.count("items");
  } finally {
    db.close();
  }
}

/** Take away everything of somebody. */
export const destroy = (person: string): Promise<void> => deleteDB(nameOf(person));

async function withRoom<T>(write: () => Promise<T>): Promise<T> {
  try {
    return await write();
  } catch (error) {
    if (error instanceof DOMException && error.name === "QuotaExceededError") throw new Full();
    throw error;
  }
}
