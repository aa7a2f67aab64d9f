// The results of a map: as they come, all at once or square by square, and what is drawn and said of each.
import { glyph } from "./glyph.ts";
import { popup } from "./ground.ts";
import { type Columns, projected } from "./nearest.ts";
import type { Told } from "./points.ts";
import type { Source } from "./tiles.ts";

/** Columns of one length; a kind or a status is its place in its list, a time seconds since 1970. */
export interface Results {
  kinds: [string, string][];
  statuses: [string, string][];
  id: string[];
  kind: number[];
  status: number[];
  at: number[];
  lon: number[];
  lat: number[];
  /** Counts are by kind, bounds from the west to the north. */
  tiles: (Source & { counts: number[]; bounds: [number, number, number, number] }) | null;
}

/** Some results, each with the codes of its kind and status. */
export interface Spots {
  columns: Columns;
  ids: string[];
  kinds: string[];
  statuses: string[];
  times: number[];
}

const MOMENT = new Intl.DateTimeFormat("en-GB", { timeZone: "Europe/London", dateStyle: "medium", timeStyle: "short" });

/** Read results that came all at once. */
export function spotsOf({ kinds, statuses, id, kind, status, at, lon, lat }: Results): Spots {
  return {
    columns: projected(lon, lat),
    ids: id,
    kinds: kind.map((place) => kinds[place]![0]),
    statuses: status.map((place) => statuses[place]![0]),
    times: at.map((seconds) => seconds * 1000),
  };
}

/** Say of those of the nth kind how they are drawn, and what is said of each. */
export function ofKind({ kinds, statuses }: Results, place: number, { columns, ids, kinds: of, statuses: are, times }: Spots): Told {
  const [code, name] = kinds[place]!;
  const own = of.flatMap((kind, index) => (kind === code ? [index] : []));
  return {
    ids: own.map((index) => ids[index]!),
    columns: { x: Float64Array.from(own, (index) => columns.x[index]!), y: Float64Array.from(own, (index) => columns.y[index]!) },
    glyph: glyph(place),
    isStruck: (nth) => are[own[nth]!] === "struck",
    said: (nth) => {
      const index = own[nth]!;
      const status = statuses.find(([each]) => each === are[index])?.[1];
      return popup({ id: ids[index]!, name, text: `${status}, ${MOMENT.format(times[index]!)}`, href: `/results/${ids[index]}` });
    },
  };
}
