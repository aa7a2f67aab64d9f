// When the next check-in is due, and whether the control board knows: pure.
import type { Item } from "./outbox.ts";

export interface Timer {
  minutes: number;
  since: number;
  /** On which deployment, and the id under which the server has it. */
  deployment?: string;
  id?: string;
  /** The server confirmed it. */
  isKnown?: boolean;
  /** The check-in that moved it, until the server has that, and from when it ran before. */
  moved?: { id: string; before: number };
}

/** Give the timer as far as the server and the outbox bear it out: a check-in that was taken back or refused moved nothing. */
export function learned(timer: Timer, items: Pick<Item, "id" | "state">[], sent: { id: string }[]): Timer {
  const isSent = (id?: string) => sent.some((each) => each.id === id);
  const { moved, ...rest } = { ...timer, ...(isSent(timer.id) && { isKnown: true }) };
  if (!moved || isSent(moved.id)) return rest;
  const kept = items.find(({ id }) => id === moved.id);
  return kept && kept.state !== "refused" ? { ...rest, moved } : { ...rest, since: moved.before };
}

/** Give the moment of the next check-in; none, where nobody wants to be reminded. */
export function whenDue({ minutes, since }: Timer): number | null {
  return minutes ? since + minutes * 60_000 : null;
}

/** Say whether the control board knows of the timer as this phone does. */
export function boardText({ minutes, id, isKnown }: Timer, items: Pick<Item, "id" | "sort" | "state" | "refusal">[]): string {
  const waiting = items.find((item) => item.id === id);
  if (waiting?.state === "refused") return `The control board refused it, so only this phone knows: ${waiting.refusal?.sentence ?? ""}`;
  if (waiting) return minutes ? "Only this phone knows until there is a signal." : "The control board does not know yet that you stood down: until there is a signal you may look overdue.";
  if (!isKnown) return minutes ? "Only this phone knows. Set it again to tell the control board." : "";
  if (!minutes) return "The control board knows that you stood down.";
  if (items.some(({ sort, state }) => sort === "check_in" && state !== "refused")) return "The control board knows of the timer, but not of your last check-in until there is a signal.";
  return "The control board knows.";
}
