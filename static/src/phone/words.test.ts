import assert from "node:assert/strict";
import { test } from "node:test";
import type { Polygon } from "geojson";
import { readAmount } from "./amounts.ts";
import { fill } from "./filled.ts";
import { isRead } from "./plan.ts";
import { type Area, type Bundle, type Changes, type Deployment, type Field, merge, type Operation, steps } from "./shift.ts";
import { better, relationOf, whereText } from "./where.ts";

const number = (text: string, unit: string | null = null) => ({ is: "number", text, unit });

test("an amount is read where there is one way to read it", () => {
  for (const [typed, text] of [
    ["1250.50", "1250.50"], ["£1,250.50", "1250.50"], ["1,250", "1250"], ["12 500", "12500"], ["1.250,50", "1250.50"],
    ["1,250,000", "1250000"], ["7", "7"], [" 0.5 ", "0.5"],
  ] as const) {
    assert.deepEqual(readAmount(typed), number(text), typed);
  }
});

test("a comma that may be a point or nothing is asked about", () => {
  assert.deepEqual(readAmount("12,5"), { is: "doubtful", texts: ["12.5", "125"], unit: null });
  assert.deepEqual(readAmount("1250,50"), { is: "doubtful", texts: ["1250.50", "125050"], unit: null });
  assert.deepEqual(readAmount("0,250"), { is: "doubtful", texts: ["0250", "0.250"], unit: null });
});

test("a unit behind a number is read with it", () => {
  assert.deepEqual(readAmount("2kg"), number("2", "kg"));
  assert.deepEqual(readAmount("3.5 grams"), number("3.5", "g"));
});

test("what is no number is said to be none", () => {
  for (const typed of ["much", "12..5", "1,2,3", "😀", "-5"]) assert.equal(readAmount(typed).is, "wrong", typed);
});

const FIELDS: Field[] = [
  { name: "category", label: "What was seized", type: "code", required: true },
  { name: "drug", label: "Drug", type: "code", required: false, only: { field: "category", codes: ["drugs"] } },
  { name: "quantity", label: "How much", type: "number", required: false },
  { name: "unit", label: "Unit", type: "code", required: false, list: "units" },
  { name: "outcomes", label: "Outcomes", type: "codes", required: false },
  { name: "valuations", label: "Worth", type: "rows", required: false, columns: [{ name: "value", label: "Value", type: "number", required: true }] },
];
const FORMS = { code_lists: { units: [{ code: "g", label: "Grams" }, { code: "kg", label: "Kilograms" }] } };
const filled = (typed: Record<string, string[]>) => fill(FIELDS, new Map(Object.entries(typed)), FORMS);

test("a form becomes a detail, without what is not asked or not said", () => {
  const { detail, wrong } = filled({
    category: ["cash"], drug: ["cocaine"], quantity: ["1,250.50"], outcomes: ["a", "b"], "valuations.0.value": ["20"], "valuations.1.value": [" "],
  });

  assert.deepEqual(detail, { category: "cash", quantity: "1250.50", outcomes: ["a", "b"], valuations: [{ value: "20" }] });
  assert.equal(wrong.size, 0);
});

test("what has to be said is asked for, and a number that reads two ways is asked about", () => {
  const { wrong, doubts } = filled({ quantity: ["12,5"] });

  assert.deepEqual([...wrong], [["category", "Say: what was seized."]]);
  assert.deepEqual([...doubts], [["quantity", ["12.5", "125"]]]);
});

test("a unit behind the number fills in the unit, and one that goes against it is asked about", () => {
  assert.deepEqual(filled({ category: ["drugs"], quantity: ["2kg"] }).detail, { category: "drugs", unit: "kg", quantity: "2" });
  assert.deepEqual([...filled({ category: ["drugs"], quantity: ["2kg"], unit: ["g"] }).wrong], [
    ["quantity", "Type the number alone, in grams: “2kg” has another unit in it."],
  ]);
});

const SQUARE: Polygon = { type: "Polygon", coordinates: [[[-2.25, 53.48], [-2.24, 53.48], [-2.24, 53.49], [-2.25, 53.49], [-2.25, 53.48]]] };
const fix = (lon: number, lat: number, accuracyM: number) => ({ lon, lat, accuracyM });

