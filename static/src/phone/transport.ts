// Sends items to the server, and reads what it says of each.
import { type Item, judge, type Judged, refusal, type Reply, type Send } from "./outbox.ts";
import { askSession, type Session } from "./session.ts";

// A server that is slow to answer two hundred results is not down.
const PATIENCE_MS = 60_000;
const JSON_TYPE = "application/json";
const BATCH = "/api/v1/results/batch";
const STAMPED = new Set<Item["sort"]>(["step", "check_in", "nil_return", "assistance", "welfare"]);
const SOON = new Set([408, 425, 429]);

type Photos = (id: string) => Promise<ArrayBuffer | null>;

/** Make what sends in the name of one person, and of nobody else. */
export function sendAs(person: string, photos: Photos): Send {
  return async (items) => {
    const session = await askSession();
    if (!("person" in session) || session.person.id !== person) return { said: "sign_in" };
    const first = items[0]!;
    return first.sort === "result" ? sendTogether(items, session) : sendAlone(first, session, photos);
  };
}

async function sendTogether(items: Item[], session: Session): Promise<Reply> {
  const reply = await post(BATCH, JSON.stringify({ items: items.map(({ body }) => body), sent_at: new Date().toISOString() }), session);
  if (reply.status === 207) {
    const { items: outcomes } = await reply.json();
    return { said: "judged", of: judge(outcomes) };
  }
  // One item alone that makes its batch unreadable or too large is at fault itself.
  if (items.length === 1 && isFinal(reply.status)) return { said: "judged", of: new Map([[items[0]!.id, await refused(reply)]]) };
  return other(reply);
}

async function sendAlone(item: Item, session: Session, photos: Photos): Promise<Reply> {
  const photo = item.sort === "photo" ? await photos(item.id) : null;
  // What was stamped by a clock that is wrong is put right by what the clock says now.
  const sentAt = STAMPED.has(item.sort) ? { sent_at: new Date().toISOString() } : {};
  const reply = await post(item.path, photo ?? JSON.stringify({ ...item.body, ...sentAt }), session, photo ? "image/jpeg" : JSON_TYPE);
  if (reply.ok && isOurs(reply)) return { said: "judged", of: new Map([[item.id, { isThere: true }]]) };
  // A token that is out of date is refused in the same way as what nobody may do: see which it was.
  if (reply.status === 403) {
    const again = await askSession();
    if (!("csrf_token" in again) || again.csrf_token !== session.csrf_token) return { said: "later" };
    return { said: "judged", of: new Map([[item.id, await refused(reply)]]) };
  }
  if (isFinal(reply.status)) return { said: "judged", of: new Map([[item.id, await refused(reply)]]) };
  return other(reply);
}

function post(path: string, body: BodyInit, session: Session, type = JSON_TYPE): Promise<Response> {
  return fetch(path, {
    method: "POST",
    headers: { "Content-Type": type, Accept: JSON_TYPE, "X-CSRF-Token": session.csrf_token },
    body,
    cache: "no-store",
    redirect: "error",
    signal: AbortSignal.timeout(PATIENCE_MS),
  });
}

const isOurs = (reply: Response) => reply.status === 204 || (reply.headers.get("Content-Type") ?? "").startsWith(JSON_TYPE);
/** Tell whether trying again would change nothing. */
const isFinal = (status: number) => status >= 400 && status < 500 && status !== 401 && status !== 403 && !SOON.has(status);

async function refused(reply: Response): Promise<Judged> {
  return { isThere: false, refusal: refusal(await reply.json().catch(() => ({})), reply.status === 409) };
}

function other(reply: Response): Reply {
  if (reply.status === 401) return { said: "sign_in" };
  const afterS = Number(reply.headers.get("Retry-After"));
  return { said: "later", ...(afterS > 0 ? { afterS } : {}) };
}
