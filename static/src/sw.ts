// Keeps the phone's page for when there is no network, and sends what waits when the browser finds one again.
// The cache holds what everybody gets: the page, its scripts and its styles, and nothing of anybody.
import { sendAll } from "./phone/sender.ts";
import { PersonStore } from "./phone/store.ts";
import { opened } from "./phone/vault.ts";

declare const self: Worker & { EDITION: string };
/** The built files that the page needs, and a mark of them all; the build writes both. */
declare const FILES: string[];
declare const BUILD: string;

const PREFIX = "ops-phone ";
// Another page or another file makes another cache.
const NAME = `${PREFIX}${self.EDITION} ${BUILD}`;
const PAGE = "/phone";

self.addEventListener("install", (event) => {
  event.waitUntil(
    caches.open(NAME).then((cache) => cache.addAll([PAGE, "/phone.webmanifest", ...FILES].map((path) => new Request(path, { cache: "no-cache" })))),
  );
});

self.addEventListener("activate", (event) => {
  event.waitUntil(
    caches
      .keys()
      .then((names) => Promise.all(names.filter((name) => name.startsWith(PREFIX) && name !== NAME).map((name) => caches.delete(name))))
      .then(() => self.clients.claim()),
  );
});

self.addEventListener("fetch", (event) => {
  const { pathname, origin } = new URL(event.request.url);
  if (event.request.method !== "GET" || origin !== self.location.origin) return;
  const kept = event.request.mode === "navigate" ? pathname === PAGE && PAGE : FILES.includes(pathname) && pathname;
  if (!kept) return;
  event.respondWith(
    caches
      .open(NAME)
      .then((cache) => cache.match(kept))
      // A browser short of room may have thrown it away.
      .then((found) => found ?? fetch(event.request)),
  );
});

// The page asks, once nothing is being typed.
self.addEventListener("message", (event) => {
  if (event.data === "take over") void self.skipWaiting();
});

self.addEventListener("sync", (event) => {
  event.waitUntil(
    (async () => {
      const who = await opened();
      if (!who) return;
      const store = new PersonStore(who);
      const first = await sendAll(store);
      // What could still be taken back goes some seconds later, also when its page is closed by then.
      if (first.heldUntil) await new Promise((done) => setTimeout(done, first.heldUntil! - Date.now()));
      const { stopped } = first.heldUntil ? await sendAll(store) : first;
      new BroadcastChannel("ops-phone").postMessage("changed");
      // So the browser tries again.
      if (stopped === "later") throw new Error("Not all is sent.");
    })(),
  );
});

// As much of a worker's world as is used here; a page's world and a worker's can't be described together.
interface Worker {
  addEventListener<N extends keyof Events>(name: N, act: (event: Events[N]) => void): void;
  clients: { claim(): Promise<void> };
  location: Location;
  skipWaiting(): Promise<void>;
}
interface Waiting extends Event {
  waitUntil(done: Promise<unknown>): void;
}
interface Fetching extends Event {
  request: Request;
  respondWith(reply: Promise<Response>): void;
}
interface Events {
  install: Waiting;
  activate: Waiting;
  sync: Waiting;
  fetch: Fetching;
  message: MessageEvent;
}
