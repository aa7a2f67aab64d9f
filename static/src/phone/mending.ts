// What can be done about what was refused, beside throwing it away. No page, no network.
import type { Item } from "./outbox.ts";
import { clock } from "./plan.ts";
import { type Deployment, type Operation, steps } from "./shift.ts";

/** A way to send an item after all: what it is called, and what it changes of the item when it is taken. */
interface Way {
  text: string;
  changed(now: number): Partial<Pick<Item, "body" | "label">>;
}

/** Give the deployment that an item is about, as far as the shift knows it. */
export function placeOf({ path }: Item, operations: Operation[]): { operation: Operation; deployment: Deployment } | null {
  const all = operations.flatMap((operation) => operation.deployments.map((deployment) => ({ operation, deployment })));
  return all.find(({ deployment }) => path.includes(deployment.id)) ?? null;
}

/**
 * Give the ways to send what was refused.
 *
 * As it is always, for what was in its way may be gone. A deployment that went on meanwhile has other steps left: by
 * `status`, as it is by now, and by the `words` for each.
 */
export function ways(item: Item, status: string | null, words: Map<string, string>): Way[] {
  const again: Way = { text: "Send it again as it is", changed: () => ({}) };
  const anew = (text: string, label: string, more: Record<string, unknown> = {}): Way => ({
    text,
    changed: (now) => ({ label: `${label}, ${clock(now)}`, body: { ...item.body, ...more, at: new Date(now).toISOString() } }),
  });
  // Another time does not help where the deployment has a nil return already.
  if (item.sort === "nil_return") return item.refusal?.isTaken ? [again] : [again, anew("Send it with the time it is now", "Nothing to report")];
  if (item.sort !== "step" || status === null) return [again];
  const { next, others } = steps(status);
  const left = next ? [next, ...others] : [];
  return [again, ...left.map((to) => anew(`Say instead: ${words.get(to) ?? to}, now`, words.get(to) ?? to, { status: to }))];
}

/** Tell whether an item waits for another, or says something of it. */
export function names({ after, body }: Item, id: string): boolean {
  return after === id || JSON.stringify(body).includes(id);
}

/** Give an item with another id in each place where it has the first. */
export function renamed(item: Item, from: string, to: string): Item {
  return JSON.parse(JSON.stringify(item).replaceAll(from, to)) as Item;
}
