// When the next check-in is due: pure.

/** Give the moment of the next check-in; none, where nobody wants to be reminded. */
export function whenDue({ minutes, since }: { minutes: number; since: number }): number | null {
  return minutes ? since + minutes * 60_000 : null;
}
