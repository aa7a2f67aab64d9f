import assert from "node:assert/strict";
import { test } from "node:test";
import type { Polygon } from "geojson";
import { type Chosen, onNow } from "./on-now.ts";
import type { Bundle, Deployment } from "./shift.ts";

const at = (hour: number) => Date.UTC(2026, 10, 2) + hour * 3_600_000;
const text = (hour: number) => new Date(at(hour)).toISOString();
const point = (lon: number): Deployment["position"] => ({ type: "Point", coordinates: [lon, 53.485] });
const deployment = (id: string, from: number, to: number, more: Partial<Deployment> = {}): Deployment => ({
  id, kind: "patrol", name: id, starts_at: text(from), ends_at: text(to), status: "planned", teams: [], power: null, note: null, mine: true,
  place: "", position: null, area: null, site: null, ...more,
});
const SQUARE: Polygon = { type: "Polygon", coordinates: [[[-2.25, 53.48], [-2.24, 53.48], [-2.24, 53.49], [-2.25, 53.49], [-2.25, 53.48]]] };
const shift = (...deployments: Deployment[]) => ({ operations: [{ id: "op", areas: [{ id: "square", geometry: SQUARE }], deployments }] }) as unknown as Bundle;
const fix = (lon: number, accuracyM = 20) => ({ lon, lat: 53.485, accuracyM });

/** Give what one is on, and why. */
function told(bundle: Bundle, hour: number, where: ReturnType<typeof fix> | null = null, chosen: Chosen | null = null): [string | undefined, string | undefined] {
  const on = onNow(bundle, chosen, at(hour), where);
  return [on?.deployment?.id ?? on?.operation.id, on?.why];
}

test("the officer is on their own deployment of this time, else on the next, the last, or what others are on", () => {
  const own = shift(deployment("morning", 8, 10), deployment("others", 14, 16, { mine: false }), deployment("evening", 20, 22));

  assert.deepEqual(told(own, 9), ["morning", "Now."]);
  assert.deepEqual(told(own, 7), ["morning", "Soon."]);
  assert.deepEqual(told(own, 11), ["morning", "Just over."]);
  assert.deepEqual(told(own, 16), ["evening", "Next."]);
  assert.deepEqual(told(own, 25), ["evening", "Over."]);
  assert.deepEqual(told(shift(deployment("others", 14, 16, { mine: false })), 15), ["others", "Now; not yours."]);
  assert.deepEqual(told(shift(deployment("off", 8, 10, { status: "cancelled" })), 9), ["op", ""]);
});

test("what is finished gives way to what comes soon, and what is cancelled to anything, also where it was chosen", () => {
  const own = (status: string, next = 11) => shift(deployment("now", 8, 10, { status }), deployment("next", next, 14));
  const chosen = { id: "now", at: at(8) };

  assert.deepEqual(told(own("finished"), 9.5), ["next", "Soon."]);
  assert.deepEqual(told(own("finished", 13), 9.5), ["now", "Now."]);
  assert.deepEqual(told(own("finished"), 9.5, null, chosen), ["now", "You chose this."]);
  assert.deepEqual(told(own("cancelled", 13), 9.5, null, chosen), ["next", "Next."]);
});

test("of several at once the officer is on the one where they are, or the nearest", () => {
  const both = shift(deployment("far", 8, 12, { mine: false, position: point(-2.2) }), deployment("near", 8, 12, { mine: false, position: point(-2.22) }), deployment("wide", 9, 12, { mine: false, area: "square" }));

  assert.deepEqual(told(both, 10), ["far", "Now; not yours."]);
  assert.deepEqual(told(both, 10, fix(-2.2201)), ["near", "Now, where you are; not yours."]);
  assert.deepEqual(told(both, 10, fix(-2.2206)), ["near", "Now, 40 m from here; not yours."]);
  assert.deepEqual(told(both, 10, fix(-2.245)), ["wide", "Now, where you are; not yours."]);
  assert.deepEqual(told(both, 10, fix(-2.19)), ["far", "Now, 660 m from here; not yours."]);
  assert.deepEqual(told(both, 10, fix(-2)), ["far", "Now, 13.2 km from here; not yours."]);
});

test("a fix that wanders between two places does not change what the officer is on", () => {
  const both = shift(deployment("west", 8, 12, { position: point(-2.2205) }), deployment("east", 8, 12, { position: point(-2.22) }));
  const on = (lon: number, last: string) => onNow(both, null, at(10), fix(lon), last)?.deployment?.id;

  // 33 m apart: each is at the other, then well away.
  assert.deepEqual([on(-2.2205, "east"), on(-2.2203, "east"), on(-2.22, "west")], ["east", "east", "west"]);
  assert.deepEqual([on(-2.221, "east"), on(-2.2194, "west")], ["west", "east"]);
});

test("what a fix can't tell apart is told apart by time", () => {
  const both = shift(deployment("ends sooner", 8, 10, { position: point(-2.22) }), deployment("begins soon", 11, 14, { position: point(-2.221) }));

  assert.deepEqual(told(both, 10.7, fix(-2.22, 500)), ["begins soon", "Soon, about where you are."]);
  assert.equal(told(both, 10.7, fix(-2.22))[0], "ends sooner");
});

test("time comes before place", () => {
  const two = shift(deployment("here", 8, 10, { position: point(-2.2) }), deployment("there", 10, 12, { position: point(-2.3) }));
  const mine = shift(deployment("own", 8, 10, { position: point(-2.3) }), deployment("others", 8, 10, { position: point(-2.2), mine: false }));

  assert.equal(told(two, 11, fix(-2.2))[0], "there");
  assert.equal(told(mine, 9, fix(-2.2))[0], "own");
});

test("what the officer chose stays until it is over, or as long as a shift", () => {
  const own = shift(deployment("own", 8, 10, { position: point(-2.2) }), deployment("other", 8, 23, { mine: false }), deployment("past", 1, 2), deployment("days", 30, 90));
  const stays = (id: string, hour: number) => told(own, hour, fix(-2.2), { id, at: at(9) })[1] === "You chose this.";

  for (const [id, until] of [["other", 25], ["op", 21], ["past", 21], ["days", 33]] as const) {
    assert.equal(stays(id, until - 0.1), true, id);
    assert.equal(stays(id, until), false, id);
  }
  assert.deepEqual(told(own, 9, null, { id: "gone", at: at(9) })[0], "own");
  assert.equal(told(shift(), 9)[0], "op");
  assert.equal(onNow({ operations: [] } as unknown as Bundle, null, at(9), null), null);
});
