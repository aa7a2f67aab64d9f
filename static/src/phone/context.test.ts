import assert from "node:assert/strict";
import { test } from "node:test";
import { contextText, filledIn } from "./context.ts";
import type { Deployment, Field, On } from "./shift.ts";

const field = (name: string, more: Partial<Field> = {}): Field => ({ name, label: name, type: "text", required: false, ...more });
const FIELDS = [field("power", { list: "powers" }), field("establishment"), field("site"), field("address"), field("venue"), field("place"), field("colour")];
const LISTS = { powers: [{ code: "mda_23", label: "Misuse of Drugs Act" }] };
const on = (deployment: Partial<Deployment>): On => ({
  operation: { name: "Lantern" } as On["operation"],
  deployment: { name: "Door one", kind: "warrant", power: "mda_23", teams: ["North", "South"], site: null, position: null, place: "Cheetham Hill", ...deployment } as Deployment,
});
const filled = (deployment: Partial<Deployment>) => Object.fromEntries(filledIn(FIELDS, on(deployment), LISTS));
const SPOT: Deployment["position"] = { type: "Point", coordinates: [-2.24, 53.485] };

test("what a record is logged for names deployment, operation, teams and place", () => {
  assert.equal(contextText(on({})), "Door one · Lantern · North, South · Cheetham Hill");
  assert.equal(contextText({ ...on({}), deployment: null }), "Lantern");
});

test("what the deployment says is filled in where the kind asks for it", () => {
  assert.deepEqual(filled({}), { power: ["mda_23"], place: ["Cheetham Hill"], ".address": ["Cheetham Hill"] });
  assert.deepEqual(filled({ power: "pace_1", place: "" }), {});
  const there = { position: SPOT, place: "12 Moulton Street", power: null };
  assert.deepEqual(filled(there), { address: ["12 Moulton Street"], venue: ["12 Moulton Street"], place: ["12 Moulton Street"], ".address": ["12 Moulton Street"] });
  const prison = filled({ kind: "prison_search", position: SPOT, site: "s", place: "HMP Test" });
  assert.deepEqual([prison["establishment"], prison["site"], prison["venue"]], [["HMP Test"], ["s"], undefined]);
  assert.equal(filledIn(FIELDS, { ...on({}), deployment: null }, LISTS).size, 0);
});
