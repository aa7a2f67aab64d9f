import assert from "node:assert/strict";
import { test } from "node:test";
import { names, placeOf, renamed, ways } from "./mending.ts";
import type { Item } from "./outbox.ts";
import type { Operation } from "./shift.ts";

const NOW = Date.parse("2026-06-01T09:30:00Z");
const WORDS = new Map([["started", "Started"], ["finished", "Finished"]]);

function refused(sort: Item["sort"], body: Record<string, unknown>): Item {
  return {
    id: "i", sort, path: "/api/v1/deployments/here/x", body, label: "It, 08:00", savedAt: 0, holdUntil: 0,
    state: "refused", mayBeThere: false, tries: 1, refusal: { sentence: "No.", fields: {}, isTaken: false },
  };
}

test("a step that was refused can be sent as it is, or one said that is possible from where the deployment is by now", () => {
  const offered = ways(refused("step", { id: "i", status: "acknowledged", at: "2026-06-01T07:00:00Z" }), "on_the_way", WORDS);

  assert.deepEqual(offered.map(({ text }) => text), ["Send it again as it is", "Say instead: Started, now", "Say instead: Finished, now"]);
  assert.deepEqual(offered[0]!.changed(NOW), {});
  // Summer time in London.
  assert.deepEqual(offered[1]!.changed(NOW), { label: "Started, 10:30", body: { id: "i", status: "started", at: "2026-06-01T09:30:00.000Z" } });
});

test("where a deployment is over, or none of this shift any more, a step can only be sent as it is", () => {
  for (const status of ["finished", "cancelled", null]) assert.equal(ways(refused("step", {}), status, WORDS).length, 1, String(status));
});

test("a nil return that came too early can be given with the time it is now, and a second one can not", () => {
  const [, now] = ways(refused("nil_return", { id: "i", reason: "nobody_there", at: "2026-06-01T07:00:00Z" }), null, WORDS);

  assert.deepEqual(now!.changed(NOW), { label: "Nothing to report, 10:30", body: { id: "i", reason: "nobody_there", at: "2026-06-01T09:30:00.000Z" } });
  const second = { ...refused("nil_return", { id: "i" }), refusal: { sentence: "It has one.", fields: {}, isTaken: true } };
  assert.deepEqual(ways(second, null, WORDS).map(({ text }) => text), ["Send it again as it is"]);
});

test("whatever else was refused can be sent again once its cause is gone", () => {
  for (const sort of ["check_in", "welfare", "assistance", "briefing_read", "photo"] as const) {
    assert.deepEqual(ways(refused(sort, {}), null, WORDS).map(({ changed }) => changed(NOW)), [{}], sort);
  }
});

test("the deployment of an item is found in the shift, and is nothing where it is not there", () => {
  const operation = { id: "o", deployments: [{ id: "there" }, { id: "here" }] } as unknown as Operation;

  assert.equal(placeOf(refused("step", {}), [operation])?.deployment.id, "here");
  assert.equal(placeOf(refused("step", {}), []), null);
});

test("what hangs on an item that gets another id goes with it, and nothing else does", () => {
  const photo: Item = { ...refused("photo", {}), id: "p", path: "/api/v1/attachments?result=old-id&sha256=0", after: "old-id" };
  const seizure: Item = { ...refused("result", { id: "s", detail: { arrest: "old-id" } }), id: "s" };

  assert.deepEqual([photo, seizure, refused("result", { id: "other" })].map((item) => names(item, "old-id")), [true, true, false]);
  assert.deepEqual(renamed(photo, "old-id", "new"), { ...photo, path: "/api/v1/attachments?result=new&sha256=0", after: "new" });
  assert.deepEqual(renamed(seizure, "old-id", "new").body, { id: "s", detail: { arrest: "new" } });
});
