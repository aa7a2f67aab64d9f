import assert from "node:assert/strict";
import { test } from "node:test";
import { glyph, svgPoints } from "./glyph.ts";

test("no two of fifteen kinds look the same, and the first eight differ by outline alone", () => {
  const signs = Array.from({ length: 15 }, (_, place) => glyph(place));

  assert.equal(new Set(signs.map((sign) => svgPoints(sign) + sign.colour)).size, 15);
  assert.equal(new Set(signs.slice(0, 8).map(svgPoints)).size, 8);
});

test("a sign stays within its box", () => {
  const numbers = Array.from({ length: 8 }, (_, place) => svgPoints(glyph(place))).join(" ").split(/[ ,]/).map(Number);

  assert.ok(Math.min(...numbers) >= 0 && Math.max(...numbers) <= 20);
});
