import assert from "node:assert/strict";
import { test } from "node:test";
import { boardText, learned, whenDue } from "./due.ts";

const timer = { minutes: 30, since: 0, id: "a" };
const item = (id: string, sort: "welfare" | "check_in", state: "waiting" | "refused" = "waiting") => ({ id, sort, state });

test("a check-in is due so many minutes after the last", () => {
  assert.equal(whenDue(timer), 30 * 60_000);
  assert.equal(whenDue({ minutes: 0, since: 0 }), null);
});

test("a check-in that was taken back or refused moves nothing", () => {
  const moved = { ...timer, since: 60, moved: { id: "b", before: 0 } };
  assert.deepEqual(learned(moved, [item("b", "check_in")], []), moved);
  assert.deepEqual(learned(moved, [], [{ id: "b" }]), { ...timer, since: 60 });
  assert.deepEqual(learned(moved, [], []), timer);
  assert.deepEqual(learned(moved, [item("b", "check_in", "refused")], [{ id: "a" }]), { ...timer, isKnown: true });
});

test("whether the control board knows is said as it is", () => {
  const known = { ...timer, isKnown: true };
  assert.equal(boardText(known, []), "The control board knows.");
  assert.match(boardText(timer, [item("a", "welfare")]), /^Only this phone knows until/);
  assert.match(boardText(timer, []), /^Only this phone knows\. Set it again/);
  assert.match(boardText(known, [item("b", "check_in")]), /but not of your last check-in/);
  assert.match(boardText(timer, [{ ...item("a", "welfare", "refused"), refusal: { sentence: "You are not on it.", fields: {}, isTaken: false } }]), /only this phone knows: You are not on it\.$/);
  assert.match(boardText({ ...timer, minutes: 0 }, [item("a", "welfare")]), /may look overdue/);
  assert.match(boardText({ ...known, minutes: 0 }, []), /knows that you stood down/);
  assert.equal(boardText({ minutes: 0, since: 0 }, []), "");
});
