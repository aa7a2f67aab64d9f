// What a board says of what is new, and how long it waits before it asks again.

export interface Entry {
  kind: string;
  said: string;
}

// How the sorts of entries are counted together, for one and for several.
const SORTS: Record<string, readonly [string, string]> = {
  result_logged: ["new result", "new results"],
  result_corrected: ["result corrected", "results corrected"],
  result_confirmed: ["result confirmed", "results confirmed"],
  result_struck: ["result struck", "results struck"],
  deployment_status: ["deployment moved on", "deployments moved on"],
  checked_in: ["check-in", "check-ins"],
  conflict: ["deployment in conflict", "deployments in conflict"],
};
// Each of these is said in full, before the rest.
const URGENT = new Set(["assistance", "missed"]);
const OTHERS = ["other change", "other changes"] as const;

const EVERY_MS = 2_000;
const HIDDEN_MS = 30_000;
const LONGEST_MS = 60_000;

/** Sum entries up in one sentence: 3 new results, 1 check-in. */
export function summary(entries: readonly Entry[]): string {
  const urgent = entries.filter(({ kind }) => URGENT.has(kind));
  if (urgent.length > 0) {
    const rest = summary(entries.filter(({ kind }) => !URGENT.has(kind)));
    return [...urgent.map(({ said }) => said), ...(rest ? [rest] : [])].join(". ");
  }
  const counts = new Map<readonly [string, string], number>();
  for (const { kind } of entries) {
    const sort = SORTS[kind] ?? OTHERS;
    counts.set(sort, (counts.get(sort) ?? 0) + 1);
  }
  const [only] = entries;
  if (entries.length === 1 && only && !(only.kind in SORTS)) return only.said;
  return [...counts].map(([[one, several], count]) => `${count} ${count === 1 ? one : several}`).join(", ");
}

/** Say how long to wait: longer where nobody looks, and longer each time that nobody answers. */
export function delay({ failures, hidden, retryAfterS = 0 }: { failures: number; hidden: boolean; retryAfterS?: number }): number {
  const failing = failures > 0 ? Math.min(EVERY_MS * 2 ** failures, LONGEST_MS) : EVERY_MS;
  return Math.max(failing, hidden ? HIDDEN_MS : 0, retryAfterS * 1_000);
}

/** Write a time of day: 05:42:07. */
export function clock(moment: Date): string {
  return moment.toLocaleTimeString("en-GB", { timeZone: "Europe/London" });
}
