// Unsaved work outlives a reload, a lost network and an expired session, in this tab alone and for one person
// alone. Saving or discarding it ends it; so does signing out (app.ts), or somebody else's signing in.
import type { ByArea, Fields, Saved, Shapes } from "./work.ts";

export interface Kept {
  shapes: Shapes;
  fields: ByArea<Fields>;
  saved: ByArea<Saved>;
}

export const PREFIX = "drawing:";

const key = (person: string, operation: string) => `${PREFIX}${person}:${operation}`;

/** Keep the work as it stands; say whether the browser could. */
export function keep(person: string, operation: string, work: Kept): boolean {
  try {
    sessionStorage.setItem(key(person, operation), JSON.stringify(work));
    return true;
  } catch {
    return false; // Full, or switched off.
  }
}

export function kept(person: string, operation: string): Kept | null {
  try {
    return JSON.parse(sessionStorage.getItem(key(person, operation)) ?? "null") as Kept | null;
  } catch {
    return null;
  }
}

export function forget(person: string, operation: string): void {
  sessionStorage.removeItem(key(person, operation));
}

/** Clear what was kept; with a person, only what is not theirs. */
export function clear(but?: string): void {
  for (const name of Object.keys(sessionStorage)) {
    if (name.startsWith(PREFIX) && !(but && name.startsWith(`${PREFIX}${but}:`))) sessionStorage.removeItem(name);
  }
}
