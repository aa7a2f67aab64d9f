// Who is signed in here, asked anew before anything is sent: what waits may be older than any session.

export interface Session {
  person: { id: string; name: string };
  csrf_token: string;
  /** Opens what this person keeps on a phone. */
  secret: string;
  /** For how long it stays open without another word from the server. */
  hours: number;
}

/** Nobody is signed in; `wipe` names who was signed out from elsewhere. */
export interface SignedOut {
  wipe: string | null;
}

const PATIENCE_MS = 10_000;

/** Ask who is signed in; the network may fail, and then it throws. */
export async function askSession(): Promise<Session | SignedOut> {
  // Without a session, a page leads to sign-in: that is not followed.
  const reply = await fetch("/phone/session", { ...ALWAYS, redirect: "manual" });
  if (reply.ok) return ours<Session>(reply);
  if (reply.type !== "opaqueredirect" && reply.status !== 401) throw new Error(String(reply.status));
  const ended = await fetch("/phone/signed-out", ALWAYS);
  return ended.ok ? ours<SignedOut>(ended) : { wipe: null };
}

/** End a session here; the network may fail, and then it throws. */
export async function endSession({ csrf_token }: Session): Promise<void> {
  // It leads to the page to sign in: that is not followed.
  const reply = await fetch("/sign-out", { ...ALWAYS, method: "POST", redirect: "manual", headers: { "X-CSRF-Token": csrf_token } });
  if (!reply.ok && reply.type !== "opaqueredirect") throw new Error(String(reply.status));
}

const ALWAYS = {
  cache: "no-store",
  headers: { Accept: "application/json" },
  get signal() {
    return AbortSignal.timeout(PATIENCE_MS);
  },
} as const;

/** Read a reply that is surely ours: a hotel's sign-in page answers everything with 200. */
async function ours<T>(reply: Response): Promise<T> {
  if (!reply.headers.get("Content-Type")?.startsWith("application/json")) throw new Error("Not our server");
  return (await reply.json()) as T;
}
