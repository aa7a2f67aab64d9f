import assert from "node:assert/strict";
import { test } from "node:test";
import type { Flushed } from "./outbox.ts";
import { Pump } from "./pump.ts";

const DONE: Flushed = { sent: [], told: [], stopped: null, afterS: 0, heldUntil: null };

function clock() {
  const waits: number[] = [];
  let act = () => {};
  return { waits, fire: () => act(), set: (what: () => void, ms: number) => { act = what; waits.push(ms); return 1; }, clear: () => {}, now: () => 1_000 };
}

test("where nothing is left there is nothing to wait for", async () => {
  const time = clock();

  await new Pump(async () => DONE, () => {}, time).run();

  assert.deepEqual(time.waits, []);
});

test("each failure in a row makes the wait longer, and a success ends it", async () => {
  const time = clock();
  const replies: Flushed[] = [{ ...DONE, stopped: "later" }, { ...DONE, stopped: "later" }, { ...DONE, stopped: "later", afterS: 60 }, DONE];
  const pump = new Pump(async () => replies.shift()!, () => {}, time);

  for (let turn = 0; turn < 4; turn += 1) await pump.run();

  assert.equal(time.waits.length, 3);
  assert.ok(time.waits[0]! >= 1_000 && time.waits[0]! <= 2_000);
  assert.ok(time.waits[1]! >= 2_000 && time.waits[1]! <= 4_000);
  assert.equal(time.waits[2], 60_000);
});

test("a store that fails is tried again", async () => {
  const time = clock();

  await new Pump(async () => { throw new Error("closed"); }, () => {}, time).run();

  assert.equal(time.waits.length, 1);
});

test("what is saved while a turn is running gets one more turn, however often it asks", async () => {
  let turns = 0;
  let end = () => {};
  const pump = new Pump(() => { turns += 1; return new Promise((resolve) => { end = () => resolve(DONE); }); }, () => {}, clock());

  const running = pump.run();
  await Promise.all([pump.run(), pump.run()]);
  end();
  await new Promise((resolve) => setImmediate(resolve));
  end();
  await running;

  assert.equal(turns, 2);
});

test("what is held goes when it may", async () => {
  const time = clock();

  await new Pump(async () => ({ ...DONE, heldUntil: 6_000 }), () => {}, time).run();

  assert.deepEqual(time.waits, [5_000]);
});
