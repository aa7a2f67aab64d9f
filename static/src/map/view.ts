// What of a map is shown, as an address says it: so that a view can be sent on, and the back button works. Pure.

export interface View {
  /** Layers that are off, of those that are on by themselves. */
  off: ReadonlySet<string>;
  /** Layers that are on, of those that are off by themselves. */
  on: ReadonlySet<string>;
  /** Only deployments of this day; empty for every day. */
  day: string;
  struck: boolean;
  at: { lat: number; lon: number; zoom: number } | null;
}

/** Read a view from an address. */
export function viewOf(query: URLSearchParams): View {
  const [lat, lon, zoom] = (query.get("at") ?? "").split(",").map(Number);
  const isPlace = [lat, lon, zoom].every((number) => number !== undefined && Number.isFinite(number)) && query.has("at");
  const codes = (name: string) => new Set((query.get(name) ?? "").split(",").filter(Boolean));
  return {
    off: codes("off"),
    on: codes("on"),
    day: query.get("day") ?? "",
    struck: query.get("struck") === "true",
    at: isPlace ? { lat: lat!, lon: lon!, zoom: zoom! } : null,
  };
}

/** Write a view into an address, leaving what else it says. */
export function addressOf(address: URL, { off, on, day, struck, at }: View): URL {
  const next = new URL(address);
  const says = {
    off: [...off].sort().join(","),
    on: [...on].sort().join(","),
    day,
    struck: struck ? "true" : "",
    at: at ? `${at.lat.toFixed(5)},${at.lon.toFixed(5)},${at.zoom}` : "",
  };
  for (const [name, value] of Object.entries(says)) value ? next.searchParams.set(name, value) : next.searchParams.delete(name);
  return next;
}
