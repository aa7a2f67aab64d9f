import assert from "node:assert/strict";
import { test } from "node:test";
import { changes, meanwhile, over, says, type Told } from "./correction.ts";
import { same } from "./same.ts";
import type { Field } from "./shift.ts";

const RECORD: Told = {
  id: "a", version: 3, operation: "op", kind: "warrant", status: "recorded", occurred_at: "2026-11-02T12:00:37+00:00",
  position: { type: "Point", coordinates: [-2.24, 53.48] }, accuracy_m: "12", deployment: null, note: "Rear door", late: false, remarks: [],
  detail: {
    power: "mda_23", executed: true, return_due: "2026-11-02",
    entries: [{ at: "2026-11-02T11:00:20+00:00", entry: "forced", outcomes: ["nil"], by: "x" }, { at: "2026-11-02T12:00:37+00:00", entry: null, outcomes: [] }],
  },
};
// As a form shows it: to the minute, and without what it does not ask.
const SHOWN = { power: "mda_23", executed: true, entries: [{ at: "2026-11-02T11:00:00.000Z", entry: "forced", outcomes: ["nil"] }, { at: "2026-11-02T12:00:00.000Z" }] };
const common = { occurred_at: "2026-11-02T12:00:37.000Z", position: RECORD.position, accuracy_m: 12, note: "Rear door" };

test("what was not touched is no change, however it is written", () => {
  assert.equal(changes(RECORD, SHOWN, { ...common, detail: structuredClone(SHOWN) }), null);
});

test("only what changed is sent, and what was taken back is null", () => {
  const { executed: _, ...detail } = { ...SHOWN, power: "pace_8" };

  assert.deepEqual(changes(RECORD, SHOWN, { ...common, note: null, detail }), { note: null, detail: { power: "pace_8", executed: null } });
});

test("a row that changes keeps what the form does not ask, and its times to the second", () => {
  const entries = [{ ...SHOWN.entries[0], outcomes: ["drugs"] }, SHOWN.entries[1]];

  assert.deepEqual(changes(RECORD, SHOWN, { ...common, detail: { ...SHOWN, entries } })?.detail, {
    entries: [
      { by: "x", at: "2026-11-02T11:00:20+00:00", entry: "forced", outcomes: ["drugs"] },
      { outcomes: [], at: "2026-11-02T12:00:37+00:00" },
    ],
  });
});

test("a row that is taken out takes nothing from the others", () => {
  const first = { ...RECORD, detail: { entries: RECORD.detail["entries"] } };

  const found = changes(first, { entries: SHOWN.entries }, { ...common, detail: { entries: [SHOWN.entries[1]] } });

  assert.deepEqual(found?.detail, { entries: [{ outcomes: [], at: "2026-11-02T12:00:37+00:00" }] });
});

test("a correction that arrived is known again, and one that did not is not", () => {
  const change = { note: "Front door", detail: { executed: null, power: "pace_8" } };
  const corrected = over(RECORD, change);

  assert.equal(says(RECORD, change), false);
  assert.equal(says(corrected, change), true);
  assert.equal("executed" in corrected.detail, false);
});

test("what was changed meanwhile is said in words", () => {
  const fields = [{ name: "power", label: "Power", type: "code", required: true, list: "powers" }] as Field[];
  const lists = { powers: [{ code: "mda_23", label: "Misuse of Drugs Act" }, { code: "pace_8", label: "PACE s.8" }] };
  const now = { ...over(RECORD, { note: "Roof", detail: { power: "pace_8" } }), status: "confirmed" };

  assert.deepEqual(meanwhile(RECORD, now, fields, lists), [
    "Power: it says PACE s.8, where it said Misuse of Drugs Act.",
    "Note: it says Roof.",
    "It was confirmed; a correction may take that back.",
  ]);
});

test("numbers and times are the same however they are written, and references are not numbers", () => {
  for (const [one, other] of [["2.50", "2.5"], ["2.0", 2], ["2026-11-02T12:00:00Z", "2026-11-02T12:00:00+00:00"], [null, undefined], ["", []], [{ a: null }, {}]]) {
    assert.ok(same(one, other), `${one}, ${other}`);
  }
  for (const [one, other] of [["007", "7"], ["20", "2"], [[1, 2], [2, 1]], [{ a: 1 }, {}], [false, null]]) assert.ok(!same(one, other), `${one}, ${other}`);
});
