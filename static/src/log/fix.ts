// What a phone knows of where it is, in words.

export interface Fix {
  lon: number;
  lat: number;
  accuracyM: number;
}

/** An operation's area that holds a place, or may. */
export interface Covering {
  area: { name: string };
  operation: { name: string };
  relation: "inside" | "uncertain";
}

const DIGITS = 6;

/** Read the device's answer, no more exact than it can be. */
export function fixOf({ coords }: GeolocationPosition): Fix {
  return {
    lon: Number(coords.longitude.toFixed(DIGITS)),
    lat: Number(coords.latitude.toFixed(DIGITS)),
    accuracyM: Math.max(1, Math.ceil(coords.accuracy)),
  };
}

/** Say how well the place is known. */
export function fixText({ accuracyM }: Fix): string {
  return `Your place is known to within ${accuracyM.toLocaleString("en-GB")} metres.`;
}

/** Say which areas hold the place. Outside them still counts, so it is never a fault. */
export function coveringText(areas: Covering[]): string {
  const named = (relation: Covering["relation"]) =>
    areas.filter((each) => each.relation === relation).map(({ area, operation }) => `${area.name} (${operation.name})`);
  const inside = named("inside");
  const uncertain = named("uncertain");
  if (inside.length > 0) return `Inside ${list(inside)}.`;
  if (uncertain.length > 0) return `Near the edge of ${list(uncertain)}: this fix can’t tell inside from outside.`;
  return "Outside the areas of your operations. You can log it all the same.";
}

/** Say why there is no fix, and what to do. */
export function refusalText(code: number): string {
  switch (code) {
    case 1:
      return "This browser may not see where you are. Allow it in the settings, or go on without a place.";
    case 3:
      return "No fix yet. Try again under open sky, or go on without a place.";
    default:
      return "The device can’t tell where it is. Try again, or go on without a place.";
  }
}

function list(names: string[]): string {
  return names.length < 2 ? names.join("") : `${names.slice(0, -1).join(", ")} and ${names.at(-1)}`;
}
