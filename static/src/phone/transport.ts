// Sends items to the server, and reads what it says of each.
import { type Changes, says, type Told, told } from "./correction.ts";
import { type Begin, type Item, judge, type Judged, type Problem, refusal, type Reply } from "./outbox.ts";
import { askSession, type Session } from "./session.ts";

// A server that is slow to answer two hundred results is not down.
const PATIENCE_MS = 60_000;
const JSON_TYPE = "application/json";
const BATCH = "/api/v1/results/batch";
const STAMPED = new Set<Item["sort"]>(["step", "check_in", "nil_return", "assistance", "welfare"]);
const SOON = new Set([408, 425, 429]);
const TAKEN = "/problems/conflict";

// Two who correct one record at once: one of them reads it anew.
const MOST_READINGS = 3;
const STALE =
  "This record was changed meanwhile, by somebody else or on another device, and does not say what you correct it to. Look at what it says now, and save again.";
const HIDDEN =
  "This record is not there for you any more: it is gone, or you do not belong to its operation now. Tell the operation’s lead what is wrong with it.";

type Photos = (id: string) => Promise<ArrayBuffer | null>;

/** Make what sends in the name of one person, and of nobody else. */
export function sendAs(person: string, photos: Photos): Begin {
  return async () => {
    const session = await askSession();
    if (!("person" in session) || session.person.id !== person) return "sign_in";
    return async (items) => {
      const first = items[0]!;
      if (first.sort === "result") return sendTogether(items, session);
      return first.sort === "correction" ? correct(first, session) : sendAlone(first, session, photos);
    };
  };
}

async function sendTogether(items: Item[], session: Session): Promise<Reply> {
  const reply = await post(BATCH, JSON.stringify({ items: items.map(({ body }) => body), sent_at: new Date().toISOString() }), session);
  if (reply.status === 207) {
    const { items: outcomes } = await reply.json();
    return { said: "judged", of: judge(outcomes) };
  }
  // One item alone that makes its batch unreadable or too large is at fault itself.
  if (items.length === 1 && isFinal(reply.status)) return one(items[0]!, await refused(reply, items[0]!));
  return other(reply);
}

async function sendAlone(item: Item, session: Session, photos: Photos): Promise<Reply> {
  const photo = item.sort === "photo" ? await photos(item.id) : null;
  // What was stamped by a clock that is wrong is put right by what the clock says now.
  const sentAt = STAMPED.has(item.sort) ? { sent_at: new Date().toISOString() } : {};
  const reply = await post(item.path, photo ?? JSON.stringify({ ...item.body, ...sentAt }), session, photo ? "image/jpeg" : JSON_TYPE);
  if (reply.ok && isOurs(reply)) return one(item, { isThere: true });
  return unlucky(item, reply, session);
}

/**
 * Send a correction upon the version that the officer saw, and upon no other.
 *
 * Read first: what it says already, after a reply that was lost or from another device, is not written again.
 */
async function correct(item: Item, session: Session): Promise<Reply> {
  for (let reading = 0; reading < MOST_READINGS; reading += 1) {
    const there = await ask(item.path, session, { method: "GET" });
    if (there.status === 404) return one(item, { isThere: false, refusal: refusal({ detail: HIDDEN }) });
    if (!there.ok || !isOurs(there)) return unlucky(item, there, session);
    const now = told((await there.json()) as Told);
    const { reason, ...changes } = item.body as Changes & { reason: string };
    if (says(now, changes)) return one(item, { isThere: true, record: now });
    // What was struck is refused with the server's own words.
    if (now.version !== item.corrects!.version && now.status !== "struck") {
      return one(item, { isThere: false, refusal: { ...refusal({ detail: STALE }), now } });
    }
    const headers = { "Content-Type": JSON_TYPE, "If-Match": there.headers.get("ETag") ?? "" };
    const reply = await ask(item.path, session, { method: "PATCH", headers, body: JSON.stringify({ ...changes, reason }) });
    if (reply.ok && isOurs(reply)) return one(item, { isThere: true, record: told((await reply.json()) as Told) });
    if (reply.status !== 412) return unlucky(item, reply, session);
  }
  return { said: "later" };
}

const one = (item: Item, judged: Judged): Reply => ({ said: "judged", of: new Map([[item.id, judged]]) });

/** Read a reply that did not do what was asked. */
async function unlucky(item: Item, reply: Response, session: Session): Promise<Reply> {
  // A token that is out of date is refused in the same way as what nobody may do: see which it was.
  if (reply.status === 403) {
    const again = await askSession();
    if (!("csrf_token" in again) || again.csrf_token !== session.csrf_token) return { said: "later" };
    return one(item, await refused(reply, item));
  }
  return isFinal(reply.status) ? one(item, await refused(reply, item)) : other(reply);
}

const post = (path: string, body: BodyInit, session: Session, type = JSON_TYPE) =>
  ask(path, session, { method: "POST", headers: { "Content-Type": type }, body });

function ask(path: string, session: Session, what: { method: string; headers?: Record<string, string>; body?: BodyInit }): Promise<Response> {
  return fetch(path, {
    ...what,
    headers: { ...what.headers, Accept: JSON_TYPE, "X-CSRF-Token": session.csrf_token },
    cache: "no-store",
    redirect: "error",
    signal: AbortSignal.timeout(PATIENCE_MS),
  });
}

const isOurs = (reply: Response) => (reply.headers.get("Content-Type") ?? "").startsWith(JSON_TYPE);
/** Tell whether trying again would change nothing. */
const isFinal = (status: number) => status >= 400 && status < 500 && status !== 401 && status !== 403 && !SOON.has(status);

async function refused(reply: Response, { sort }: Item): Promise<Judged> {
  const problem = (await reply.json().catch(() => ({}))) as Problem;
  // What the state of things does not allow is a 409 too, and says nothing of the id.
  return { isThere: false, refusal: refusal(problem, problem.type === TAKEN && sort !== "correction") };
}

function other(reply: Response): Reply {
  if (reply.status === 401) return { said: "sign_in" };
  const afterS = Number(reply.headers.get("Retry-After"));
  return { said: "later", ...(afterS > 0 ? { afterS } : {}) };
}
