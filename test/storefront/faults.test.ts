import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, afterEach, beforeEach, describe, expect, test } from "vitest";
import { type Proxy as FaultyProxy, startProxy, startRedis } from "../../src/testing/index.js";
import { waitUntil } from "../../src/testing/wait.js";
import { freshDatabase } from "../support/postgres.js";
import { runStorefront, startStorefront } from "../support/storefront/program.js";

const LIMIT_MS = 60_000;
const redis = await startRedis({ own: true });
const database = new URL(await freshDatabase());
let toRedis: FaultyProxy;
let toPostgres: FaultyProxy;
let env: { REDIS_URL: string; DATABASE_URL: string };

beforeEach(async () => {
  [toRedis, toPostgres] = await Promise.all([
    startProxy(redis),
    startProxy({ host: database.hostname, port: Number(database.port) }),
  ]);
  const url = new URL(database);
  url.port = String(toPostgres.port);
  env = { REDIS_URL: toRedis.url, DATABASE_URL: url.href };
});
afterEach(() => Promise.all([toRedis.stop(), toPostgres.stop()]));
afterAll(() => redis.stop());

test(
  "a run continues after several cuts of its PostgreSQL connections, and its books balance",
  async () => {
    const running = await startStorefront(["--once", "--limit", "600"], env);
    await running.waitFor("The shop listens at");
    const { counters } = toPostgres;
    for (let cut = 0; cut < 5; cut += 1) {
      const passed = counters.requestBytes;
      await waitUntil(
        async () => counters.requestBytes > passed + 10_000,
        20_000,
        "more of the books",
        undefined,
        5,
      );
      toPostgres.cut();
    }
    const { status, output } = await running.ended;
    expect(output).toContain("The books balance");
    expect(status).toBe(0);
    expect(counters.cuts).toBeGreaterThanOrEqual(5);
  },
  LIMIT_MS,
);

describe("Ctrl+C", () => {
  /** Far over what it takes, far under the limits of requests and queries in a row. */
  const SOON_MS = 12_000;

  test(
    "ends the run soon if PostgreSQL never answers",
    async () => {
      toPostgres.blackHole();
      const running = await startStorefront(["--once"], env);
      await waitUntil(async () => toPostgres.counters.connections > 0, 20_000, "the program to connect");
      const interruptedAt = performance.now();
      running.child.kill("SIGINT");
      const { status, output } = await running.ended;
      expect(status).toBe(130);
      expect(output).toContain("Interrupted. Closing the servers.");
      expect(performance.now() - interruptedAt).toBeLessThan(SOON_MS);
    },
    LIMIT_MS,
  );

  test.each([["Redis"], ["PostgreSQL"]])(
    "ends the run soon if %s stops answering during the replay",
    async (which) => {
      const running = await startStorefront(["--once", "--limit", "200000"], env);
      await running.waitFor("The shop listens at");
      const proxy = which === "Redis" ? toRedis : toPostgres;
      const opened = proxy.counters.requestBytes;
      const isReplaying = async () => proxy.counters.requestBytes > opened + 50_000;
      await waitUntil(isReplaying, 20_000, "the replay to send its events");
      proxy.blackHole();
      await waitUntil(async () => proxy.counters.swallowedBytes > 0, 20_000, "something to be swallowed");
      const interruptedAt = performance.now();
      running.child.kill("SIGINT");
      expect((await running.ended).status).toBe(130);
      expect(performance.now() - interruptedAt).toBeLessThan(SOON_MS);
    },
    LIMIT_MS,
  );

  test(
    "ends the run at once when it is pressed again",
    async () => {
      toPostgres.blackHole();
      const running = await startStorefront(["--once"], env);
      await waitUntil(async () => toPostgres.counters.connections > 0, 20_000, "the program to connect");
      running.child.kill("SIGINT");
      await running.waitFor("Interrupted. Closing the servers.");
      await sleep(700);
      running.child.kill("SIGINT");
      const { status, errors } = await running.ended;
      // It did not come to the end of its attempts to close what hangs.
      expect({ status, errors }).toEqual({ status: 130, errors: "" });
    },
    LIMIT_MS,
  );
});

describe("the error of a server that cannot be reached", () => {
  test.each([
    {
      name: "REDIS_URL",
      url: "redis://127.0.0.1:1",
      message: /^No Redis answers at 127\.0\.0\.1:1 \(REDIS_URL\): .*ECONNREFUSED/,
    },
    {
      name: "DATABASE_URL",
      url: "postgres://me@127.0.0.1:1/shop",
      message: /^PostgreSQL cannot be used: .*ECONNREFUSED/,
    },
  ])(
    "names the reason for $name",
    async ({ name, url, message }) => {
      const { status, errors } = await runStorefront(["--once"], { ...env, [name]: url });
      expect(errors).toMatch(message);
      expect(status).toBe(1);
    },
    LIMIT_MS,
  );
});
