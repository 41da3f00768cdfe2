import pg from "pg";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ArgumentError, OutcomeUnknownError, ReconcileError, StaleFenceError } from "../../src/index.js";
import {
  type AppliedBatch,
  applyViews,
  createTables,
  forgetRequests,
  guardFence,
  inTransaction,
  reconcileViews,
  recordOnce,
} from "../../src/postgres/index.js";
import { freshDatabase } from "../support/postgres.js";
import { deferred } from "../support/wait.js";

const databaseUrl = await freshDatabase();
const pool = new pg.Pool({ connectionString: databaseUrl, max: 12 });
pool.on("error", () => undefined);
let next = 0;
/** A tenant that no other test uses. */
const fresh = () => `tenant-${process.pid}-${next++}`;

beforeAll(async () => {
  // At once, as several processes do at their start.
  await Promise.all([createTables(pool), createTables(pool), createTables(pool)]);
});
afterAll(async () => {
  await pool.end();
});

describe("guardFence", () => {
  const write = (tenant: string, fence: number, work = async () => {}) =>
    inTransaction(pool, async (tx) => {
      await guardFence(tx, { tenant, lock: "nightly", fence });
      await work();
    });

  test("lets the same and higher fences write, and refuses lower ones", async () => {
    const tenant = fresh();
    for (const fence of [7, 7, 9]) await write(tenant, fence);
    await expect(write(tenant, 8)).rejects.toBeInstanceOf(StaleFenceError);
    await write(tenant, 9);
  });

  test("lets two holders write one after the other, and not the older after the newer", async () => {
    const tenant = fresh();
    const inside = deferred("the newer holder writes");
    const opened = deferred("the test lets the newer holder commit");
    const newer = write(tenant, 2, () => {
      inside.resolve();
      return opened.promise;
    });
    await inside.promise;
    const older = write(tenant, 1).then(
      () => "written",
      (error: unknown) => error,
    );
    opened.resolve();
    await newer;
    expect(await older).toBeInstanceOf(StaleFenceError);
  });

  test("keeps no fence of a transaction that is rolled back", async () => {
    const tenant = fresh();
    await expect(write(tenant, 9, () => Promise.reject(new Error("no")))).rejects.toThrow("no");
    await write(tenant, 8);
  });
});

describe("recordOnce", () => {
  test("runs the effect once for many simultaneous calls, and gives all its reply", async () => {
    const tenant = fresh();
    let runs = 0;
    const replies = await Promise.all(
      Array.from({ length: 8 }, (_, fence) =>
        inTransaction(pool, (tx) =>
          recordOnce(tx, { tenant, request: "r", fence }, async () => {
            runs++;
            return { by: fence, at: "noon" };
          }),
        ),
      ),
    );
    expect(runs).toBe(1);
    expect(new Set(replies.map((reply) => JSON.stringify(reply))).size).toBe(1);
  });

  test("keeps nothing of an effect that fails, and may run it again", async () => {
    const request = { tenant: fresh(), request: "r", fence: 1 };
    const failing = inTransaction(pool, (tx) =>
      recordOnce(tx, request, () => Promise.reject(new Error("no"))),
    );
    await expect(failing).rejects.toThrow("no");
    expect(await inTransaction(pool, (tx) => recordOnce(tx, request, async () => "done"))).toBe("done");
  });

  test.each<[string, (tx: pg.PoolClient) => Promise<unknown>]>([
    [
      "the effect throws",
      async (tx) => {
        await tx.query("savepoint own");
        throw new Error("no");
      },
    ],
    [
      "a statement fails inside a savepoint",
      async (tx) => {
        await tx.query("savepoint own");
        await tx.query("select 1 / 0");
      },
    ],
  ])("does not count a failed effect as done if its transaction commits (%s)", async (_, effect) => {
    const request = { tenant: fresh(), request: "r", fence: 1 };
    await inTransaction(pool, async (tx) => {
      await expect(recordOnce(tx, request, () => effect(tx))).rejects.toThrow();
      await tx.query("rollback to savepoint own");
    });
    let runs = 0;
    const again = inTransaction(pool, (tx) => recordOnce(tx, request, async () => ++runs));
    await expect(again).rejects.toBeInstanceOf(OutcomeUnknownError);
    expect(runs).toBe(0);
  });

  test("counts an effect without a result as done", async () => {
    const request = { tenant: fresh(), request: "r", fence: 1 };
    let runs = 0;
    const ask = () =>
      inTransaction(pool, (tx) =>
        recordOnce(tx, request, async () => {
          runs++;
        }),
      );
    expect([await ask(), await ask(), runs]).toEqual([null, null, 1]);
  });

  test("runs a request again after forgetRequests has deleted it", async () => {
    const request = { tenant: fresh(), request: "r", fence: 1 };
    await inTransaction(pool, (tx) => recordOnce(tx, request, async () => "first"));
    expect(await forgetRequests(pool, { olderThanMs: 3_600_000 })).toBe(0);
    await pool.query(
      "update moonpath_requests set recorded_at = now() - interval '2 hours' where tenant = $1",
      [request.tenant],
    );
    expect(await forgetRequests(pool, { olderThanMs: 3_600_000 })).toBe(1);
    expect(await inTransaction(pool, (tx) => recordOnce(tx, request, async () => "again"))).toBe("again");
  });

  test.each([-60_000, 0, 1.5, Number.NaN, Number.POSITIVE_INFINITY, undefined, null, "1000"])(
    "keeps all requests if forgetRequests gets olderThanMs of %s",
    async (olderThanMs) => {
      const request = { tenant: fresh(), request: "r", fence: 1 };
      await inTransaction(pool, (tx) => recordOnce(tx, request, async () => "first"));
      await expect(Reflect.apply(forgetRequests, undefined, [pool, { olderThanMs }])).rejects.toMatchObject({
        code: "ARGUMENT",
        argument: "olderThanMs",
      });
      expect(await inTransaction(pool, (tx) => recordOnce(tx, request, async () => "again"))).toBe("first");
    },
  );
});

