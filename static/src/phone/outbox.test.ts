import assert from "node:assert/strict";
import { test } from "node:test";
import type { Told } from "./correction.ts";
import { newId } from "./ids.ts";
import { DAY_MS, delay, flush as flushAs, type Item, type Judged, judge, type Kept, next, type Reply, type Send, stateText, type Store, summary } from "./outbox.ts";
import { Full } from "./room.ts";

const NOW = 1_800_000_000_000;
const now = () => NOW;

function item(id: string, more: Partial<Item> = {}): Item {
  return {
    id, sort: "result", path: "/results/batch", body: { id }, label: "Arrest", savedAt: NOW - 1_000, holdUntil: 0,
    state: "waiting", mayBeThere: false, tries: 0, ...more,
  };
}

class Memory implements Store {
  kept = new Map<string, Kept>();
  constructor(...items: Item[]) {
    for (const each of items) this.kept.set(each.id, { item: each, revision: 1 });
  }
  all = async () => [...this.kept.values()];
  replace = async (was: Kept, item: Item) => {
    if (this.kept.get(item.id)?.revision !== was.revision) return null;
    const kept = { item, revision: was.revision + 1 };
    this.kept.set(item.id, kept);
    return kept;
  };
  remove = async (was: Kept) => this.kept.get(was.item.id)?.revision === was.revision && this.kept.delete(was.item.id);
  get items() {
    return [...this.kept.values()].map(({ item }) => item);
  }
}

/** Send in the name of somebody who is signed in. */
const flush = (store: Store, send: Send, at: () => number) => flushAs(store, async () => send, at);

const THERE: Judged = { isThere: true };
const REFUSED: Judged = { isThere: false, refusal: { sentence: "No.", fields: {}, isTaken: false } };
const judged = (pairs: [string, Judged][]): Reply => ({ said: "judged", of: new Map(pairs) });

test("what the server confirmed by its id leaves, and nothing else does", async () => {
  const store = new Memory(item("a"), item("b"), item("c"));

  const { sent, stopped } = await flush(store, async () => judged([["a", THERE], ["x", THERE]]), now);

  assert.deepEqual(sent.map(({ id }) => id), ["a"]);
  assert.deepEqual(store.items.map(({ id, state }) => [id, state]), [["b", "waiting"], ["c", "waiting"]]);
  assert.equal(stopped, "later");
});

test("what the server made of a record is told with it, so that it can be corrected", async () => {
  const record = { id: "a", version: 1, kind: "arrest", detail: { sex: "male" } } as unknown as Told;
  const { told } = await flush(new Memory(item("a")), async () => ({ said: "judged", of: judge([{ id: "a", outcome: "created", result: record }]) }), now);

  assert.deepEqual(told.map(({ id, version, detail }) => [id, version, detail]), [["a", 1, { sex: "male" }]]);
});

test("a correction goes alone, and one that comes too late keeps what the record says by now", async () => {
  const now_ = { id: "r", version: 5 } as Told;
  const store = new Memory(item("c", { sort: "correction", corrects: { id: "r", version: 3 } as Told }), item("a"));
  const asked: string[][] = [];

  await flush(store, async (items) => {
    asked.push(items.map(({ id }) => id));
    return judged(items.map(({ id }) => [id, id === "c" ? { isThere: false, refusal: { sentence: "Late.", fields: {}, isTaken: false, now: now_ } } : THERE]));
  }, now);

  assert.deepEqual(asked, [["a"], ["c"]]);
  assert.deepEqual(store.items.map(({ id, state, corrects, refusal }) => [id, state, corrects?.version, refusal?.now?.version]), [["c", "refused", 3, 5]]);
});

test("a refused item keeps its reason and never blocks the rest", async () => {
  const store = new Memory(item("a"), item("b"), item("step", { sort: "step" }));
  const send = async (items: Item[]) => judged(items.map(({ id }) => [id, id === "a" ? REFUSED : THERE]));

  await flush(store, send, now);
  const again = await flush(store, () => assert.fail("What is refused is not sent again by itself."), now);

  assert.deepEqual(store.items.map(({ id, state, refusal }) => [id, state, refusal?.sentence]), [["a", "refused", "No."]]);
  assert.equal(again.stopped, null);
});

