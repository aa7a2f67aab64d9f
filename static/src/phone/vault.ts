// The keys of what a phone keeps. Each person's key is there twice: open, for as long as they may use this phone,
// and wrapped by a secret that the server gives to them alone, so that what waits outlives a sign-out unreadable.
import { type DBSchema, openDB } from "idb";
import { reopening } from "./reopening.ts";
import { Full, withRoom } from "./room.ts";
import type { Session } from "./session.ts";

interface Person {
  id: string;
  wrapped: ArrayBuffer;
  iv: Uint8Array<ArrayBuffer>;
}

/** Whose phone is open. It stands by itself: to close it is to take it away, which takes no room. */
interface Open extends Opened {
  until: number;
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
const OPEN = "open";
// The session by which it was opened last, as a hash. Where nothing is open, it was locked, and that session opens it no more.
const SESSION = "session";
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

/**
 * Open what this person keeps here, by the secret that the server gave them; close what anybody else does.
 *
 * Null where it was locked since this session opened it: that takes another sign-in.
 */
export function unlock(session: Session): Promise<Opened | null> {
  // One at a time: two first keys at once, and what was sealed by one of them could never be opened again.
  return navigator.locks.request("ops-phone-keys", () => unlockAlone(session));
}

async function unlockAlone({ person: { id: person }, secret, hours, csrf_token }: Session): Promise<Opened | null> {
  const [wrapping, session] = await Promise.all([wrappingKey(secret), hashed(csrf_token)]);
  const [known, open, last] = await Promise.all([registry((db) => db.get("people", person)), readOpen(), registry((db) => db.get("settings", SESSION))]);
  if (!open && session === last) return null;
  const before = open?.person === person ? open.key : null;
  const found = known && ((await unwrap(known, wrapping)) ?? before);
  const [made, key] = known && found ? [known, found] : await newPerson(person, wrapping);
  const now: Open = { person, key, until: Date.now() + hours * HOUR_MS };
  try {
    await withRoom(() =>
      registry(async (db) => {
        const change = db.transaction(["people", "settings"], "readwrite");
        await change.objectStore("people").put(made);
        await change.objectStore("settings").put(now, OPEN);
        await change.objectStore("settings").put(session, SESSION);
        await change.done;
      }),
    );
  } catch (error) {
    // What is theirs stays open until it was to close; what is another's does not.
    if (error instanceof Full && before) return { person, key: before };
    await close();
    throw error;
  }
  mark(person);
  return { person, key };
}

const readOpen = () => registry((db) => db.get("settings", OPEN)) as Promise<Open | undefined>;

/** Give what is open on this phone; nothing once its time is over, whatever the network does. */
export async function opened(): Promise<Opened | null> {
  const open = await readOpen();
  if (!open) return null;
  if (open.until > Date.now()) return { person: open.person, key: open.key };
  // Nobody locked it.
  await registry((db) => db.delete("settings", SESSION));
  await close();
  return null;
}

/** Close what is kept here: from now on it takes the network and its person's next sign-in to read it. */
export async function lock(): Promise<void> {
  // Not between the first and the last step of who opens it.
  await navigator.locks.request("ops-phone-keys", close);
  const pages = new BroadcastChannel("ops-phone");
  pages.postMessage("locked");
  pages.close();
}

async function close(): Promise<void> {
  await registry((db) => db.delete("settings", OPEN));
  mark(null);
}

/** Note for the other pages whose phone is open; a worker, which no page can ask, need not. */
function mark(person: string | null): void {
  if (typeof localStorage === "undefined") return;
  if (person) localStorage.setItem("ops-phone", person);
  else localStorage.removeItem("ops-phone");
  localStorage.removeItem("ops-phone-doubted");
}

/** Tell whether somebody was about to sign in here since the server said last whose phone it is. */
export const isDoubted = () => localStorage.getItem("ops-phone-doubted") !== null;

/** Forget somebody's key for good. */
export async function forget(person: string): Promise<void> {
  await registry(async (db) => {
    const change = db.transaction(["people", "settings"], "readwrite");
    await change.objectStore("people").delete(person);
    await change.objectStore("settings").delete(OPEN);
    await change.done;
  });
}

export const wiped = {
  read: (person: string) => registry((db) => db.get("settings", `wiped ${person}`)) as Promise<Wiped | undefined>,
  write: (person: string, what: Wiped) => registry((db) => db.put("settings", what, `wiped ${person}`)),
  clear: (person: string) => registry((db) => db.delete("settings", `wiped ${person}`)),
};

async function newPerson(id: string, wrapping: CryptoKey): Promise<[Person, CryptoKey]> {
  const key = await crypto.subtle.generateKey(AES, true, ["encrypt", "decrypt"]);
  const iv = crypto.getRandomValues(new Uint8Array(12));
  const wrapped = await crypto.subtle.wrapKey("raw", key, wrapping, { name: "AES-GCM", iv });
  const person = { id, wrapped, iv };
  // What is kept open can be used, and not be read out, by whatever script runs here.
  return [person, (await unwrap(person, wrapping))!];
}

async function unwrap({ wrapped, iv }: Person, wrapping: CryptoKey): Promise<CryptoKey | null> {
  try {
    return await crypto.subtle.unwrapKey("raw", wrapped, wrapping, { name: "AES-GCM", iv }, AES, false, ["encrypt", "decrypt"]);
  } catch {
    return null; // The server has another secret by now.
  }
}

async function hashed(text: string): Promise<string> {
  return new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text))).join(" ");
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
