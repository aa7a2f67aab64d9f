import assert from "node:assert/strict";
import { test } from "node:test";
import { History } from "./history.ts";

test("takes back the last step and does it again", () => {
  const history = new History("nothing");
  history.act("square", "drawn");
  history.act("holed square", "cut");

  assert.equal(history.undo(), "cut");
  assert.equal(history.present, "square");
  assert.equal(history.redo(), "cut");
  assert.equal(history.present, "holed square");
});

test("has nothing to take back at its start, and nothing to do again at its end", () => {
  const history = new History(1);

  assert.equal(history.undo(), null);
  assert.equal(history.redo(), null);
  assert.deepEqual([history.canUndo, history.canRedo, history.present], [false, false, 1]);
});

test("a step after an undo ends what could be done again", () => {
  const history = new History("a");
  history.act("b", "first");
  history.undo();

  history.act("c", "other");

  assert.equal(history.canRedo, false);
  assert.equal(history.undo(), "other");
  assert.equal(history.present, "a");
});

test("settling is no step", () => {
  const history = new History("a");

  history.settle("opened");

  assert.deepEqual([history.present, history.canUndo], ["opened", false]);
});

test("forgets the oldest of very many steps and keeps the order of the rest", () => {
  const history = new History(0);
  for (let step = 1; step <= 150; step += 1) history.act(step, `step ${step}`);

  let undone = 0;
  while (history.undo()) undone += 1;

  assert.equal(undone, 100);
  assert.equal(history.present, 50);
});