test("a phone without room sends what waits, and forgets only why something was refused", async () => {
  const store = new Memory(item("a"), item("b"), item("step", { sort: "step" }));
  store.replace = async (was, item) => {
    if (!item.mayBeThere) throw new Full();
    return { ...was, item };
  };
  const send = async (items: Item[]) => judged(items.map(({ id }) => [id, id === "a" ? REFUSED : THERE]));

  const { sent } = await flush(store, send, now);

  assert.deepEqual(sent.map(({ id }) => id), ["b", "step"]);
  assert.deepEqual(store.items.map(({ id }) => id), ["a"]);
});

test("results go together, and the rest one by one", async () => {
  const store = new Memory(item("a"), item("step", { sort: "step" }), item("b"));
  const asked: string[][] = [];

  await flush(store, async (items) => {
    asked.push(items.map(({ id }) => id));
    return judged(items.map(({ id }) => [id, THERE]));
  }, now);

  assert.deepEqual(asked, [["a", "b"], ["step"]]);
});

test("a reply that is lost leaves the item, marked as one that may be there", async () => {
  const store = new Memory(item("a"));

  const { stopped } = await flush(store, async () => { throw new TypeError("Failed to fetch"); }, now);

  const [left] = store.items;
  assert.deepEqual([left?.state, left?.mayBeThere, left?.tries, stopped], ["waiting", true, 1, "later"]);
});

test("a sign-in that ran out keeps everything, counts as no failure, and stops at once", async () => {
  const store = new Memory(item("a"), item("step", { sort: "step" }));
  let asked = 0;

  const { stopped } = await flush(store, async () => { asked += 1; return { said: "sign_in" }; }, now);

  assert.deepEqual([stopped, asked, store.items.map(({ tries }) => tries)], ["sign_in", 1, [0, 0]]);
});

test("without a network nothing is on its way and nothing has failed, so that it can be changed and goes in one batch after", async () => {
  const store = new Memory(...Array.from({ length: 100 }, (_, number) => item(`${number}`)));
  const nobody = async () => { throw new TypeError("Failed to fetch"); };

  for (let run = 0; run < 10; run += 1) assert.equal((await flushAs(store, nobody, now)).stopped, "later");

  assert.ok(store.items.every(({ state, mayBeThere, tries }) => state === "waiting" && !mayBeThere && tries === 0));
  assert.equal(next(store.items, NOW).length, 100);
});

test("who is not signed in sends nothing, and marks nothing as on its way", async () => {
  const store = new Memory(item("a"));

  assert.equal((await flushAs(store, async () => "sign_in", now)).stopped, "sign_in");

  assert.deepEqual(store.items.map(({ mayBeThere, tries }) => [mayBeThere, tries]), [[false, 0]]);
});

test("an item that makes every batch fail is found by halving, and the others get through", async () => {
  const store = new Memory(...Array.from({ length: 9 }, (_, number) => item(`${number}`)));
  const send = async (items: Item[]): Promise<Reply> =>
    items.some(({ id }) => id === "4") ? { said: "later" } : judged(items.map(({ id }) => [id, THERE]));

  for (let run = 0; run < 20; run += 1) await flush(store, send, now);

  assert.deepEqual(store.items.map(({ id }) => id), ["4"]);
});

test("what comes too early stays, says why, and goes once the other is there", async () => {
  const store = new Memory(item("a"));

  const { stopped } = await flush(store, async () => judged([["a", { isThere: false, early: "It names another." }]]), now);

  assert.deepEqual([stopped, store.items[0]?.state, store.items[0]?.mayBeThere], ["early", "waiting", false]);
  assert.equal(stateText(store.items[0]!, NOW), "Saved on this phone; sent again later. It names another.");
  assert.equal((await flush(store, async () => judged([["a", THERE]]), now)).sent.length, 1);
});

test("a photo goes after its record, and waits where that is refused", async () => {
  const store = new Memory(item("photo", { sort: "photo", after: "a", savedAt: 0 }), item("a"), item("p2", { sort: "photo", after: "b" }), item("b"));
  const asked: string[] = [];

  await flush(store, async (items) => {
    asked.push(...items.map(({ id }) => id));
    return judged(items.map(({ id }) => [id, id === "b" ? REFUSED : THERE]));
  }, now);

  assert.deepEqual(asked, ["a", "b", "photo"]);
  assert.deepEqual(store.items.map(({ id }) => id), ["p2", "b"]);
});

