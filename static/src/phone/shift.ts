// What the phone knows of its shift: the bundle as the server gives it, and what of it matters now.
import type { MultiPolygon, Point, Polygon } from "geojson";

export interface Field {
  name: string;
  label: string;
  type: "code" | "codes" | "rows" | "texts" | "moment" | "day" | "number" | "record" | "outline" | "paragraph" | "text";
  required: boolean;
  hint?: string;
  only?: { field: string; codes: string[] };
  list?: string;
  of?: string;
  columns?: Field[];
  unit?: string;
  matters?: boolean;
  /** Asked of a new record alone, or of one that is corrected. */
  when?: "log" | "correction";
}

export interface Code {
  code: string;
  label: string;
}

export interface Forms {
  kinds: Record<string, { label: string; fields: Field[] }>;
  code_lists: Record<string, Code[]>;
}

export interface Area {
  id: string;
  name: string;
  purpose: string;
  geometry: Polygon | MultiPolygon;
}

export interface Deployment {
  id: string;
  kind: string;
  name: string;
  starts_at: string;
  ends_at: string;
  status: string;
  teams: string[];
  power: string | null;
  note: string | null;
  mine: boolean;
  place: string;
  position: Point | null;
  /** Where it has no position of its own. */
  area: string | null;
  site: string | null;
}

export interface Site {
  id: string;
  name: string;
}

export interface Briefing {
  id: string;
  version: number;
  marking: string;
  issued_at: string;
  read_at: string | null;
  /** Texts by the name of their section. */
  sections: Record<string, string>;
}

export interface Operation {
  id: string;
  name: string;
  kind: string;
  reference: string;
  marking: string;
  status: string;
  starts_at: string;
  ends_at: string | null;
  expects: string[];
  areas: Area[];
  deployments: Deployment[];
  sites: Site[];
  briefing?: Briefing | null;
}

export interface Bundle extends Forms {
  person: { id: string };
  as_at: string;
  /** Ask for changes with it. */
  after: string;
  operations: Operation[];
  /** The edition of the forms and code lists. */
  forms: string;
}

/** What changed: of an operation that is not whole, the parts that did. */
export interface Changes {
  person: { id: string };
  as_at: string;
  after: string;
  more: boolean;
  operations: (Operation & { whole: boolean; gone: { areas: string[]; deployments: string[] } })[];
  gone: string[];
  forms: string;
}

/** Put what changed over what there was. */
export function merge(bundle: Bundle, { as_at, after, operations, gone }: Omit<Changes, "person">): Bundle {
  const known = new Map(bundle.operations.map((operation) => [operation.id, operation]));
  for (const { whole, gone: parts, ...fresh } of operations) {
    const old = known.get(fresh.id);
    if (whole || !old) known.set(fresh.id, fresh);
    else {
      known.set(fresh.id, {
        ...old,
        ...fresh,
        areas: over(old.areas, fresh.areas, parts.areas),
        deployments: over(old.deployments, fresh.deployments, parts.deployments),
        sites: over(old.sites, fresh.sites, []),
      });
    }
  }
  for (const id of gone) known.delete(id);
  return { ...bundle, as_at, after, operations: [...known.values()] };
}

function over<T extends { id: string }>(old: T[], fresh: T[], gone: string[]): T[] {
  const parts = new Map([...old, ...fresh].map((part) => [part.id, part]));
  for (const id of gone) parts.delete(id);
  return [...parts.values()];
}

/** What the officer is on: an operation, and of it a deployment or none. */
export interface On {
  operation: Operation;
  deployment: Deployment | null;
}

const STEPS = ["planned", "acknowledged", "on_the_way", "started", "finished"];

/** Give the step that follows by one tap, and those that may be taken instead. */
export function steps(status: string): { next: string | null; others: string[] } {
  const at = STEPS.indexOf(status);
  const left = at === -1 ? [] : STEPS.slice(at + 1);
  return { next: left[0] ?? null, others: left.slice(1) };
}
