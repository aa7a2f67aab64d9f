// The areas that are worked on in one visit: pure states, so that each step can be taken back.
import type { Parts } from "./shape.ts";

/** The shapes in hand. `current` is the one that the tools change. */
export interface Shapes {
  readonly current: string;
  readonly areas: Readonly<Record<string, Parts>>;
  /** Areas that are kept on the server and are to be removed there. */
  readonly gone: readonly string[];
}

export const FIELDS = ["name", "purpose", "valid_from", "valid_to"] as const;
export type Fields = Record<(typeof FIELDS)[number], string>;

/** What the server keeps of an area: its version, and how it looked, to tell whether it was changed. */
export interface Saved {
  etag: string;
  looks: string;
}

export type ByArea<T> = Readonly<Record<string, T>>;

export const EMPTY: Fields = { name: "", purpose: "target", valid_from: "", valid_to: "" };

export const looks = (fields: Fields, parts: Parts): string => JSON.stringify([FIELDS.map((name) => fields[name]), parts]);

/** Give the current area another shape. */
export function drawn(shapes: Shapes, parts: Parts): Shapes {
  return { ...shapes, areas: { ...shapes.areas, [shapes.current]: parts } };
}

/** Turn to an area, with the shape that it has if it is not in hand yet. */
export function opened(shapes: Shapes, id: string, parts: Parts = []): Shapes {
  return { ...shapes, current: id, areas: { ...shapes.areas, [id]: shapes.areas[id] ?? parts } };
}

/** Let one area have what several made; the others go. */
export function merged(shapes: Shapes, into: string, from: readonly string[], parts: Parts): Shapes {
  const others = from.filter((id) => id !== into);
  const rest = Object.entries(shapes.areas).filter(([id]) => !others.includes(id));
  return {
    current: into,
    areas: { ...Object.fromEntries(rest), [into]: parts },
    gone: [...new Set([...shapes.gone, ...others])],
  };
}

/** Leave the first piece to the current area, and make an area of each other. */
export function divided(shapes: Shapes, pieces: readonly Parts[], ids: readonly string[]): Shapes {
  const [first = [], ...rest] = pieces;
  const added = Object.fromEntries(rest.map((piece, index) => [ids[index]!, piece]));
  return { ...shapes, areas: { ...shapes.areas, [shapes.current]: first, ...added } };
}

/** Mark an area to be removed when the work is saved, or take it out of hand if it was never saved. */
export function removed(shapes: Shapes, id: string, next: string): Shapes {
  const areas = Object.fromEntries(Object.entries(shapes.areas).filter(([other]) => other !== id));
  return opened({ ...shapes, areas, gone: [...new Set([...shapes.gone, id])] }, next);
}

/** List what saving would send: areas that look different from what is kept, and areas to remove. */
export function unsaved(shapes: Shapes, fields: ByArea<Fields>, saved: ByArea<Saved>): { changed: string[]; gone: string[] } {
  const changed = Object.entries(shapes.areas)
    .filter(([id, parts]) => {
      const kept = saved[id];
      const named = fields[id] ?? EMPTY;
      if (kept) return kept.looks !== looks(named, parts);
      return parts.length > 0;
    })
    .map(([id]) => id);
  return { changed, gone: shapes.gone.filter((id) => id in saved) };
}