test("a fix is inside or outside only where its whole circle is", () => {
  assert.equal(relationOf(SQUARE, fix(-2.245, 53.485, 20)), "inside");
  assert.equal(relationOf(SQUARE, fix(-2.245, 53.485, 2_000)), "uncertain");
  assert.equal(relationOf(SQUARE, fix(-2.2399, 53.485, 20)), "uncertain");
  assert.equal(relationOf(SQUARE, fix(-2.23, 53.485, 20)), "outside");
});

test("where a fix is is said in words, and that there is none", () => {
  const areas = [{ name: "Cheetham Hill", geometry: SQUARE }];

  assert.equal(whereText(areas, fix(-2.245, 53.485, 20)), "Inside Cheetham Hill.");
  assert.equal(whereText(areas, fix(-2.23, 53.485, 20)), "Outside the operation’s areas. It counts all the same.");
  // In the sea.
  assert.match(whereText(areas, fix(-3.6, 53.7, 20)), /^Outside the operation’s areas, 92 kilometres from the nearest\. .* tap the map/);
  assert.match(whereText(areas, null), /^Without a position/);
  assert.equal(whereText([], null), "");
});

test("a later fix counts unless it is much worse and the other is fresh", () => {
  const [good, bad] = [{ ...fix(0, 0, 5), at: 0 }, { ...fix(1, 0, 50), at: 10_000 }];

  assert.equal(better(good, bad), good);
  assert.equal(better(bad, { ...good, at: 20_000 }).accuracyM, 5);
  assert.equal(better(good, { ...bad, at: 90_000 }).accuracyM, 50);
});

const at = (hour: number) => new Date(Date.UTC(2026, 10, 2, hour)).toISOString();
const deployment = (id: string, hour: number, more: Partial<Deployment> = {}): Deployment => ({
  id, kind: "patrol", name: id, starts_at: at(hour), ends_at: at(hour + 2), status: "planned", teams: [], power: null, note: null, mine: true,
  place: "", position: null, area: null, site: null, ...more,
});
test("the next step of a deployment is one tap away", () => {
  assert.deepEqual(steps("planned"), { next: "acknowledged", others: ["on_the_way", "started", "finished"] });
  assert.deepEqual(steps("finished"), { next: null, others: [] });
  assert.deepEqual(steps("cancelled"), { next: null, others: [] });
});

test("what changed is put over what there was, and what is gone goes", () => {
  const area = (id: string, name = id) => ({ id, name }) as Area;
  const operation = (id: string, more: Partial<Operation>) => ({ id, name: id, areas: [], deployments: [], sites: [], briefing: null, ...more }) as unknown as Operation;
  const old = {
    after: "1",
    operations: [operation("a", { areas: [area("x"), area("y")], deployments: [deployment("d", 8)], sites: [{ id: "s", name: "HMP Test" }] }), operation("b", {}), operation("c", { name: "old" })],
  } as Bundle;
  const { briefing: _, ...touched } = operation("a", { name: "A", areas: [area("x", "X")] });

  const fresh = merge(old, {
    person: { id: "" }, as_at: "", after: "2", more: false, forms: "", gone: ["b"],
    operations: [
      { ...touched, whole: false, gone: { areas: ["y"], deployments: [] } },
      { ...operation("c", { name: "new" }), whole: true, gone: { areas: [], deployments: [] } },
    ],
  } as Changes);

  assert.equal(fresh.after, "2");
  assert.deepEqual(fresh.operations.map(({ id, name }) => [id, name]), [["a", "A"], ["c", "new"]]);
  assert.deepEqual(fresh.operations[0]?.areas, [area("x", "X")]);
  assert.equal(fresh.operations[0]?.deployments[0]?.id, "d");
  assert.equal(fresh.operations[0]?.sites[0]?.id, "s");
  assert.equal(fresh.operations[0]?.briefing, null);
});

test("a briefing that was read is none of another operation's, though it has the same version", () => {
  const said = [{ path: "/api/v1/operations/one/briefings/2/read" }];
  const two = { version: 2, read_at: null };

  assert.ok(isRead({ id: "one" }, two, said));
  assert.ok(!isRead({ id: "other" }, two, said));
  assert.ok(!isRead({ id: "one" }, { version: 3, read_at: null }, said));
  assert.ok(isRead({ id: "other" }, { version: 2, read_at: "2026-06-01T09:30:00Z" }, []));
});
