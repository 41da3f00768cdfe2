import pg from "pg";
import { afterAll, expect, test } from "vitest";
import { countedPool } from "../../../examples/storefront/browse/counted-pool.js";
import { inTransaction } from "../../../src/postgres/index.js";
import { freshDatabase } from "../../support/postgres.js";

const own = new pg.Pool({ connectionString: await freshDatabase() });
own.on("error", () => undefined);
afterAll(() => own.end());

test("every statement of the pool and of its connections is counted, those about offers apart", async () => {
  const { pool, counts } = countedPool(own);
  await pool.query("select 1 as one");
  expect(counts).toEqual({ all: 1, offers: 0 });
  await pool.query({ text: "select 1", values: [] });
  await pool.query("create table public.offers (offer text)");
  await pool.query("select 'not .offersx'");
  expect(counts).toEqual({ all: 4, offers: 1 });
  // It begins, runs two statements, and commits.
  const { rows } = await inTransaction(pool, async (tx) => {
    await tx.query("insert into public.offers values ('o1')");
    return tx.query("select offer from public.offers");
  });
  expect(rows).toEqual([{ offer: "o1" }]);
  expect(counts).toEqual({ all: 8, offers: 3 });
});

test("a delay holds each statement back", async () => {
  const { pool } = countedPool(own, 50);
  const startedMs = performance.now();
  await pool.query("select 1");
  expect(performance.now() - startedMs).toBeGreaterThanOrEqual(45);
});
