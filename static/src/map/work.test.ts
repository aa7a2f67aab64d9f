import assert from "node:assert/strict";
import { test } from "node:test";
import type { Parts } from "./shape.ts";
import { divided, drawn, EMPTY, looks, merged, opened, removed, type Shapes, unsaved } from "./work.ts";

const square = (west: number): Parts => [
  [
    [
      [west, 53],
      [west + 0.01, 53],
      [west + 0.01, 53.01],
      [west, 53.01],
      [west, 53],
    ],
  ],
];
const A = square(-2.1);
const B = square(-2.2);
const START: Shapes = { current: "a", areas: { a: A, b: B }, gone: [] };

test("draws the current area and leaves the others", () => {
  assert.deepEqual(drawn(START, B).areas, { a: B, b: B });
});

test("an area in hand keeps its shape when it is turned to again", () => {
  assert.deepEqual(opened(START, "b", A), { ...START, current: "b" });
});

test("merging leaves one area, and the other is to be removed", () => {
  const both = [...A, ...B];

  assert.deepEqual(merged(START, "a", ["a", "b"], both), { current: "a", areas: { a: both }, gone: ["b"] });
});

test("dividing gives each further piece an area of its own", () => {
  assert.deepEqual(divided(START, [B, A], ["c"]).areas, { a: B, b: B, c: A });
});

test("an empty new area is nothing to save", () => {
  assert.deepEqual(unsaved({ current: "n", areas: { n: [] }, gone: [] }, { n: EMPTY }, {}), { changed: [], gone: [] });
});

test("only what looks different from what is kept is saved", () => {
  const fields = { a: { ...EMPTY, name: "A" }, b: { ...EMPTY, name: "B" } };
  const saved = { a: { etag: "1", looks: looks(fields.a, A) }, b: { etag: "1", looks: looks(fields.b, B) } };

  assert.deepEqual(unsaved(START, fields, saved).changed, []);
  assert.deepEqual(unsaved(START, { ...fields, b: { ...fields.b, name: "Other" } }, saved).changed, ["b"]);
  assert.deepEqual(unsaved(drawn(START, B), fields, saved).changed, ["a"]);
});

test("an area that was never saved needs no removal on the server", () => {
  const shapes = removed(removed(START, "a", "b"), "b", "n");
  const saved = { b: { etag: "1", looks: "" } };

  assert.deepEqual(unsaved(shapes, {}, saved), { changed: [], gone: ["b"] });
});
