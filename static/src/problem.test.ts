import assert from "node:assert/strict";
import { test } from "node:test";
import { flat, sentencesOf } from "./problem.ts";

const reply = (status: number, body: object) => new Response(JSON.stringify(body), { status });

test("gives one sentence a field, however deep", () => {
  const errors = { properties: { name: ["Enter a name."] }, geometry: ["The shape crosses itself.", "Redraw it."] };

  assert.deepEqual(
    [...flat(errors)],
    [
      ["properties.name", "Enter a name."],
      ["geometry", "The shape crosses itself. Redraw it."],
    ],
  );
});

test("gives the sentence of the refusal where no field is to blame", async () => {
  assert.deepEqual([...(await sentencesOf(reply(409, { detail: "It has begun." })))], [["", "It has begun."]]);
});

test("tells somebody who is signed out that nothing is lost", async () => {
  assert.match((await sentencesOf(reply(401, { detail: "Sign in first." }))).get("") ?? "", /another tab/);
});

test("has a sentence for a reply that is no JSON", async () => {
  assert.match((await sentencesOf(new Response("<html>", { status: 502 }))).get("") ?? "", /Nothing was stored/);
});
