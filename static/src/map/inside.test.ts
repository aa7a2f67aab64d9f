import assert from "node:assert/strict";
import { test } from "node:test";
import type { Position } from "geojson";
import { beyond, cutInside, holds } from "./inside.ts";

const box = (west: number, south: number, east: number, north: number): Position[] => [
  [west, south],
  [east, south],
  [east, north],
  [west, north],
  [west, south],
];
const WHOLE = box(0, 0, 10, 10);

test("a ring holds what is in it and nothing else", () => {
  assert.equal(holds(WHOLE, [5, 5]), true);
  assert.equal(holds(WHOLE, [11, 5]), false);
});

test("cuts a hole in the part that holds it", () => {
  const hole = box(22, 2, 24, 4);
  const other = box(20, 0, 30, 10);

  assert.deepEqual(cutInside([[WHOLE], [other]], hole), [[WHOLE], [other, hole]]);
});

for (const [name, hole] of Object.entries({
  "crosses the outline": box(8, 8, 12, 9),
  "lies outside": box(20, 20, 21, 21),
  "crosses another hole": box(3, 3, 5, 5),
  "lies in another hole": box(2.2, 2.2, 2.4, 2.4),
  "holds another hole": box(1, 1, 9, 9),
})) {
  test(`leaves it to the server where a hole ${name}`, () => {
    assert.equal(cutInside([[WHOLE, box(2, 2, 4, 4)]], hole), null);
  });
}

test("a line goes on at both ends in its own direction", () => {
  const [first, middle, last] = beyond([[0, 0], [1, 0], [1, 2]]);

  assert.deepEqual(middle, [1, 0]);
  assert.ok(first![0]! < 0 && first![1] === 0);
  assert.ok(last![0] === 1 && last![1]! > 2);
});
