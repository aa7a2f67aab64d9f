import assert from "node:assert/strict";
import { test } from "node:test";
import { areaText, circle, geometryOf, measureText, parse, perimeterM, position, ring, ShapeError, squareKm } from "./shape.ts";

// The outline of Cheetham Hill and Strangeways, 1.1 km².
const CHEETHAM_HILL = `-2.2495 53.4893; -2.2425 53.4883; -2.2385 53.4915; -2.2362 53.4985;
  -2.2395 53.5010; -2.2470 53.5005; -2.2525 53.4965; -2.2515 53.4925`;
const TRIANGLE = [
  [-2.25, 53.48],
  [-2.24, 53.48],
  [-2.24, 53.49],
];

test("reads one corner a line and closes the ring", () => {
  const parts = parse(TRIANGLE.map((corner) => corner.join(", ")).join("\n"));

  assert.deepEqual(parts, [[[...TRIANGLE, TRIANGLE[0]]]]);
});

test("reads latitude first as well", () => {
  assert.deepEqual(position(53.492, -2.2458), [-2.2458, 53.492]);
});

test("refuses a place outside the United Kingdom", () => {
  assert.throws(() => position(2.35, 48.85), ShapeError);
});

test("refuses a line that is no corner, and quotes it", () => {
  assert.throws(() => parse("-2.25, 53.48\nnear the bridge"), /near the bridge/);
});

test("refuses fewer than three different corners", () => {
  assert.throws(() => ring([[-2.25, 53.48], [-2.24, 53.48], [-2.25, 53.48]]), /three/);
});

for (const [name, json] of Object.entries({
  "a Polygon": { type: "Polygon", coordinates: [[...TRIANGLE, TRIANGLE[0]]] },
  "a Feature": { type: "Feature", properties: {}, geometry: { type: "Polygon", coordinates: [TRIANGLE] } },
  "a FeatureCollection": {
    type: "FeatureCollection",
    features: [{ type: "Feature", geometry: { type: "MultiPolygon", coordinates: [[TRIANGLE]] } }],
  },
})) {
  test(`reads ${name}`, () => {
    assert.deepEqual(parse(JSON.stringify(json)), [[[...TRIANGLE, TRIANGLE[0]]]]);
  });
}

for (const [text, sentence] of [
  ["", /Paste/],
  ['{"type": "Polygon"', /copied/],
  ['{"type": "FeatureCollection"}', /copied/],
  ['{"type": "Point", "coordinates": [-2.2, 53.4]}', /no Polygon/],
] as const) {
  test(`refuses ${text || "nothing"}`, () => {
    assert.throws(() => parse(text), sentence);
  });
}

test("measures Cheetham Hill and Strangeways", () => {
  assert.ok(Math.abs(squareKm(parse(CHEETHAM_HILL)) - 1.1) < 0.05);
});

test("measures a circle as pi r squared, less what its corners cut off", () => {
  const area = squareKm(circle([-2.2458, 53.492], 500));

  assert.ok(Math.abs(area / (Math.PI * 0.25) - 1) < 0.003);
});

test("takes the hole from the area", () => {
  const square = parse("-2.25 53.48; -2.23 53.48; -2.23 53.49; -2.25 53.49");
  const hole = parse("-2.245 53.482; -2.235 53.482; -2.235 53.488; -2.245 53.488")[0]![0]!;

  const holed = squareKm([[square[0]![0]!, hole]]);

  assert.ok(holed < squareKm(square));
});

test("sends one part as a Polygon and more as a MultiPolygon", () => {
  const one = parse(CHEETHAM_HILL);

  assert.equal(geometryOf(one).type, "Polygon");
  assert.equal(geometryOf([...one, ...one]).type, "MultiPolygon");
});

test("writes small areas in square metres", () => {
  assert.match(areaText(circle([-2.2458, 53.492], 50)), /^7,\d+ m²$/);
});

test("measures the way round a circle, and the way round its hole", () => {
  const outer = circle([-2.2458, 53.492], 500);
  const inner = circle([-2.2458, 53.492], 100);

  const round = perimeterM([[outer[0]![0]!, inner[0]![0]!]]);

  assert.ok(Math.abs(round / (2 * Math.PI * 600) - 1) < 0.003);
});

test("says area, hectares and the way round", () => {
  assert.equal(measureText(circle([-2.2458, 53.492], 500)), "0.784 km² (78.4 hectares), 3.14 km round");
});

test("measures a square kilometre of the National Grid as the server does", () => {
  // SJ 84 98 to SJ 85 99, by PROJ.
  const square = parse("-2.242548 53.478478; -2.227481 53.478508; -2.227529 53.487496; -2.242599 53.487467");

  assert.ok(Math.abs(squareKm(square) - 1) < 0.002);
  assert.ok(Math.abs(perimeterM(square) - 4000) < 4);
});
