import pg from "pg";
import { afterAll, describe, expect, inject, test } from "vitest";
import { createSchema } from "../../../examples/storefront/books/schema.js";
import { countedPool } from "../../../examples/storefront/browse/counted-pool.js";
import { compareRuns, describeRun, queriesOf } from "../../../examples/storefront/browse/report.js";
import { browse } from "../../../examples/storefront/browse/run.js";
import { Closing } from "../../../examples/storefront/closing.js";
import { type CacheSettings, openShop } from "../../../examples/storefront/shop/open.js";
import { freshDatabase } from "../../support/postgres.js";
import { freshNamespace, sharedRedis } from "../../support/redis.js";
import { runStorefront } from "../../support/storefront/program.js";

const LIMIT_MS = 120_000;
const closing = new Closing();
const databaseUrl = await freshDatabase();
afterAll(() => closing.closeAll(() => undefined));

/** Few requests, so that a busy machine has them in seconds. */
const SIZE = { seed: 5, products: 60, visitors: 4, seconds: 100, requests: 600 };

async function run(settings: CacheSettings, schema: string) {
  const pool = new pg.Pool({ connectionString: databaseUrl, max: 6 });
  pool.on("error", () => undefined);
  closing.add("the pool", () => pool.end());
  await createSchema(pool, schema);
  const counted = countedPool(pool);
  const redis = sharedRedis();
  const warnings: string[] = [];
  const servers = { redis, pool: counted.pool, namespace: freshNamespace(), schema, description: "" };
  const shop = await openShop(
    { ...servers, lastRedisError: () => undefined },
    0,
    closing,
    (line) => warnings.push(line),
    { ...settings, cacheTimeoutMs: 10_000 },
  );
  const result = await browse(shop, counted.counts, SIZE, new AbortController().signal);
  return { result, warnings };
}

describe("visitors who browse a shop", () => {
  test(
    "see nothing stale with caches, with L1 and without, and caches save queries",
    async () => {
      const { result: off } = await run({ cache: "off", l1: false }, "browse_off");
      const { result: on } = await run({ cache: "on", l1: false }, "browse_on");
      const { result: l1 } = await run({ cache: "on", l1: true }, "browse_l1");
      for (const { load } of [off, on, l1]) {
        expect(load).toMatchObject({ requests: SIZE.requests, failed: 0, stale: 0, staleShown: [] });
        expect(load.compared).toBeGreaterThan(5);
        expect(load.written).toBeGreaterThan(3);
      }
      // The same requests: each kind as often.
      const kinds = ({ load }: typeof off) =>
        Object.fromEntries([...load.latenciesMs].map(([kind, list]) => [kind, list.length]).sort());
      expect(kinds(on)).toEqual(kinds(off));
      expect(queriesOf(on).all).toBeLessThan(0.7 * queriesOf(off).all);
      expect(queriesOf(l1).all).toBeLessThan(0.7 * queriesOf(off).all);
      const product = on.caches.get("product:<product>");
      expect(product?.reads).toBeGreaterThan(300);
      expect(product?.misses).toBeLessThan(50);
      expect(describeRun(on, "cache on").join("\n")).toContain("0 stale");
      expect(compareRuns(off, on).join("\n")).toMatch(/Database queries +[\d,]+ +[\d,]+ +\d+\.\d % +85 %/);
    },
    LIMIT_MS,
  );

  test(
    "come after the replay of the program, with and without caches",
    async () => {
      const env = { REDIS_URL: inject("redisUrl"), DATABASE_URL: databaseUrl };
      for (const cache of ["on", "off"]) {
        const args = ["--once", "--limit", "40", "--browse", "1", "--cache", cache];
        const { status, output, errors } = await runStorefront(args, env);
        expect({ status, errors }).toEqual({ status: 0, errors: "" });
        expect(output).toMatch(new RegExp(`cache ${cache}: [\\d,]+ requests in [\\d.]+ s`));
        expect(output).toContain("0 stale");
        expect(output).toMatch(/lists: hits [\d.]+ % while/);
      }
    },
    LIMIT_MS,
  );
});
