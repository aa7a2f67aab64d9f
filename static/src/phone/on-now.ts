// What the officer is on: as they chose, else by time, then by place. No page, no clock, no device.
import type { Fix } from "../log/fix.ts";
import type { Bundle, Deployment, On, Operation } from "./shift.ts";
import { metresFrom } from "./where.ts";

/** What was chosen by hand, and when. */
export interface Chosen {
  id: string;
  at: number;
}

/** What the officer is on, and in a few words why it is thought so. */
export interface Now extends On {
  why: string;
}

const HOUR_MS = 3_600_000;
// Who arrives early or stays late is still on it.
const EITHER_SIDE_MS = 2 * HOUR_MS;
// What was chosen for one shift is not meant for the next.
const SHIFT_MS = 12 * HOUR_MS;
const LONGEST_SHIFT_MS = 24 * HOUR_MS;
// So much nearer in time is what somebody else is sent to, before it is taken for one's own.
const OTHERS_MS = 24 * HOUR_MS;

// What is known no better is no place to be sure of.
const ROUGH_M = 100;

// A fix wanders farther than its accuracy now and then: what one is on does not go with it.
const STAYS = 2;

const idOf = ({ operation, deployment }: On) => (deployment ?? operation).id;

function all({ operations }: Bundle): On[] {
  return operations.flatMap((operation) => [
    ...operation.deployments.map((deployment) => ({ operation, deployment })),
    { operation, deployment: null },
  ]);
}

/** Find an operation or a deployment by its id, as it is by now. */
export function found(bundle: Bundle, id: string): On | null {
  return all(bundle).find((each) => idOf(each) === id) ?? null;
}

/**
 * Choose what the officer is on: what they chose, else their own of this time, the nearest of several, else the next.
 *
 * Of what is much the same it is `last`, the id of what they were on.
 */
export function onNow(bundle: Bundle, chosen: Chosen | null, now: number, fix: Fix | null, last: string | null = null): Now | null {
  const hand = chosen && found(bundle, chosen.id);
  if (hand && hand.deployment?.status !== "cancelled" && now < standsUntil(chosen.at, hand.deployment)) return { ...hand, why: "You chose this." };
  const ranked = all(bundle).map((on) => ({ on, rank: rank(on, now, fix, idOf(on) === last) }));
  const first = ranked.toSorted((one, other) => compare(one.rank, other.rank))[0]?.on;
  return first ? { ...first, why: whyText(first, now, fix) } : null;
}

/** Say until when a choice stands: until what was chosen is over, or as long as a shift. */
function standsUntil(at: number, deployment: Deployment | null): number {
  const over = deployment ? Date.parse(deployment.ends_at) + EITHER_SIDE_MS : 0;
  return at < over ? Math.min(over, at + LONGEST_SHIFT_MS) : at + SHIFT_MS;
}

/** Rank by time first, early and late included; place tells apart what runs at once. The least is what one is on. */
function rank({ operation, deployment }: On, now: number, fix: Fix | null, isLast: boolean): number[] {
  if (!deployment || deployment.status === "cancelled") return [Infinity, deployment ? 1 : 0];
  const off = millisecondsOff(deployment, now);
  const away = Math.max(off - EITHER_SIDE_MS, 0);
  const metres = away === 0 && fix ? metresAway(operation, deployment, fix) : null;
  // Who has finished goes on to what comes soon; until then they still log for it.
  const order = deployment.status === "finished" ? 2 : off === 0 ? 0 : 1;
  const isStillThere = isLast && metres !== null && metres <= STAYS * fix!.accuracyM;
  return [away + (deployment.mine ? 0 : OTHERS_MS), order, isStillThere ? 0 : (metres ?? Infinity), off, isLast ? 0 : 1];
}

function compare(one: number[], other: number[]): number {
  const index = one.findIndex((part, at) => part !== other[at]);
  return index === -1 ? 0 : one[index]! - other[index]!;
}

/** Give how long a deployment is still to come, or over. */
function millisecondsOff({ starts_at, ends_at }: Deployment, now: number): number {
  return Math.max(Date.parse(starts_at) - now, now - Date.parse(ends_at), 0);
}

/** Give how far away a deployment is beyond what the fix can't tell; none where its place is not known. */
function metresAway({ areas }: Operation, { position, area }: Deployment, fix: Fix): number | null {
  const place = position ?? areas.find(({ id }) => id === area)?.geometry;
  if (!place) return null;
  const metres = metresFrom(place, fix);
  return metres <= fix.accuracyM ? 0 : metres;
}

function whyText({ operation, deployment }: On, now: number, fix: Fix | null): string {
  if (!deployment) return "";
  const off = millisecondsOff(deployment, now);
  const isToCome = now < Date.parse(deployment.starts_at);
  const time = off === 0 ? "Now" : isToCome ? (off <= EITHER_SIDE_MS ? "Soon" : "Next") : off <= EITHER_SIDE_MS ? "Just over" : "Over";
  const metres = fix && off <= EITHER_SIDE_MS ? metresAway(operation, deployment, fix) : null;
  const place = metres === null ? "" : metres > 0 ? `, ${distanceText(metres)} from here` : `, ${fix!.accuracyM > ROUGH_M ? "about " : ""}where you are`;
  return `${time}${place}${deployment.mine ? "" : "; not yours"}.`;
}

function distanceText(metres: number): string {
  return metres < 995 ? `${Math.max(10, Math.round(metres / 10) * 10)} m` : `${(metres / 1_000).toFixed(1)} km`;
}
