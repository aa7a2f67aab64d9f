import assert from "node:assert/strict";
import { test } from "node:test";
import { nearest, projected } from "./nearest.ts";

test("the middle of the map is where the equator meets the meridian, and north is up", () => {
  const { x, y } = projected([0, 180, 0], [0, 0, 60]);

  assert.deepEqual([x[0], y[0], x[1]], [128, 128, 256]);
  assert.ok(y[2]! < 128);
});

test("the nearest point is found, the topmost of several at one place, and none too far", () => {
  const points = { x: Float64Array.of(0, 10, 10, 40), y: Float64Array.of(0, 0, 0, 0) };

  assert.deepEqual(nearest(points, { x: 8, y: 0 }, 5), { index: 2, far: 2 });
  assert.deepEqual(nearest(points, { x: 37, y: 4 }, 5), { index: 3, far: 5 });
  assert.equal(nearest(points, { x: 25, y: 0 }, 5), null);
});
