// Corrections of what was sent: only what changed travels, with a reason, upon the version that was seen. No page, no network.
import { same } from "./same.ts";
import type { Code, Field } from "./shift.ts";

/** A record as the server told it. */
export interface Told {
  id: string;
  version: number;
  operation: string;
  kind: string;
  status: string;
  occurred_at: string;
  position: unknown;
  accuracy_m: string | number | null;
  deployment: string | null;
  note: string | null;
  detail: Record<string, unknown>;
  /** It came after the operation's end, or once it was closed. */
  late: boolean;
  remarks: string[];
}

const OF_ALL_KINDS = ["occurred_at", "position", "accuracy_m", "note"] as const;

export type Changes = Partial<Pick<Told, (typeof OF_ALL_KINDS)[number] | "detail">>;

/** Keep of a reply what a correction needs, and nothing of anybody else. */
export function told({ id, version, operation, kind, status, occurred_at, position, accuracy_m, deployment, note, detail, late, remarks }: Told): Told {
  return { id, version, operation, kind, status, occurred_at, position, accuracy_m, deployment, note, detail, late, remarks };
}

/**
 * Give what differs between a record and what was typed, or nothing; what was taken back is null.
 *
 * `untouched` is the detail as the form gives it with nothing typed: a form shows times to the minute, and not every
 * code, so what it would change by itself is no change.
 */
export function changes(record: Told, untouched: Record<string, unknown>, after: Required<Changes>): Changes | null {
  const detail: Record<string, unknown> = {};
  for (const name of new Set([...Object.keys(untouched), ...Object.keys(after.detail)])) {
    if (same(untouched[name], after.detail[name])) continue;
    detail[name] = whole(record.detail[name], untouched[name], after.detail[name]) ?? null;
  }
  const found = Object.fromEntries(OF_ALL_KINDS.filter((name) => !same(record[name], after[name])).map((name) => [name, after[name]]));
  if (Object.keys(detail).length) found["detail"] = detail;
  return Object.keys(found).length ? found : null;
}

type Row = Record<string, unknown>;
const isRows = (value: unknown): value is Row[] => Array.isArray(value) && value.every((each) => typeof each === "object" && each !== null);

/** Give a list of rows its columns back that the form does not ask, or shows less exactly. */
function whole(record: unknown, untouched: unknown, after: unknown): unknown {
  if (!isRows(record) || !isRows(untouched) || !isRows(after) || record.length !== untouched.length) return after;
  return after.map((row, number) => {
    // A row that was taken out moves those behind it.
    const found = after.length >= record.length ? number : untouched.findIndex((each) => same(each, row));
    const [known, shown] = [record[found], untouched[found]];
    if (!known || !shown) return row;
    const unasked = Object.entries(known).filter(([name, value]) => !(name in shown) && value !== null);
    const kept = Object.entries(row).map(([name, value]) => [name, same(shown[name], value) ? known[name] : value]);
    return Object.fromEntries([...unasked, ...kept]);
  });
}

/** Lay changes over a record. */
export function over(record: Told, { detail, ...changed }: Changes): Told {
  const laid = Object.entries({ ...record.detail, ...detail }).filter(([, value]) => value !== null);
  return { ...record, ...changed, detail: Object.fromEntries(laid) };
}

/** Tell whether a record says already what a correction would have it say. */
export function says(record: Told, { detail, ...changed }: Changes): boolean {
  const isSaid = (of: object, wanted: object) => Object.entries(wanted).every(([name, value]) => same((of as Row)[name], value));
  return isSaid(record, changed) && isSaid(record.detail, detail ?? {});
}

/** Say what was changed in a record meanwhile, a line for each part of it. */
export function meanwhile(before: Told, now: Told, fields: Field[], lists: Record<string, Code[]>): string[] {
  const text = (value: unknown, list = ""): string => {
    if (value === undefined || value === null || value === "") return "nothing";
    if (isRows(value)) return "another list";
    if (Array.isArray(value)) return value.map((each) => text(each, list)).join(", ");
    if (typeof value === "boolean") return value ? "yes" : "no";
    return lists[list]?.find(({ code }) => code === value)?.label ?? String(value);
  };
  const lines = fields
    .filter(({ name }) => !same(before.detail[name], now.detail[name]))
    .map(({ name, label, list }) => `${label}: it says ${text(now.detail[name], list)}, where it said ${text(before.detail[name], list)}.`);
  if (!same(before.occurred_at, now.occurred_at)) lines.push("When it was is another time.");
  if (!same(before.position, now.position)) lines.push("Where it was is another place.");
  if (!same(before.note, now.note)) lines.push(`Note: it says ${text(now.note)}.`);
  if (before.status !== now.status) lines.push(now.status === "confirmed" ? "It was confirmed; a correction may take that back." : `It is ${now.status} now.`);
  return lines;
}
