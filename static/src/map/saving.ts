// Sends areas to the server, each with the version that it was drawn on, and says what was refused.
import type { Feature, MultiPolygon, Polygon } from "geojson";
import { type Sentences, sentencesOf } from "../problem.ts";
import { moment, typed } from "../time.ts";
import { geometryOf, type Parts, partsOf } from "./shape.ts";
import { NO_CONNECTION, SIGNED_OUT, Unreachable } from "./verbs.ts";
import { type Fields, looks, type Saved } from "./work.ts";

export interface Opened {
  fields: Fields;
  parts: Parts;
  saved: Saved;
}

type AreaFeature = Feature<Polygon | MultiPolygon, Record<string, string | null>>;

/** That the server does not keep an area as it was sent. */
export class Refusal extends Error {
  readonly sentences: Sentences;
  constructor(sentences: Sentences) {
    super([...sentences.values()].join(" "));
    this.sentences = sentences;
  }
}

/** Read an area as the server gives it. */
export function openedOf({ geometry, properties }: AreaFeature, etag: string): Opened {
  const time = (name: string) => (properties[name] ? typed(new Date(properties[name])) : "");
  const fields: Fields = {
    name: properties["name"] ?? "",
    purpose: properties["purpose"] ?? "",
    valid_from: time("valid_from"),
    valid_to: time("valid_to"),
  };
  const parts = partsOf(geometry);
  return { fields, parts, saved: { etag, looks: looks(fields, parts) } };
}

/** Fetch an area with its version. */
export async function fetchArea(id: string): Promise<Opened> {
  const reply = await send(`/api/v1/areas/${id}`, "GET", "");
  return openedOf((await reply.json()) as AreaFeature, reply.headers.get("ETag") ?? "");
}

/** Keep an area: a new one under the id that was made for it here, so that to send it twice adds one. */
export async function saveArea(
  operation: string,
  id: string,
  { name, purpose, valid_from, valid_to }: Fields,
  parts: Parts,
  saved: Saved | undefined,
  csrf: string,
): Promise<string> {
  const time = (text: string) => moment(text)?.toISOString() ?? null;
  const feature = {
    type: "Feature",
    id,
    geometry: geometryOf(parts),
    properties: { name: name.trim(), purpose, valid_from: time(valid_from), valid_to: time(valid_to) },
  };
  const reply = saved
    ? await send(`/api/v1/areas/${id}`, "PUT", csrf, feature, saved.etag)
    : await send(`/api/v1/operations/${operation}/areas`, "POST", csrf, feature);
  return reply.headers.get("ETag") ?? "";
}

/** Remove an area that nothing refers to. */
export async function removeArea(id: string, saved: Saved, csrf: string): Promise<void> {
  await send(`/api/v1/areas/${id}`, "DELETE", csrf, undefined, saved.etag);
}

async function send(address: string, method: string, csrf: string, body?: unknown, etag?: string): Promise<Response> {
  let reply: Response;
  try {
    reply = await fetch(address, {
      method,
      headers: {
        ...(csrf && { "X-CSRF-Token": csrf }),
        ...(body ? { "Content-Type": "application/json" } : {}),
        ...(etag && { "If-Match": etag }),
      },
      ...(body ? { body: JSON.stringify(body) } : {}),
    });
  } catch {
    throw new Unreachable(NO_CONNECTION);
  }
  if (reply.status === 401) throw new Unreachable(SIGNED_OUT, true);
  if (!reply.ok) throw new Refusal(await sentencesOf(reply));
  return reply;
}
