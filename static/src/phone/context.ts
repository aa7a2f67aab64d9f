// What the shift says already of what is logged: it is filled in, to be seen and changed. No page here.
import type { Typed } from "./filled.ts";
import type { Code, Field, On } from "./shift.ts";

/** Say what a record is logged for: deployment, operation, teams, place. */
export function contextText({ operation, deployment }: On): string {
  return [deployment?.name, operation.name, deployment?.teams.join(", "), deployment?.place].filter(Boolean).join(" · ");
}

/** Fill in the fields of a kind, as far as the deployment tells them. */
export function filledIn(fields: Field[], { deployment }: On, lists: Record<string, Code[]>): Typed {
  const start: Typed = new Map();
  if (!deployment) return start;
  const { kind, power, site, place, position } = deployment;
  // An area is too wide to be an address.
  const spot = position ? place : null;
  const said: Record<string, string | null> = {
    power,
    site,
    establishment: kind === "prison_search" ? place : null,
    address: spot,
    venue: site ? null : spot,
    place,
  };
  for (const { name, list } of fields) {
    const value = said[name];
    const isKnown = !list || lists[list]?.some(({ code }) => code === value);
    if (value && isKnown) start.set(name, [value]);
  }
  // Of every kind, in words.
  if (place) start.set(".address", [place]);
  return start;
}
