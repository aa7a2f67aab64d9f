import assert from "node:assert/strict";
import { test } from "node:test";
import { clock, delay, summary } from "./words.ts";

const entry = (kind: string, said = "Something") => ({ kind, said });

test("what is new is counted by its sort", () => {
  assert.equal(summary([entry("result_logged")]), "1 new result");
  assert.equal(
    summary([entry("result_logged"), entry("checked_in"), entry("result_logged"), entry("assigned"), entry("released")]),
    "2 new results, 1 check-in, 2 other changes",
  );
});

test("one thing of a rare sort is said as it is", () => {
  assert.equal(summary([entry("operation_status", "The operation is closed")]), "The operation is closed");
});

test("what is urgent is said in full, before what is counted", () => {
  assert.equal(
    summary([entry("checked_in"), entry("assistance", "Olly needs assistance on Visit"), entry("missed", "Pat is overdue"), entry("checked_in")]),
    "Olly needs assistance on Visit. Pat is overdue. 2 check-ins",
  );
});

test("a board asks every two seconds, and less often while nobody looks or nobody answers", () => {
  assert.equal(delay({ failures: 0, hidden: false }), 2_000);
  assert.equal(delay({ failures: 0, hidden: true }), 30_000);
  assert.deepEqual(
    [1, 2, 3, 9].map((failures) => delay({ failures, hidden: false })),
    [4_000, 8_000, 16_000, 60_000],
  );
  assert.equal(delay({ failures: 1, hidden: false, retryAfterS: 20 }), 20_000);
});

test("a time of day is London's", () => {
  assert.equal(clock(new Date("2026-07-01T10:00:00Z")), "11:00:00");
});