describe("applyViews", () => {
  const batchOf = (tenant: string, batch: number, previous?: number, count = 1): AppliedBatch => ({
    tenant,
    shard: "0",
    batch,
    previous,
    views: [{ product: "lamp", count }],
  });

  async function applied(batch: AppliedBatch): Promise<{ outcome: string; runs: number }> {
    let runs = 0;
    const outcome = await inTransaction(pool, (tx) =>
      applyViews(tx, batch, async () => {
        runs++;
      }),
    );
    return { outcome, runs };
  }

  test("applies each batch of a chain once", async () => {
    const tenant = fresh();
    expect(await applied(batchOf(tenant, 5))).toEqual({ outcome: "applied", runs: 1 });
    expect(await applied(batchOf(tenant, 5))).toEqual({ outcome: "repeated", runs: 0 });
    expect(await applied(batchOf(tenant, 9, 5))).toEqual({ outcome: "applied", runs: 1 });
    expect(await applied(batchOf(tenant, 9, 5))).toEqual({ outcome: "repeated", runs: 0 });
  });

  test("applies one of several simultaneous copies of a batch", async () => {
    const batch = batchOf(fresh(), 5);
    const all = await Promise.all(Array.from({ length: 6 }, () => applied(batch)));
    expect(all.reduce((sum, { runs }) => sum + runs, 0)).toBe(1);
  });

  test.each<[string, (tenant: string) => AppliedBatch]>([
    ["another first batch, as if Redis had lost everything,", (tenant) => batchOf(tenant, 12)],
    ["an older batch, as if Redis had restored an older file,", (tenant) => batchOf(tenant, 5)],
    ["a new batch over an older state", (tenant) => batchOf(tenant, 12, 5)],
    ["a batch after one that the database never had", (tenant) => batchOf(tenant, 12, 10)],
    ["the last batch with other counts", (tenant) => batchOf(tenant, 9, 5, 2)],
  ])("refuses %s with ReconcileError", async (_, strange) => {
    const tenant = fresh();
    await applied(batchOf(tenant, 5));
    await applied(batchOf(tenant, 9, 5));
    await expect(applied(strange(tenant))).rejects.toBeInstanceOf(ReconcileError);
    expect(await applied(batchOf(tenant, 10, 9))).toEqual({ outcome: "applied", runs: 1 });
  });

  test.each([
    ["count", 1],
    ["discard", 0],
  ] as const)(
    "knows a batch that was reconciled by %s, and applies the next one",
    async (decision, expected) => {
      const tenant = fresh();
      await applied(batchOf(tenant, 5));
      const strange = batchOf(tenant, 12);
      let runs = 0;
      const reconciled = () =>
        inTransaction(pool, (tx) =>
          reconcileViews(tx, strange, decision, async () => {
            runs++;
          }),
        );
      expect(await reconciled()).toBe("reconciled");
      expect(await reconciled()).toBe("repeated");
      expect(runs).toBe(expected);
      expect(await applied(strange)).toEqual({ outcome: "repeated", runs: 0 });
      expect(await applied(batchOf(tenant, 13, 12))).toEqual({ outcome: "applied", runs: 1 });
    },
  );

  test("has no record of a batch whose reconcile decision was unknown", async () => {
    const batch = batchOf(fresh(), 5);
    const reconciled = inTransaction(pool, (tx) =>
      Reflect.apply(reconcileViews, undefined, [tx, batch, "Count", async () => {}]),
    );
    await expect(reconciled).rejects.toBeInstanceOf(ArgumentError);
    expect(await applied(batch)).toEqual({ outcome: "applied", runs: 1 });
  });
});

describe("a transaction function", () => {
  const request = { tenant: "pool", request: "order", fence: 1 };
  test.each([
    // Each is an error to the compiler, too.
    ["recordOnce", () => Reflect.apply(recordOnce, undefined, [pool, request, async () => "done"])],
    [
      "guardFence",
      () => Reflect.apply(guardFence, undefined, [pool, { tenant: "pool", lock: "a", fence: 1 }]),
    ],
    [
      "applyViews",
      () => Reflect.apply(applyViews, undefined, [pool, { tenant: "pool", shard: "0", batch: 1, views: [] }]),
    ],
  ])("refuses a pool in place of a connection, and writes nothing (%s)", async (_, call) => {
    await expect(call()).rejects.toMatchObject({ code: "ARGUMENT" });
    const { rows } = await pool.query("select 1 from moonpath_requests where tenant = 'pool'");
    expect(rows).toEqual([]);
  });

  test.each([0, -1, 1.5, Number.NaN])("refuses a fence of %s", async (fence) => {
    await expect(
      inTransaction(pool, (tx) => guardFence(tx, { tenant: "pool", lock: "a", fence })),
    ).rejects.toMatchObject({ code: "ARGUMENT" });
  });
});
