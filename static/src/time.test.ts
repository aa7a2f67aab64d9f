import assert from "node:assert/strict";
import { test } from "node:test";
import { moment, typed } from "./time.ts";

for (const [field, utc] of [
  ["2023-10-10T05:42", "2023-10-10T04:42:00.000Z"],
  ["2026-01-05T09:00", "2026-01-05T09:00:00.000Z"],
  ["2026-10-25T01:30", "2026-10-25T00:30:00.000Z"], // happens twice
] as const) {
  test(`reads ${field} by the clock of London`, () => {
    assert.equal(moment(field)?.toISOString(), utc);
  });
}

test("writes a moment by the clock of London", () => {
  assert.equal(typed(new Date("2023-10-10T04:42:59Z")), "2023-10-10T05:42");
});

test("reads nothing from an empty field", () => {
  assert.equal(moment(""), null);
});
