import { chmod, mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { afterAll, describe, expect, inject, test } from "vitest";
import { waitUntil } from "../../src/testing/wait.js";
import { freshDatabase } from "../support/postgres.js";
import { INVOICE_HEADER } from "../support/storefront/invoices.js";
import { familyOf, stillRunning } from "../support/storefront/processes.js";
import { runStorefront, startStorefront, temporaryFolder } from "../support/storefront/program.js";

const LIMIT_MS = 60_000;
const folder = await temporaryFolder();
const given = { REDIS_URL: inject("redisUrl"), DATABASE_URL: await freshDatabase() };
const own = { REDIS_URL: undefined, DATABASE_URL: undefined };
afterAll(async () => {
  await folder.remove();
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
      const output = await running.waitFor("The shop listens at");
      const address = /listens at (http:\/\/[\d.]+:\d+)/.exec(output)?.[1];
      const isReplaying = async () =>
        (await (await fetch(`${address}/products?limit=1`)).text()).includes('"next":"');
      await waitUntil(isReplaying, 20_000, "the first product of the replay");
      const family = await familyOf(running.child.pid ?? 0);
      running.child.kill("SIGINT");
      const { status, output: printed, errors } = await running.ended;
      expect({ status, errors }).toEqual({ status: 130, errors: "" });
      expect(printed).toContain("Interrupted. Closing the servers.");
      expect(await stillRunning(family)).toEqual([]);
      expect((await readdir(folder.file("."))).filter((name) => name.startsWith("interrupted"))).toEqual([]);
    },
    LIMIT_MS,
  );
});

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
          `Expected: an Online Retail file, CSV in UTF-8, plain or gzip, whose first line is ${INVOICE_HEADER}.\n`,
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

  test(
    "takes the server and the login of REDIS_ADDR, REDIS_USERNAME and REDIS_PASSWORD, and prints notes",
    async () => {
      const { host, password } = new URL(inject("redisUrl"));
      const { status, output, errors } = await runStorefront(["--once", "--limit", "100"], {
        DATABASE_URL: given.DATABASE_URL,
        REDIS_URL: undefined,
        REDIS_ADDR: host,
        REDIS_USERNAME: "default",
        REDIS_PASSWORD: password,
        REDIS_READ_TIMEOUT: "20s",
        REDIS_POOL_SIZE: "100",
      });
      expect(output).toContain("(from the environment)");
      expect(errors).toMatch(/^REDIS_POOL_SIZE has no effect: .*no pool\.\n$/);
      expect(status).toBe(0);
    },
    LIMIT_MS,
  );

  test("refuses a wrong variable by its name", async () => {
    const { status, errors } = await runStorefront(["--once"], { ...given, REDIS_DB: "first" });
    expect({ status, errors }).toEqual({
      status: 1,
      errors: "argument REDIS_DB: a whole number from 0 to 1000000\n",
    });
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
