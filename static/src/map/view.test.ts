import assert from "node:assert/strict";
import { test } from "node:test";
import { addressOf, viewOf } from "./view.ts";

const HERE = new URL("https://ops.example/operations/1/map?done=area-added");

test("a view is read as it was written", () => {
  const view = { off: new Set(["sites", "kind:arrest"]), on: new Set(["boundary:ward"]), day: "2026-11-02", struck: true, at: { lat: 53.49, lon: -2.24, zoom: 15.5 } };

  assert.deepEqual(viewOf(addressOf(HERE, view).searchParams), view);
});

test("a view of everything adds nothing to the address, and leaves what else it says", () => {
  const all = { off: new Set<string>(), on: new Set<string>(), day: "", struck: false, at: null };

  assert.equal(addressOf(HERE, all).href, HERE.href);
  assert.deepEqual(viewOf(HERE.searchParams), all);
});

test("nonsense for a place is no place", () => {
  assert.equal(viewOf(new URLSearchParams("at=here,there")).at, null);
  assert.equal(viewOf(new URLSearchParams("at=53.4")).at, null);
});
