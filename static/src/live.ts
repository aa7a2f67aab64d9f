// A board that follows its operation: it asks the feed what is new, and has the server write the parts anew.
import { clock, delay, type Entry, summary } from "./live/words.ts";

interface Feed {
  entries: Entry[];
  conflicts: { reference: string; said: string }[];
  missed: { person: string; since: string; said: string }[];
  cursor: string;
  more: boolean;
}

// A screen reader is told of what is new at most so often, and of all of it together.
const SAY_EVERY_MS = 5_000;
const PATIENCE_MS = 15_000;
// What no further try changes: signed out, not allowed, not there.
const OVER: Record<number, string> = {
  401: "You are signed out. Sign in again to go on.",
  403: "This operation is no longer open to you.",
  404: "This operation is no longer open to you.",
};

function follow(root: HTMLElement): void {
  const part = (name: string) => root.querySelector<HTMLElement>(`[data-part=${name}]`)!;
  let after = root.dataset["after"] ?? "";
  let tag = "";
  let failures = 0;
  let lastContact = new Date();
  let timer = 0;
  let isAsking = false;
  let isOver = false;
  let unsaid: Entry[] = [];
  // Those that the page was written with are not news.
  let known: ReadonlySet<string> | null = null;
  let sayTimer = 0;

  const set = (name: string, text: string) => {
    const place = part(name);
    if (place.textContent !== text) place.textContent = text;
  };

  function say(entries: Entry[]): void {
    unsaid.push(...entries);
    if (sayTimer || unsaid.length === 0) return;
    set("said", summary(unsaid));
    unsaid = [];
    sayTimer = window.setTimeout(() => {
      sayTimer = 0;
      say([]);
    }, SAY_EVERY_MS);
  }

  function news({ conflicts, missed }: Feed): Entry[] {
    const before = known;
    const now = [
      ...missed.map(({ person, since, said }) => ({ key: `${person} ${since}`, kind: "missed", said })),
      ...conflicts.map(({ reference, said }) => ({ key: reference, kind: "conflict", said })),
    ];
    known = new Set(now.map(({ key }) => key));
    return now.filter(({ key }) => before && !before.has(key));
  }

  function reached(): void {
    failures = 0;
    lastContact = new Date();
    set("contact", `Up to date at ${clock(lastContact)}`);
    set("lost", "");
  }

  function lost(): void {
    failures += 1;
    // One that is missed may be chance.
    if (failures > 1) set("lost", `No contact since ${clock(lastContact)}. Trying again.`);
  }

  async function ask(): Promise<number> {
    const query = new URLSearchParams(after ? { after } : {});
    const reply = await fetch(`${root.dataset["feed"]}?${query}`, {
      cache: "no-store",
      headers: tag ? { "If-None-Match": tag } : {},
      signal: AbortSignal.timeout(PATIENCE_MS),
    });
    const sentence = OVER[reply.status];
    if (sentence) {
      isOver = true;
      set("lost", sentence);
      return 0;
    }
    if (reply.status === 304) {
      reached();
      return 0;
    }
    if (reply.status === 422) {
      // The server begins anew, as after a restore.
      after = tag = "";
      return 0;
    }
    if (!reply.ok) {
      lost();
      return Number(reply.headers.get("Retry-After") ?? 0);
    }
    const feed = (await reply.json()) as Feed;
    // Only once the parts show it is it read.
    await refresh(root);
    after = feed.cursor;
    tag = reply.headers.get("ETag") ?? "";
    say([...feed.entries, ...news(feed)]);
    reached();
    return 0;
  }

  /** Ask, one request at a time, and again after a while. */
  async function turn(): Promise<void> {
    if (isAsking || isOver) return;
    isAsking = true;
    window.clearTimeout(timer);
    let retryAfterS = 0;
    try {
      retryAfterS = await ask();
    } catch {
      lost();
    } finally {
      isAsking = false;
    }
    timer = window.setTimeout(() => void turn(), delay({ failures, hidden: document.hidden, retryAfterS }));
  }

  document.addEventListener("visibilitychange", () => {
    if (!document.hidden) void turn();
  });
  set("contact", `Up to date at ${clock(lastContact)}`);
  void turn();
}

/** Put in the parts that have changed, as the server writes them; what has the focus keeps it. */
async function refresh(root: HTMLElement): Promise<void> {
  const reply = await fetch(location.href, { cache: "no-store", signal: AbortSignal.timeout(PATIENCE_MS) });
  if (!reply.ok || reply.redirected) throw new Error(String(reply.status));
  const page = new DOMParser().parseFromString(await reply.text(), "text/html");
  for (const old of root.querySelectorAll<HTMLElement>("[data-live]")) {
    const fresh = page.getElementById(old.id);
    if (!fresh || fresh.innerHTML === old.innerHTML) continue;
    const focused = old.contains(document.activeElement) ? (document.activeElement as HTMLElement) : null;
    const href = focused?.getAttribute("href");
    old.replaceChildren(...fresh.childNodes);
    if (href) {
      const again = [...old.querySelectorAll<HTMLElement>("a[href]")].find((each) => each.getAttribute("href") === href);
      again?.focus({ preventScroll: true });
    }
  }
}

const root = document.querySelector<HTMLElement>("[data-module=live]");
if (root) follow(root);
