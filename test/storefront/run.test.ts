import { writeFile } from "node:fs/promises";
import { gzipSync } from "node:zlib";
import pg from "pg";
import { afterAll, describe, expect, inject, test } from "vitest";
import { syntheticText } from "../../examples/storefront/invoices/synthetic.js";
import { freshDatabase } from "../support/postgres.js";
import { sharedRedis } from "../support/redis.js";
import { INVOICE_HEADER, invoiceLine } from "../support/storefront/invoices.js";
import { familyOf, stillRunning } from "../support/storefront/processes.js";
import { runStorefront, startStorefront, temporaryFolder } from "../support/storefront/program.js";

const LIMIT_MS = 60_000;
const databaseUrl = await freshDatabase();
const folder = await temporaryFolder();
const given = { REDIS_URL: inject("redisUrl"), DATABASE_URL: databaseUrl };
const onCluster = { ...given, REDIS_URL: inject("clusterUrl") };
afterAll(async () => {
  await folder.remove();
});

/** What depends on how long a run took. */
const timely = {
  elapsedMs: expect.any(Number),
  viewWrites: expect.any(Number),
  viewRows: expect.any(Number),
};

/** Schemas of runs in the given PostgreSQL. */
async function schemasLeft(): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  const { rows } = await client.query("select nspname from pg_namespace where nspname like 'storefront%'");
  await client.end();
  return rows;
}

describe("a run", () => {
  const lines = [
    INVOICE_HEADER,
    invoiceLine("10001", 6, "2.55"),
    invoiceLine("10001", -2, "2.55", "C536366"),
    invoiceLine("POST", 1, "18.00"),
    invoiceLine("10001", 9, "2.10", "536367"),
    "536365,10001,LAMP",
    invoiceLine("10002A", 5, "4.25", "536367"),
    invoiceLine("10001", 3, "0.0", "536368"),
    invoiceLine("10001", 1, "0.03", "536368"),
    invoiceLine("10002A", 0, "4.25", "536369"),
    invoiceLine("10002A", 4, "four", "536369"),
    invoiceLine("10002a", 11, "4.25", "536370"),
  ];

  test.each([
    ["on one Redis", given],
    ["on a cluster", onCluster],
  ])(
    "balances, refuses units that are missing, and writes the JSON (%s)",
    async (_where, env) => {
      const data = folder.file("small.csv.gz");
      await writeFile(data, gzipSync(lines.join("\n")));
      const args = ["--once", "--data", data, "--stock", "10", "--seed", "3"];
      const { status, output, errors } = await runStorefront(
        [...args, "--json", folder.file("small.json")],
        env,
      );
      expect(errors).toBe("");
      expect(output).toContain("2 bad lines were left out:\n  line 6: it has 3 columns instead of 8\n");
      expect(output).toContain('  line 11: UnitPrice is no number: "four"\n');
      expect(output).toContain(
        "The books balance: the invoices, PostgreSQL and Redis agree on every product.",
      );
      expect(status).toBe(0);
      expect(await folder.json("small.json")).toEqual({
        lines: 11,
        bad: 2,
        other: 1,
        sales: 6,
        returns: 1,
        refusedSales: 3,
        refusedUnits: 25,
        priceEvents: 6,
        duplicatesDelivered: expect.any(Number),
        duplicatesIgnored: expect.any(Number),
        views: 8,
        viewsInDatabase: 8,
        viewWrites: expect.any(Number),
        viewRows: expect.any(Number),
        orders: {
          sold: 2,
          refused: 2,
          paidLate: 0,
          linesAnOrder: 1.5,
          revenueMinor: 6 * 255 + 3,
          discountMinor: 0,
          discounted: 0,
          limited: expect.any(Number),
          refusedMinor: 9 * 210 + 5 * 425 + 11 * 425,
        },
        reservations: { committed: 2, released: 0, expired: 0, held: 0 },
        offers: { tracked: 0, extended: 0, cancelled: 0, expired: 0, orphansCleaned: 0 },
        priceSales: { planned: 0, ended: 0 },
        elapsedMs: expect.any(Number),
        balanced: true,
        products: {
          "10001": { sold: 10, returned: 2, refused: 9, available: 2, lastPrice: 3 },
          "10002A": { sold: 0, returned: 0, refused: 5, available: 10, lastPrice: 425 },
          "10002a": { sold: 0, returned: 0, refused: 11, available: 10, lastPrice: 425 },
        },
      });
    },
    LIMIT_MS,
  );

  test(
    "with a seed has the same result on one Redis and on a cluster",
    async () => {
      const args = ["--once", "--limit", "200", "--stock", "5", "--seed", "11"];
      const results = await Promise.all(
        [given, onCluster].map(async (env, index) => {
          const name = `seeded-${index}.json`;
          const { status, errors } = await runStorefront([...args, "--json", folder.file(name)], env);
          expect({ status, errors }).toEqual({ status: 0, errors: "" });
          return folder.json(name);
        }),
      );
      const [first, second] = results;
      expect(second).toEqual({ ...Object(first), ...timely });
      expect(first).toMatchObject({ lines: 200, bad: 0, balanced: true });
      const { refusedUnits, duplicatesDelivered, duplicatesIgnored } = Object(first);
      expect(refusedUnits).toBeGreaterThan(60);
      expect(duplicatesDelivered).toBeGreaterThan(20);
      expect(duplicatesIgnored).toBe(duplicatesDelivered);
    },
    LIMIT_MS,
  );

  test(
    "of a file with the synthetic invoices has the same products as one without a file",
    async () => {
      const data = folder.file("made-up.csv");
      await writeFile(data, [...syntheticText(11, 400)].join("\n"));
      const common = ["--once", "--seed", "11", "--stock", "20"];
      await runStorefront(
        [...common, "--limit", "150", "--data", data, "--json", folder.file("read.json")],
        given,
      );
      await runStorefront([...common, "--limit", "150", "--json", folder.file("made.json")], given);
      const made: unknown = await folder.json("made.json");
      expect(made).toMatchObject({ lines: 150, balanced: true });
      expect(await folder.json("read.json")).toEqual({ ...Object(made), ...timely });
    },
    LIMIT_MS,
  );

  test(
    "against given servers leaves nothing in them",
    async () => {
      const redis = sharedRedis();
      const keysBefore = (await redis.keys("storefront-*")).length;
      expect((await runStorefront(["--once", "--limit", "50"], given)).status).toBe(0);
      expect(await redis.keys("storefront-*")).toHaveLength(keysBefore);
      expect(await schemasLeft()).toEqual([]);
    },
    LIMIT_MS,
  );
});

