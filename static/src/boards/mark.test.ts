import assert from "node:assert/strict";
import { test } from "node:test";
import { between, stepped } from "./mark.ts";

const CELLS = { columns: 7, rows: 3 };
const MARK = { left: 2, top: 1, right: 4, bottom: 1 };

test("a mark is the same whichever way it is drawn", () => {
  const one = { column: 4, row: 2 };
  const other = { column: 1, row: 0 };

  assert.deepEqual(between(one, other), { left: 1, top: 0, right: 4, bottom: 2 });
  assert.deepEqual(between(other, one), between(one, other));
});

test("an arrow moves a mark, and with Shift its last column or row alone", () => {
  assert.deepEqual(stepped(MARK, "ArrowRight", false, CELLS), { ...MARK, left: 3, right: 5 });
  assert.deepEqual(stepped(MARK, "ArrowDown", true, CELLS), { ...MARK, bottom: 2 });
  assert.equal(stepped(MARK, "a", false, CELLS), null);
});

test("a mark never leaves the drawing, and never becomes nothing", () => {
  const one = { left: 0, top: 0, right: 0, bottom: 2 };

  assert.deepEqual(stepped(one, "ArrowLeft", false, CELLS), one);
  assert.deepEqual(stepped(one, "ArrowLeft", true, CELLS), one);
  assert.deepEqual(stepped(one, "ArrowDown", true, CELLS), one);
});