test("a clock that was set back holds nothing for hours", async () => {
  const store = new Memory(item("a", { holdUntil: NOW + 3 * 3_600_000 }));

  const { sent } = await flush(store, async () => judged([["a", THERE]]), now);

  assert.equal(sent.length, 1);
});

test("what is taken back while it is about to leave is not sent", async () => {
  const store = new Memory(item("a"));
  store.replace = async () => { store.kept.clear(); return null; };

  await flush(store, () => assert.fail("It was taken back."), now);
});

test("what can still be taken back is held, and it is told until when", async () => {
  const store = new Memory(item("a", { holdUntil: NOW + 5_000 }), item("b", { holdUntil: NOW + 9_000 }));

  const { heldUntil } = await flush(store, () => assert.fail("It is held."), now);

  assert.equal(heldUntil, NOW + 5_000);
});

test("what was on its way when the phone stopped is sent again", async () => {
  const store = new Memory(item("a", { state: "sending", mayBeThere: true }));

  const { sent } = await flush(store, async () => judged([["a", THERE]]), now);

  assert.equal(sent.length, 1);
});

test("what failed least goes first", () => {
  const items = [item("a", { tries: 3 }), item("b", { tries: 1 }), item("c", { tries: 1 })];

  assert.deepEqual(next(items, NOW).map(({ id }) => id), ["b", "c"]);
});

test("delays grow to five minutes, and differ from phone to phone", () => {
  assert.deepEqual([0, 1, 2, 20].map((failures) => delay(failures, 0, 1)), [2_000, 4_000, 8_000, 300_000]);
  assert.equal(delay(2, 0, 0), 4_000);
  assert.equal(delay(0, 30, 0), 30_000);
});

test("a batch is read item by item; an outcome that is not known keeps the item", () => {
  const read = judge([
    { id: "a", outcome: "created" },
    { id: "b", outcome: "replayed" },
    { id: "c", outcome: "refused", problem: { detail: "It has not begun.", errors: { detail: { quantity: ["Not a number."] } } } },
    { id: "d", outcome: "conflict", problem: { detail: "Another." } },
    { id: "e", outcome: "what" },
    { id: null, outcome: "refused" },
  ]);

  assert.deepEqual([...read.keys()], ["a", "b", "c", "d"]);
  assert.deepEqual(read.get("c"), {
    isThere: false,
    refusal: { sentence: "It has not begun.", fields: { "detail.quantity": "Not a number." }, isTaken: false },
  });
  assert.deepEqual(read.get("d"), { isThere: false, refusal: { sentence: "Another.", fields: {}, isTaken: true } });
});

test("what is kept is counted in words, and what is older than a day nags", () => {
  const refused = item("b", { state: "refused" });
  const old = item("c", { savedAt: NOW - DAY_MS - 1 });

  assert.equal(summary([], NOW), "Nothing is waiting to be sent.");
  assert.equal(summary([item("a"), refused], NOW), "1 waiting to be sent; 1 refused: mend it.");
  assert.equal(summary([], NOW, 3), "Nothing is waiting to be sent; 3 sent.");
  assert.equal(summary([old], NOW), "1 waiting to be sent; 1 older than a day: find a signal or tell your lead.");
});

test("each item says where it is", () => {
  assert.equal(stateText(item("a"), NOW), "Saved on this phone; waiting to be sent");
  assert.equal(stateText(item("a", { state: "sending" }), NOW), "Sending");
  assert.equal(stateText(item("a", { state: "refused", refusal: { sentence: "No.", fields: {}, isTaken: false } }), NOW), "Refused: No.");
});

test("ids are of version 7 and sort by when they were made", () => {
  const [one, other] = [newId(NOW), newId(NOW + 1)];

  assert.match(one, /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  assert.ok(one < other);
  assert.equal(parseInt(one.slice(0, 8) + one.slice(9, 13), 16), NOW);
});
