import assert from "node:assert/strict";
import { test } from "node:test";
import { type Covering, coveringText, fixOf, fixText, refusalText } from "./fix.ts";

test("a fix is never more exact than the device says", () => {
  const coords = { longitude: -2.24411234567, latitude: 53.4936, accuracy: 11.2 };

  assert.deepEqual(fixOf({ coords } as GeolocationPosition), { lon: -2.244112, lat: 53.4936, accuracyM: 12 });
});

test("says how well the place is known", () => {
  assert.equal(fixText({ lon: -2, lat: 53, accuracyM: 1200 }), "Your place is known to within 1,200 metres.");
});

const covering = (name: string, relation: Covering["relation"]): Covering => ({
  area: { name },
  operation: { name: "Vulcan" },
  relation,
});

for (const [areas, text] of [
  [[covering("Derker", "inside")], /^Inside Derker \(Vulcan\)\.$/],
  [[covering("A", "inside"), covering("B", "inside")], /^Inside A \(Vulcan\) and B \(Vulcan\)\.$/],
  [[covering("Derker", "uncertain")], /^Near the edge of Derker/],
  [[covering("A", "uncertain"), covering("B", "inside")], /^Inside B \(Vulcan\)\.$/],
  [[], /Outside .* all the same/],
] as const) {
  test(`says ${text.source}`, () => {
    assert.match(coveringText([...areas]), text);
  });
}

test("every reason for having no fix says how to go on", () => {
  for (const code of [1, 2, 3]) assert.match(refusalText(code), /go on without a place/);
});
