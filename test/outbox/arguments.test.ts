import pg from "pg";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createInvalidationOutbox, createInvalidationRelay } from "../../src/outbox/index.js";
import { createTables, inTransaction } from "../../src/postgres/index.js";
import { openMoonpath } from "../support/cache/kit.js";
import { failure } from "../support/lua/errors.js";
import { freshDatabase } from "../support/postgres.js";
import { freshNamespace } from "../support/redis.js";

const pool = new pg.Pool({ connectionString: await freshDatabase(), max: 2 });
pool.on("error", () => undefined);
beforeAll(() => createTables(pool));
afterAll(() => pool.end());

const namespace = freshNamespace();
const outbox = createInvalidationOutbox({ namespace });
const lamp = { product: "lamp" };
const entries = { tenant: "acme", pattern: "product:<product>", fields: [lamp] };

/** As JavaScript calls it, without the types. */
async function enqueue(tx: unknown, invalidation: unknown): Promise<void> {
  await Reflect.apply(outbox.enqueue, outbox, [tx, invalidation]);
}

async function rows(): Promise<number> {
  const found = await pool.query("select from moonpath_invalidations where namespace = $1", [namespace]);
  return found.rows.length;
}

test.each([
  ["invalidation", undefined],
  ["invalidation", null],
  ["invalidation", "lamp"],
  ["tenant", { ...entries, tenant: "" }],
  ["tenant", { ...entries, tenant: "no tenant" }],
  ["tenant", { pattern: "product:<product>", fields: [lamp] }],
  ["soft", { ...entries, soft: "yes" }],
  ["tags", { tenant: "acme", tags: "lamps" }],
  ["tags", { tenant: "acme", tags: ["fine", ""] }],
  ["tags", { tenant: "acme", tags: ["*"] }],
  ["tags", { tenant: "acme", tags: [7] }],
  ["all", { tenant: "acme", all: false }],
  ["pattern", { tenant: "acme" }],
  ["pattern", { ...entries, pattern: "product:<product" }],
  ["cache", { tenant: "acme", cache: undefined, fields: [lamp] }],
  ["fields", { ...entries, fields: lamp }],
  ["fields", { tenant: "acme", pattern: "product:<product>" }],
  ["product", { ...entries, fields: [lamp, {}] }],
  ["cache", { tenant: "acme", cache: "product:<product>", fields: [lamp] }],
  ["product", { ...entries, fields: [{ product: "" }] }],
  ["settleMs", { ...entries, settleMs: 0 }],
  ["settleMs", { ...entries, settleMs: 1.5 }],
  ["settleMs", { ...entries, settleMs: 100, soft: true }],
  ["settle", { ...entries, settle: 100 }],
  ["fields", { tenant: "acme", tags: ["lamps"], fields: [lamp] }],
  ["settleMs", { tenant: "acme", all: true, settleMs: 100 }],
])("enqueue refuses a wrong %s, and the transaction goes on: %j", async (argument, invalidation) => {
  const before = await rows();
  await inTransaction(pool, async (tx) => {
    const error = await failure(enqueue(tx, invalidation));
    expect(error).toMatchObject({ code: "ARGUMENT", argument });
    expect(error).toMatchObject({ message: expect.stringContaining(argument) });
    await outbox.enqueue(tx, { tenant: "acme", tags: ["lamps"] });
  });
  expect(await rows()).toBe(before + 1);
});

test("enqueue refuses an object whose property throws", async () => {
  const broken = Object.defineProperty({ ...entries }, "tenant", {
    get: () => {
      throw new Error("a getter fails");
    },
  });
  await inTransaction(pool, async (tx) => {
    expect(await failure(enqueue(tx, broken))).toMatchObject({ code: "ARGUMENT", argument: "invalidation" });
  });
});

test.each([undefined, null, "begin", 7, {}])("enqueue refuses %j as a transaction", async (tx) => {
  expect(await failure(enqueue(tx, entries))).toMatchObject({ code: "ARGUMENT", argument: "tx" });
});

test.each([undefined, null, {}, { namespace: 7 }, { namespace: "a b" }])("no outbox of %j", (client) => {
  expect(() => Reflect.apply(createInvalidationOutbox, undefined, [client])).toThrow(
    expect.objectContaining({ code: "ARGUMENT" }),
  );
});

test.each([
  ["pool", { pool: undefined }],
  ["pool", { pool: {} }],
  ["batch", { batch: 0 }],
  ["pollMs", { pollMs: 0.5 }],
  ["takeoverMs", { takeoverMs: -1 }],
  ["maxAttempts", { maxAttempts: 0 }],
  ["minReplicas", { minReplicas: -1 }],
  ["deadlineMs", { deadlineMs: 0 }],
  ["onError", { onError: "log" }],
  ["retries", { retries: 3 }],
])("a relay refuses a wrong %s: %j", async (argument, options) => {
  const moonpath = await openMoonpath();
  const make = () => Reflect.apply(createInvalidationRelay, undefined, [moonpath, { pool, ...options }]);
  expect(make).toThrow(expect.objectContaining({ code: "ARGUMENT", argument }));
});