test(
  "a run ends when its output is closed, and leaves neither processes nor schemas",
  async () => {
    const running = await startStorefront(["--once", "--limit", "200000"], given);
    await running.waitFor("Starting Redis and PostgreSQL.");
    const family = await familyOf(running.child.pid ?? 0);
    running.child.stdout?.destroy();
    const { status, errors } = await running.ended;
    expect({ status, errors }).toEqual({ status: 130, errors: "" });
    expect(await stillRunning(family)).toEqual([]);
    expect(await schemasLeft()).toEqual([]);
  },
  LIMIT_MS,
);

test(
  "a run sells the longest stock code, and skips a longer one as a bad line",
  async () => {
    const data = folder.file("long.csv");
    const longest = `10001${"/".repeat(58)}`;
    await writeFile(
      data,
      [INVOICE_HEADER, invoiceLine(longest, 3, "2.55"), invoiceLine(`${longest}/`, 3, "2.55")].join("\n"),
    );
    const json = folder.file("long.json");
    const { status, output } = await runStorefront(["--once", "--data", data, "--json", json], given);
    expect(output).toContain("  line 3: StockCode cannot be used as a code");
    expect(status).toBe(0);
    expect(await folder.json("long.json")).toMatchObject({
      bad: 1,
      products: { [longest]: { sold: 3, available: 997, lastPrice: 255 } },
    });
  },
  LIMIT_MS,
);

test(
  "a run of a file without a good line fails",
  async () => {
    const data = folder.file("bad.csv");
    await writeFile(data, `${INVOICE_HEADER}\nnothing,of,use\n`);
    const { status, output } = await runStorefront(["--once", "--data", data], given);
    expect(status).toBe(1);
    expect(output).toContain("nothing was replayed");
  },
  LIMIT_MS,
);
