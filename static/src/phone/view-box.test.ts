import assert from "node:assert/strict";
import { test } from "node:test";
import { type Box, fitted, HEIGHT, moved, WIDTH, zoomed } from "./view-box.ts";

const WHOLE: Box = { x: 0, y: 0, width: WIDTH };

test("a part is never moved out of the whole", () => {
  const part = { x: 10, y: 10, width: WIDTH / 2 };

  assert.deepEqual(moved(part, -50, 5, WHOLE), { ...part, x: 0, y: 15 });
  assert.deepEqual(moved(part, 1_000, 1_000, WHOLE), { ...part, x: WIDTH / 2, y: HEIGHT / 2 });
});

test("what is looked at from nearer stays under the finger", () => {
  const near = zoomed(WHOLE, 2, 80, 60, WHOLE);

  assert.equal(near.width, WIDTH / 2);
  assert.equal((80 - near.x) / near.width, 80 / WIDTH);
  assert.equal((60 - near.y) / near.width, 60 / WIDTH);
});

test("it comes no nearer than is of use, and goes no farther than the whole", () => {
  assert.equal(zoomed(WHOLE, 1_000, 0, 0, WHOLE).width, WIDTH / 64);
  assert.deepEqual(zoomed({ x: 9, y: 9, width: 100 }, 0.01, 50, 50, WHOLE), WHOLE);
});

test("the whole grows to hold somebody who is elsewhere, in its own form", () => {
  assert.deepEqual(fitted(WHOLE, 100, 100, 16), WHOLE);
  const { x, y, width } = fitted(WHOLE, WIDTH * 2, -HEIGHT, 16);

  assert.ok(x <= 0 && x + width >= WIDTH * 2 + 16);
  assert.ok(y <= -HEIGHT - 16 && y + (width * HEIGHT) / WIDTH >= HEIGHT);
});
