import pg from "pg";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Moonpath } from "../../src/index.js";
import { createInvalidationOutbox } from "../../src/outbox/index.js";
import { createTables, inTransaction } from "../../src/postgres/index.js";
import { openMoonpath } from "../support/cache/kit.js";
import { runChild } from "../support/child.js";
import { drained, startRelay } from "../support/outbox/kit.js";
import { freshDatabase } from "../support/postgres.js";
import { eventually } from "../support/wait.js";

const PROGRAM = "outbox/outbox-process.ts";
const databaseUrl = await freshDatabase();
const database = new URL(databaseUrl).pathname.slice(1);
const pool = new pg.Pool({ connectionString: databaseUrl, max: 6 });
pool.on("error", () => undefined);

beforeAll(async () => {
  await createTables(pool);
  await pool.query("create table products (product text primary key, version int not null)");
});
afterAll(() => pool.end());

/** The products of the database, in the cache. */
function productsOf(moonpath: Moonpath) {
  const versionsOf = async (products: readonly (string | number)[]) => {
    const { rows } = await pool.query<{ product: string; version: number }>(
      "select product, version from products where product = any($1)",
      [products],
    );
    return products.map((product) => rows.find((row) => row.product === product)?.version);
  };
  return moonpath
    .cache({
      pattern: "product:<product>",
      freshMs: 600_000,
      earlyRefresh: 0,
      cacheTimeoutMs: 10_000,
      loadMany: (list) => versionsOf(list.map(({ product }) => product)),
    })
    .tenant("acme");
}

/** The name of a product that is in the cache with version 1. */
async function cachedProduct(acme: ReturnType<typeof productsOf>, product: string): Promise<void> {
  await pool.query("insert into products values ($1, 1)", [product]);
  await acme.getMany([{ product }]);
  await eventually("it is stored", async () => expect(await acme.get({ product })).toBe(1));
}

test("a writer that is killed between commit and invalidation leaves nothing stale", {
  timeout: 60_000,
}, async () => {
  const moonpath = await openMoonpath();
  const acme = productsOf(moonpath);
  const relay = startRelay(moonpath, pool);
  for (const product of ["lamp", "sofa", "table"]) {
    await cachedProduct(acme, product);
    const writer = await runChild(PROGRAM, moonpath.namespace, database, "writer", product);
    await writer.line(({ what }) => what === "committed");
    await writer.kill("SIGKILL");
    await drained(relay);
    expect(await acme.getMany([{ product }])).toEqual([2]);
  }
  // Without the outbox, the cache keeps the old version.
  await cachedProduct(acme, "plain");
  const plain = await runChild(PROGRAM, moonpath.namespace, database, "plain-writer", "plain");
  await plain.line(({ what }) => what === "committed");
  await plain.kill("SIGKILL");
  expect(await acme.getMany([{ product: "plain" }])).toEqual([1]);
});

test("a relay that is killed in the middle leaves nothing stale", { timeout: 120_000 }, async () => {
  const moonpath = await openMoonpath();
  const acme = productsOf(moonpath);
  const fields = Array.from({ length: 500 }, (_, place) => ({ product: `p${place}` }));
  const names = fields.map(({ product }) => product);
  await pool.query("insert into products select name, 1 from unnest($1::text[]) as name", [names]);
  for (let start = 0; start < fields.length; start += 50) {
    const some = fields.slice(start, start + 50);
    await eventually("they are stored", async () => {
      await acme.warm(some);
      const exist = await Promise.all(some.map((one) => acme.exists(one)));
      expect(exist.every(Boolean)).toBe(true);
    });
  }
  await inTransaction(pool, async (tx) => {
    await tx.query("update products set version = 2 where product = any($1)", [names]);
    const pattern = "product:<product>";
    await createInvalidationOutbox(moonpath).enqueue(tx, { tenant: "acme", pattern, fields });
  });
  const left = async () => {
    const { rows } = await pool.query<{ left: number }>(
      "select count(*)::int as left from moonpath_invalidations where namespace = $1",
      [moonpath.namespace],
    );
    return rows[0]?.left ?? Number.NaN;
  };
  const killed = await runChild(PROGRAM, moonpath.namespace, database, "relay");
  await killed.line(({ what }) => what === "started");
  await eventually("it has begun", async () => expect(await left()).toBeLessThan(fields.length));
  await killed.kill("SIGKILL");
  expect(await left()).toBeGreaterThan(0);
  await drained(startRelay(moonpath, pool));
  for (const { product } of fields) expect(await acme.getMany([{ product }])).toEqual([2]);
});
