import assert from "node:assert/strict";
import { test } from "node:test";
import type { DBSchema, IDBPDatabase } from "idb";
import { type Hooks, reopening } from "./reopening.ts";

/** A browser whose databases are known by their numbers. */
function browser() {
  const hooks: Hooks<DBSchema>[] = [];
  const open = async (given: Hooks<DBSchema>) => hooks.push(given) as unknown as IDBPDatabase<DBSchema>;
  return { hooks, open };
}

test("what was asked as the browser closed the database is asked again, though it is never answered", async () => {
  const { hooks, open } = browser();
  let closed = 0;
  const ask = reopening(open, () => (closed += 1));

  const asked = ask((db) => (Number(db) === 1 ? new Promise<number>(() => {}) : Promise.resolve(Number(db))));
  await new Promise(setImmediate);
  hooks[0]!.terminated!();

  assert.equal(await asked, 2);
  assert.equal(closed, 1);
});

test("a database that could not be opened is opened when it is next asked", async () => {
  let tries = 0;
  const ask = reopening(async () => {
    tries += 1;
    if (tries === 1) throw new DOMException("", "VersionError");
    return tries as never;
  });

  await assert.rejects(ask(async () => {}), { name: "VersionError" });
  assert.equal(await ask(async (db) => Number(db)), 2);
});

test("two that fail together as it is closed open it again once", async () => {
  const { hooks, open } = browser();
  const ask = reopening(open);
  const fails = async (db: IDBPDatabase<DBSchema>) => {
    if (Number(db) === 1) throw new DOMException("", "InvalidStateError");
    return Number(db);
  };
  // The other one is told a moment later.
  const later = async (db: IDBPDatabase<DBSchema>) => {
    await new Promise(setImmediate);
    return fails(db);
  };

  assert.deepEqual(await Promise.all([ask(fails), ask(later)]), [2, 2]);
  assert.equal(hooks.length, 2);
});
