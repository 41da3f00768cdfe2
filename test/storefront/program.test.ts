import { chmod, mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { gzipSync } from "node:zlib";
import pg from "pg";
import { afterAll, describe, expect, inject, test } from "vitest";
import { syntheticText } from "../../examples/storefront/invoices/synthetic.js";
import { freshDatabase } from "../support/postgres.js";
import { sharedRedis } from "../support/redis.js";
import { familyOf, stillRunning } from "../support/storefront/processes.js";
import { runStorefront, startStorefront, temporaryFolder } from "../support/storefront/program.js";

const LIMIT_MS = 60_000;
const databaseUrl = await freshDatabase();
const folder = await temporaryFolder();
const given = { REDIS_URL: inject("redisUrl"), DATABASE_URL: databaseUrl };
const onCluster = { ...given, REDIS_URL: inject("clusterUrl") };
const own = { REDIS_URL: undefined, DATABASE_URL: undefined };
afterAll(async () => {
  await folder.remove();
});

const header = "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country";

/** What depends on how long a run took. */
const timely = {
  elapsedMs: expect.any(Number),
  viewWrites: expect.any(Number),
  viewRows: expect.any(Number),
};

/** An invoice line with these values. */
function line(product: string, quantity: number, price: string): string {
  return `536365,${product},LAMP,${quantity},2010-12-01 08:26:00,${price},17850.0,France`;
}

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
    header,
    line("10001", 6, "2.55"),
    line("10001", -2, "2.55"),
    line("POST", 1, "18.00"),
    line("10001", 9, "2.10"),
    "536365,10001,LAMP",
    line("10001", 3, "0.0"),
    line("10002A", 0, "4.25"),
    line("10002A", 4, "four"),
    line("10002a", 11, "4.25"),
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
      expect(output).toContain('  line 9: UnitPrice is no number: "four"\n');
      expect(output).toContain(
        "The books balance: the invoices, PostgreSQL and Redis agree on every product.",
      );
      expect(status).toBe(0);
      expect(await folder.json("small.json")).toEqual({
        lines: 9,
        bad: 2,
        other: 1,
        sales: 4,
        returns: 1,
        refusedSales: 2,
        refusedUnits: 20,
        priceEvents: 5,
        duplicatesDelivered: expect.any(Number),
        duplicatesIgnored: expect.any(Number),
        views: 6,
        viewsInDatabase: 6,
        viewWrites: expect.any(Number),
        viewRows: expect.any(Number),
        reservations: { committed: 2, released: 0, expired: 0, held: 0 },
        offers: { tracked: 0, extended: 0, cancelled: 0, expired: 0, orphansCleaned: 0 },
        elapsedMs: expect.any(Number),
        balanced: true,
        products: {
          "10001": { sold: 9, returned: 2, refused: 9, available: 3, lastPrice: 0 },
          "10002A": { sold: 0, returned: 0, refused: 0, available: 10, lastPrice: 425 },
          "10002a": { sold: 0, returned: 0, refused: 11, available: 10, lastPrice: 425 },
        },
      });
    },
    LIMIT_MS,
  );

  test(
    "with a seed has the same result on one Redis and on a cluster",
    async () => {
      const args = ["--once", "--limit", "500", "--stock", "5", "--seed", "11"];
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
      expect(first).toMatchObject({ lines: 500, bad: 0, balanced: true });
      const { refusedUnits, duplicatesDelivered, duplicatesIgnored } = Object(first);
      expect(refusedUnits).toBeGreaterThan(100);
      expect(duplicatesDelivered).toBeGreaterThan(50);
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
        [...common, "--limit", "300", "--data", data, "--json", folder.file("read.json")],
        given,
      );
      await runStorefront([...common, "--limit", "300", "--json", folder.file("made.json")], given);
      const made: unknown = await folder.json("made.json");
      expect(made).toMatchObject({ lines: 300, balanced: true });
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

describe.runIf(process.platform === "linux")("the program", () => {
  test(
    "leaves no process after --once",
    async () => {
      const running = await startStorefront(["--once", "--limit", "200"], own);
      await running.waitFor("The shop listens at");
      const family = await familyOf(running.child.pid ?? 0);
      // Itself, Redis, PostgreSQL and its workers.
      expect(family.length).toBeGreaterThan(3);
      expect(await running.ended).toMatchObject({ status: 0, errors: "" });
      expect(await stillRunning(family)).toEqual([]);
    },
    LIMIT_MS,
  );

  test(
    "leaves no process after Ctrl+C while the server keeps running",
    async () => {
      const running = await startStorefront(["--limit", "200"], own);
      const output = await running.waitFor("The server keeps running at");
      const address = /keeps running at (\S+?)\.?\s/.exec(output)?.[1];
      const response = await fetch(`${address}/products?limit=1`);
      expect(response.status).toBe(200);
      const family = await familyOf(running.child.pid ?? 0);
      running.child.kill("SIGINT");
      expect(await running.ended).toMatchObject({ status: 0, errors: "" });
      expect(await stillRunning(family)).toEqual([]);
    },
    LIMIT_MS,
  );

  test(
    "leaves no process and no partial file after Ctrl+C during the replay",
    async () => {
      const json = folder.file("interrupted.json");
      const running = await startStorefront(["--once", "--limit", "200000", "--json", json], own);
      await running.waitFor(" of 200,000 lines");
      const family = await familyOf(running.child.pid ?? 0);
      running.child.kill("SIGINT");
      const { status, output, errors } = await running.ended;
      expect({ status, errors }).toEqual({ status: 130, errors: "" });
      expect(output).toContain("Interrupted. Closing the servers.");
      expect(await stillRunning(family)).toEqual([]);
      expect((await readdir(folder.file("."))).filter((name) => name.startsWith("interrupted"))).toEqual([]);
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
    await writeFile(data, [header, line(longest, 3, "2.55"), line(`${longest}/`, 3, "2.55")].join("\n"));
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
    await writeFile(data, `${header}\nnothing,of,use\n`);
    const { status, output } = await runStorefront(["--once", "--data", data], given);
    expect(status).toBe(1);
    expect(output).toContain("nothing was replayed");
  },
  LIMIT_MS,
);

describe("the program", () => {
  test(
    "refuses a file of another format before it starts servers",
    async () => {
      const data = folder.file("other.csv");
      await writeFile(data, "name,price\nlamp,5\n");
      expect(await runStorefront(["--once", "--data", data], given)).toEqual({
        status: 1,
        output: "",
        errors:
          `${data}: its first line is another header: "name,price".\n` +
          `Expected: an Online Retail file, CSV in UTF-8, plain or gzip, whose first line is ${header}.\n`,
      });
    },
    LIMIT_MS,
  );

  test(
    "refuses a result file that cannot be written before it starts servers",
    async () => {
      await mkdir(folder.file("folder"));
      const missing = folder.file("nowhere/result.json");
      expect(await runStorefront(["--once", "--json", missing], given)).toEqual({
        status: 1,
        output: "",
        errors: `--json ${missing}: there is no folder ${folder.file("nowhere")}\n`,
      });
      const directory = folder.file("folder");
      expect(await runStorefront(["--once", "--json", directory], given)).toEqual({
        status: 1,
        output: "",
        errors: `--json ${directory}: this is a directory\n`,
      });
      if (process.getuid?.() !== 0) {
        await chmod(directory, 0o500);
        const { errors } = await runStorefront(["--once", "--json", `${directory}/result.json`], given);
        expect(errors).toBe(`--json ${directory}/result.json: permission denied\n`);
      }
    },
    LIMIT_MS,
  );

  test("keeps an earlier result if the run cannot start", async () => {
    const json = folder.file("earlier.json");
    await writeFile(json, "earlier");
    await runStorefront(["--once", "--json", json], { ...given, REDIS_URL: "http://127.0.0.1" });
    expect(await readFile(json, "utf8")).toBe("earlier");
  });

  test("refuses a wrong option", async () => {
    expect(await runStorefront(["--onec"], given)).toEqual({
      status: 2,
      output: "",
      errors: "error: unknown option '--onec'\n(Did you mean --once?)\n",
    });
  });

  test("prints only its help for --help", async () => {
    const { status, output, errors } = await runStorefront(["--help"], given);
    expect({ status, errors }).toEqual({ status: 0, errors: "" });
    expect(output).toContain("Usage: npm start -- [options]");
  });
});
