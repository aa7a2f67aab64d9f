// What the server does with shapes, exactly: widen, join, cut, split, repair; read files.
import type { Feature, Geometry, LineString, MultiPolygon, Polygon } from "geojson";
import { sentencesOf } from "../problem.ts";
import { type Parts, partsOf, ShapeError } from "./shape.ts";

export interface Reshaped {
  parts: Parts;
  /** Each piece apart, where a shape was split. */
  pieces: Parts[];
  said: string;
}

/** That the server can't be reached, or no longer knows who asks; nothing is wrong with the shape. */
export class Unreachable extends Error {
  readonly isSignedOut: boolean;
  constructor(message: string, isSignedOut = false) {
    super(message);
    this.isSignedOut = isSignedOut;
  }
}

export const SIGNED_OUT = "You are signed out. Your drawing is kept.";
export const NO_CONNECTION = "There is no connection. Your drawing is kept.";

/** Ask the server; a refusal becomes a sentence. */
export async function ask(address: string, init?: RequestInit): Promise<Response> {
  let reply: Response;
  try {
    reply = await fetch(address, init);
  } catch {
    throw new Unreachable(NO_CONNECTION);
  }
  if (reply.status === 401) throw new Unreachable(SIGNED_OUT, true);
  if (!reply.ok) throw new ShapeError([...(await sentencesOf(reply)).values()].join(" "));
  return reply;
}

type Verb = "buffer" | "union" | "difference" | "split" | "repair";
type Sent = { geometry?: Geometry; geometries?: Geometry[]; without?: Geometry; line?: LineString; metres?: number };

/** Have a shape changed. */
export async function reshape(verb: Verb, sent: Sent, csrf: string): Promise<Reshaped> {
  const reply = await ask(`/api/v1/shapes/${verb}`, {
    method: "POST",
    headers: { "Content-Type": "application/json", "X-CSRF-Token": csrf },
    body: JSON.stringify(sent),
  });
  const found = (await reply.json()) as { geometry?: MultiPolygon; geometries?: (Polygon | MultiPolygon)[]; said?: string };
  return {
    parts: found.geometry ? partsOf(found.geometry) : [],
    pieces: (found.geometries ?? []).map(partsOf),
    said: found.said ?? "",
  };
}

export type Found = Feature<Geometry, { name: string; purpose?: string }>;

export interface Refused {
  name: string;
  said: string;
  repaired: MultiPolygon | null;
}

export interface Contents {
  features: Found[];
  refused: Refused[];
  said: string;
}

/** Read a file of shapes, or pasted text: what is in it, and what of it was refused. */
export async function read(content: File | string, csrf: string): Promise<Contents> {
  const headers = { "X-CSRF-Token": csrf };
  if (typeof content === "string") {
    const body = JSON.stringify({ text: content });
    const typed = { ...headers, "Content-Type": "application/json" };
    return await (await ask("/api/v1/shapes/read", { method: "POST", headers: typed, body })).json();
  }
  const body = new FormData();
  body.append("file", content);
  return await (await ask("/api/v1/shapes/read", { method: "POST", headers, body })).json();
}

export interface Outline {
  id: string;
  layer: string;
  code: string;
  name: string;
}

/** Find boundaries by name or code. */
export async function boundaries(q: string): Promise<Outline[]> {
  const reply = await ask(`/api/v1/boundaries?${new URLSearchParams({ q, limit: "20" })}`);
  const { features } = (await reply.json()) as { features: Feature<Geometry, Omit<Outline, "id">>[] };
  return features.map(({ id, properties }) => ({ ...properties, id: String(id) }));
}

/** Fetch the shape of one boundary. */
export async function outline({ id, layer, code }: Outline): Promise<Parts> {
  const query = new URLSearchParams({ q: code, layer, geometry: "true", limit: "20" });
  const { features } = (await (await ask(`/api/v1/boundaries?${query}`)).json()) as {
    features: Feature<Polygon | MultiPolygon>[];
  };
  const found = features.find((feature) => feature.id === id);
  if (!found) throw new ShapeError("This boundary is not there any more. Search again.");
  return partsOf(found.geometry);
}
