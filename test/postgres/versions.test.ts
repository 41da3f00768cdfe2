import pg from "pg";
import { afterAll, beforeAll, expect, test } from "vitest";
import { ArgumentError, keys } from "../../src/index.js";
import { createTables, guardVersion, inTransaction } from "../../src/postgres/index.js";
import { createVersions } from "../../src/versions/index.js";
import { afterTest } from "../support/cleanup.js";
import { freshTenant } from "../support/lua/tenants.js";
import { freshDatabase } from "../support/postgres.js";
import { deferred } from "../support/wait.js";

const pool = new pg.Pool({ connectionString: await freshDatabase(), max: 12 });
pool.on("error", () => undefined);
const { redis, tenant, scope } = freshTenant();

beforeAll(async () => {
  await createTables(pool);
  await pool.query("create table texts (resource text primary key, text text not null)");
});
afterAll(() => pool.end());

function versions() {
  const made = createVersions(tenant, { timeoutMs: 10_000 });
  afterTest(() => made.close());
  return made;
}

/** A guarded write. `hold` runs inside the transaction. */
const write = (resource: string, expectedNumber?: number, hold = async () => {}) =>
  inTransaction(pool, async (tx) => {
    const guarded = await guardVersion(tx, { tenant: "acme", resource, expectedNumber });
    await hold();
    return guarded;
  });

test("numbers rise with each write, and a write that expects the last one passes", async () => {
  const first = await write("lamp");
  const second = await write("lamp", first.number);
  expect([first.outcome, second.outcome]).toEqual(["guarded", "guarded"]);
  expect(second.number).toBeGreaterThan(first.number);
  expect(await write("lamp", first.number)).toEqual({ outcome: "changed", number: second.number });
  expect(await write("lamp", 0)).toEqual({ outcome: "changed", number: second.number });
});

test("numbers rise after the row was deleted", async () => {
  const first = await write("vase");
  await pool.query("delete from moonpath_versions where resource = 'vase'");
  expect((await write("vase")).number).toBeGreaterThan(first.number);
});

test("of two writes that expect the same number, the second waits for the first and is refused", async () => {
  const { number } = await write("rug");
  const [inside, open] = [deferred("the first writes"), deferred("the test lets it commit")];
  const first = write("rug", number, () => {
    inside.resolve();
    return open.promise;
  });
  await inside.promise;
  const second = write("rug", number);
  open.resolve();
  expect((await first).outcome).toBe("guarded");
  expect((await second).outcome).toBe("changed");
});

test("a write that was rolled back counts for nothing", async () => {
  const { number } = await write("cup");
  const failed = write("cup", number, () => Promise.reject(new Error("the handler fails")));
  await expect(failed).rejects.toThrow("the handler fails");
  expect((await write("cup", number)).outcome).toBe("guarded");
});

test("a writer that was paused beyond its time loses no update of others, and its own does not get lost", async () => {
  const all = versions();
  const resource = "jug";
  const seen = await all.read(resource);
  if (seen.kind !== "known") throw new Error(seen.kind);
  const paused = await all.begin(resource, seen.token);
  if (paused.kind !== "begun") throw new Error(paused.kind);
  // Its time is over, and another client reads and writes.
  const key = keys.version(scope, resource);
  const times = (await redis.hkeys(key)).filter((field) => field === "until" || field.startsWith("writer:"));
  await redis.hset(key, Object.fromEntries(times.map((field) => [field, 1])));
  const later = await all.read(resource);
  if (later.kind !== "known") throw new Error(later.kind);
  expect((await write(resource, paused.write.expectedNumber)).outcome).toBe("guarded");
  const other = await all.begin(resource, later.token);
  if (other.kind !== "begun") throw new Error(other.kind);
  const refused = await write(resource, other.write.expectedNumber);
  expect(refused.outcome).toBe("changed");
  other.write.setNumber(refused.number);
  await other.write.end();
  // The client of the other write reads again, and then may write.
  const again = await all.read(resource);
  if (again.kind !== "known") throw new Error(again.kind);
  const third = await all.begin(resource, again.token);
  if (third.kind !== "begun") throw new Error(third.kind);
  expect((await write(resource, third.write.expectedNumber)).outcome).toBe("guarded");
});

test("a pool, and a number out of bounds, are refused", async () => {
  // @ts-expect-error a pool is no transaction
  await expect(guardVersion(pool, { tenant: "acme", resource: "x" })).rejects.toThrow(ArgumentError);
  await expect(write("x", -1)).rejects.toThrow(ArgumentError);
});
