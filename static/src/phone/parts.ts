// The parts of the page that come after its first view; the worker keeps them too.

/** A part did not come, by a mistake of the network. */
export class Away extends Error {}

export const AWAY = "This part has not arrived on this phone yet. Stay in reach of a signal for a moment, then try again.";

export const later = () => import("./later.ts").catch(away);
export const maps = () => import("./map-view.ts").catch(away);

function away(cause: unknown): never {
  throw cause instanceof TypeError ? new Away("", { cause }) : cause;
}
