import assert from "node:assert/strict";
import { test } from "node:test";
import { strFromU8, unzipSync } from "fflate";
import type { Item } from "./outbox.ts";
import { packed } from "./taken-out.ts";

test("a file of what is not sent holds each item, its photo byte for byte, its marking, and a warning", async () => {
  const [photo, lost] = ["p", "q"].map((id) => ({ id, sort: "photo", label: "Photo", savedAt: 0, path: `/attachments?result=${id}`, body: {} }) as Partial<Item> as Item);
  const arrest = { id: "a", sort: "result", label: "Arrest", savedAt: 0, path: "/batch", body: { id: "a" }, refusal: { sentence: "No.", fields: {}, isTaken: false } } as Partial<Item> as Item;
  const bytes = Uint8Array.from({ length: 70_000 }, (_, number) => (number * 7919) % 256);

  const file = await packed([arrest, photo!, lost!], async (id) => (id === "p" ? bytes.buffer : null), { marking: "OFFICIAL", person: "Lee", at: new Date(1_800_000_000_000) });

  const { "not-sent.json": told, "READ ME.txt": readMe, ...photos } = unzipSync(file);
  assert.deepEqual(photos, { "photos/p.jpg": bytes });
  const { marking, items } = JSON.parse(strFromU8(told!));
  assert.equal(marking, "OFFICIAL");
  assert.deepEqual(items.map(({ body, refused, photo }: Record<string, unknown>) => [body, refused, photo]), [[{ id: "a" }, "No.", undefined], [{}, null, "photos/p.jpg"], [{}, null, null]]);
  assert.match(strFromU8(readMe!), /^OFFICIAL\n[^]*3 items[^]*HOLDS CASE DATA[^]*NOTHING IN IT IS ENCRYPTED/);
});
