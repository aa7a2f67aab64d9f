// What one person keeps on this phone: their items and what they work with, all of it sealed.
import { type DBSchema, deleteDB, type IDBPObjectStore, openDB } from "idb";
import type { Item, Kept, Store } from "./outbox.ts";
import { type Hooks, reopening } from "./reopening.ts";
import { Full, withRoom } from "./room.ts";
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

type Writing<Name extends "items" | "kept"> = IDBPObjectStore<Schema, ("items" | "kept")[], Name, "readwrite">;

// On the disk, not on its way there, when it is said to be saved.
const SURE = { durability: "strict" } as const;

// Kept for as long as an item has never left. What takes no room can be done on a full phone: to take it away.
const hereOf = (id: string) => `here ${id}`;
const HERE = new ArrayBuffer(0);
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

  /** `closed` hears that the browser closed it, and perhaps deleted it. */
  constructor(who: Opened, closed?: () => void) {
    this.#who = who;
    this.#ask = reopening<Schema>((hooks) => open(who.person, hooks), closed);
  }

  get person(): string {
    return this.#who.person;
  }

  /** Keep a new item, and a photo with it: when this returns, they are on the phone. */
  async add(item: Item, photo?: ArrayBuffer): Promise<void> {
    const sealed = await this.#seal(item, item.id);
    const picture = photo && (await this.#sealPhoto(photo, item.id));
    let isAgain = false;
    await withRoom(() =>
      this.#ask(async (db) => {
        const change = db.transaction(["items", "kept"], "readwrite", SURE);
        const [items, things] = [change.objectStore("items"), change.objectStore("kept")];
        const isThere = isAgain && (await items.getKey(item.id)) !== undefined;
        isAgain = true;
        if (!isThere) {
          await items.add({ id: item.id, revision: 1, sealed });
          if (!item.mayBeThere) await things.put(HERE, hereOf(item.id));
          if (picture) await things.put(picture, photoOf(item.id));
        }
        await change.done;
      }),
    );
  }

  async all(): Promise<Kept[]> {
    const [found, names] = await this.#ask((db) => {
      const look = db.transaction(["items", "kept"]);
      return Promise.all([look.objectStore("items").getAll(), look.objectStore("kept").getAllKeys()]);
    });
    const known = new Set(names);
    const opened = await Promise.all(found.map(async ({ id, revision, sealed }) => ({ item: await this.#unseal<Item>(sealed, id), revision })));
    const kept = opened.flatMap(({ item, revision }) => (item ? [{ item: { ...item, mayBeThere: !known.has(hereOf(item.id)) }, revision }] : []));
    this.unreadable = opened.length - kept.length;
    return kept;
  }

  /** A photo that is given takes the place of the one that the item was about. */
  async replace(kept: Kept, item: Item, photo?: ArrayBuffer): Promise<Kept | null> {
    const sealed = await this.#seal(item, item.id);
    const picture = photo && (await this.#sealPhoto(photo, item.id));
    const revision = kept.revision + 1;
    try {
      const isDone = await this.#change([kept], async (items, things) => {
        await items.put({ id: item.id, revision, sealed });
        if (picture) await things.put(picture, photoOf(item.id));
        await (item.mayBeThere ? things.delete(hereOf(item.id)) : things.put(HERE, hereOf(item.id)));
      });
      return isDone ? { item, revision } : null;
    } catch (error) {
      if (!(error instanceof Full && item.mayBeThere)) throw error;
      const isDone = await this.#change([kept], (_, things) => things.delete(hereOf(item.id)));
      return isDone ? { item, revision: kept.revision } : null;
    }
  }

  /** Put an item that has another id in the place of one, and with it others as they are changed by that: all or none. */
  async rename(kept: Kept, item: Item, others: [Kept, Item][]): Promise<boolean> {
    const changed: [number, Item][] = [[1, item], ...others.map(([{ revision }, other]): [number, Item] => [revision + 1, other])];
    const sealed = await Promise.all(changed.map(async ([revision, each]) => ({ id: each.id, revision, sealed: await this.#seal(each, each.id) })));
    return this.#change([kept, ...others.map(([other]) => other)], (items, things) =>
      Promise.all([items.delete(kept.item.id), things.delete(hereOf(kept.item.id)), things.put(HERE, hereOf(item.id)), ...sealed.map((each) => items.put(each))]));
  }

  async remove(kept: Kept): Promise<boolean> {
    const { id } = kept.item;
    return this.#change([kept], (items, things) => Promise.all([items.delete(id), things.delete(hereOf(id)), things.delete(photoOf(id))]));
  }

  /** Change items that are all still as they were read; tell whether they were. */
  #change(read: Kept[], write: (items: Writing<"items">, kept: Writing<"kept">) => Promise<unknown>): Promise<boolean> {
    return withRoom(() =>
      this.#ask(async (db) => {
        const change = db.transaction(["items", "kept"], "readwrite", SURE);
        const [items, things] = [change.objectStore("items"), change.objectStore("kept")];
        let isSame = true;
        for (const { item: { id, mayBeThere }, revision } of read) {
          isSame &&= (await items.get(id))?.revision === revision && ((await things.getKey(hereOf(id))) === undefined) === mayBeThere;
        }
        if (isSame) await write(items, things);
        await change.done;
        return isSame;
      }),
    );
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

  #sealPhoto(photo: ArrayBuffer, id: string): Promise<ArrayBuffer> {
    return seal(this.#who.key, photo, this.#bound(photoOf(id)));
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
