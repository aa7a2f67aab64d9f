// The keys of what a phone keeps. Each person's key is there twice: open, for as long as they may use this phone,
// and wrapped by a secret that the server gives to them alone, so that what waits outlives a sign-out unreadable.
import { type DBSchema, openDB } from "idb";
import { reopening } from "./reopening.ts";

interface Person {
  id: string;
  wrapped: ArrayBuffer;
  iv: Uint8Array<ArrayBuffer>;
  open: CryptoKey | null;
  openUntil: number;
}

/** What was lost when a phone was signed out from elsewhere: how much, and nothing of what. */
export interface Wiped {
  at: number;
  unsent: number;
}

interface Registry extends DBSchema {
  people: { key: string; value: Person };
  settings: { key: string; value: unknown };
}

const NAME = "ops-phone";
const HOUR_MS = 3_600_000;
const AES = { name: "AES-GCM", length: 256 } as const;

const registry = reopening<Registry>((hooks) =>
  openDB<Registry>(NAME, 1, {
    upgrade(db) {
      db.createObjectStore("people", { keyPath: "id" });
      db.createObjectStore("settings");
    },
    ...hooks,
  }),
);

export interface Opened {
  person: string;
  key: CryptoKey;
}

/** Open what this person keeps here, by the secret that the server gave them; close what anybody else does. */
export function unlock(person: string, secret: string, hours: number): Promise<Opened> {
  // One at a time: two first keys at once, and what was sealed by one of them could never be opened again.
  return navigator.locks.request("ops-phone-keys", () => unlockAlone(person, secret, hours));
}

async function unlockAlone(person: string, secret: string, hours: number): Promise<Opened> {
  const wrapping = await wrappingKey(secret);
  const known = await registry((db) => db.get("people", person));
  const found = known && ((await unwrap(known, wrapping)) ?? known.open);
  const made: Person = known && found ? { ...known, open: found } : await newPerson(person, wrapping);
  made.openUntil = Date.now() + hours * HOUR_MS;
  await registry(async (db) => {
    const change = db.transaction(["people", "settings"], "readwrite");
    for (const other of await change.objectStore("people").getAll()) {
      if (other.id !== person) await change.objectStore("people").put({ ...other, open: null });
    }
    await change.objectStore("people").put(made);
    await change.objectStore("settings").put(person, "current");
    await change.done;
  });
  mark(person);
  return { person, key: made.open! };
}

/** Give what is open on this phone; nothing once its time is over, whatever the network does. */
export async function opened(): Promise<Opened | null> {
  const current = await registry((db) => db.get("settings", "current"));
  const found = typeof current === "string" ? await registry((db) => db.get("people", current)) : undefined;
  if (!found?.open) return null;
  if (found.openUntil > Date.now()) return { person: found.id, key: found.open };
  await lock();
  return null;
}

/** Close what is kept here: from now on it takes the network and its person's sign-in to read it. */
export async function lock(): Promise<void> {
  await registry(async (db) => {
    const change = db.transaction(["people", "settings"], "readwrite");
    for (const person of await change.objectStore("people").getAll()) {
      await change.objectStore("people").put({ ...person, open: null });
    }
    await change.objectStore("settings").delete("current");
    await change.done;
  });
  mark(null);
}

/** Note for the other pages whose phone is open; a worker, which no page can ask, need not. */
function mark(person: string | null): void {
  if (typeof localStorage === "undefined") return;
  if (person) localStorage.setItem("ops-phone", person);
  else localStorage.removeItem("ops-phone");
}

/** Forget somebody's key for good. */
export async function forget(person: string): Promise<void> {
  await registry(async (db) => {
    const change = db.transaction(["people", "settings"], "readwrite");
    await change.objectStore("people").delete(person);
    await change.objectStore("settings").delete("current");
    await change.done;
  });
}

export const wiped = {
  read: (person: string) => registry((db) => db.get("settings", `wiped ${person}`)) as Promise<Wiped | undefined>,
  write: (person: string, what: Wiped) => registry((db) => db.put("settings", what, `wiped ${person}`)),
  clear: (person: string) => registry((db) => db.delete("settings", `wiped ${person}`)),
};

async function newPerson(id: string, wrapping: CryptoKey): Promise<Person> {
  const key = await crypto.subtle.generateKey(AES, true, ["encrypt", "decrypt"]);
  const iv = crypto.getRandomValues(new Uint8Array(12));
  const wrapped = await crypto.subtle.wrapKey("raw", key, wrapping, { name: "AES-GCM", iv });
  const person: Person = { id, wrapped, iv, open: null, openUntil: 0 };
  // What is kept open can be used, and not be read out, by whatever script runs here.
  return { ...person, open: await unwrap(person, wrapping) };
}

async function unwrap({ wrapped, iv }: Person, wrapping: CryptoKey): Promise<CryptoKey | null> {
  try {
    return await crypto.subtle.unwrapKey("raw", wrapped, wrapping, { name: "AES-GCM", iv }, AES, false, ["encrypt", "decrypt"]);
  } catch {
    return null; // The server has another secret by now.
  }
}

async function wrappingKey(secret: string): Promise<CryptoKey> {
  const raw = Uint8Array.from(atob(secret), (letter) => letter.charCodeAt(0));
  return crypto.subtle.importKey("raw", raw, AES, false, ["wrapKey", "unwrapKey"]);
}

/** Seal bytes; `bound` ties them to their place, so that none can be put in for others. */
export async function seal(key: CryptoKey, bytes: BufferSource, bound: string): Promise<ArrayBuffer> {
  const iv = crypto.getRandomValues(new Uint8Array(12));
  const sealed = await crypto.subtle.encrypt({ name: "AES-GCM", iv, additionalData: new TextEncoder().encode(bound) }, key, bytes);
  return new Blob([iv, sealed]).arrayBuffer();
}

/** Open what was sealed; null where it was under another key or for another place. */
export async function unseal(key: CryptoKey, sealed: ArrayBuffer, bound: string): Promise<ArrayBuffer | null> {
  try {
    const iv = new Uint8Array(sealed, 0, 12);
    const additionalData = new TextEncoder().encode(bound);
    return await crypto.subtle.decrypt({ name: "AES-GCM", iv, additionalData }, key, new Uint8Array(sealed, 12));
  } catch {
    return null;
  }
}
