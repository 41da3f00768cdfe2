import { Redis } from "ioredis";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { createScriptClient, type ManyResult } from "../../../src/client/index.js";
import {
  type Proxy as FaultyProxy,
  type RedisServer,
  startProxy,
  startRedis,
} from "../../../src/testing/index.js";
import { afterTest } from "../../support/cleanup.js";
import { manyScripts } from "../../support/client/many-fixtures.js";
import { testOfLocalNetwork } from "../../support/docker.js";
import { freshNamespace } from "../../support/redis.js";

let primary: RedisServer;
let replica: RedisServer;
/** Between the client and the primary, and between the primary and its replica. */
let proxy: FaultyProxy;
let link: FaultyProxy;
beforeAll(async () => {
  primary = await startRedis({ own: true });
  [proxy, link] = await Promise.all([startProxy(primary), startProxy(primary)]);
  replica = await startRedis({
    own: true,
    password: primary.password,
    config: { replicaof: `${link.host} ${link.port}` },
  });
});
afterAll(async () => {
  await Promise.all([proxy.stop(), link.stop()]);
  await Promise.all([replica.stop(), primary.stop()]);
});
afterEach(() => {
  proxy.heal();
  link.heal();
});

async function start(deadlineMs = 15_000) {
  const redis = new Redis({
    host: "127.0.0.1",
    port: proxy.port,
    password: primary.password,
    retryStrategy: () => 5,
  });
  redis.on("error", () => {});
  const client = createScriptClient(redis, manyScripts, { namespace: freshNamespace(), deadlineMs });
  afterTest(
    () => redis.disconnect(),
    () => client.close(),
  );
  await client.ready();
  return { redis, client, tally: client.tenant("acme").tally };
}

const batch = Array.from({ length: 9 }, (_, index) => ({ tally: `t${index % 4}`, change: 1 }));
const count = (results: readonly ManyResult<unknown>[], code: string) =>
  results.filter((result) => (result.ok ? "ok" : result.error.code) === code).length;

async function sum(tally: Awaited<ReturnType<typeof start>>["tally"]): Promise<number> {
  const totals = await Promise.all(["t0", "t1", "t2", "t3"].map((name) => tally.read({ tally: name })));
  return totals.reduce((all, { total }) => all + total, 0);
}

test("a link that is cut in the middle makes no call run twice", async () => {
  const { tally } = await start();
  proxy.cutReplies({ probability: 0.2 });
  const before = proxy.counters.cuts;
  for (let round = 0; round < 60; round++) expect(count(await tally.add.many(batch), "ok")).toBe(9);
  expect(proxy.counters.cuts - before).toBeGreaterThan(8);
  proxy.heal();
  expect(await sum(tally)).toBe(60 * 9);
});

test("calls that must not run twice end with OUTCOME_UNKNOWN, each batch as a whole", async () => {
  const { tally } = await start(5_000);
  proxy.cutReplies({ probability: 0.1 });
  let [known, unknown] = [0, 0];
  for (let round = 0; round < 60; round++) {
    const results = await tally.bump.many(batch);
    known += count(results, "ok");
    unknown += count(results, "OUTCOME_UNKNOWN");
  }
  proxy.heal();
  expect(known + unknown).toBe(60 * 9);
  expect(unknown).toBeGreaterThan(5);
  expect(await sum(tally)).toBeGreaterThanOrEqual(known);
  expect(await sum(tally)).toBeLessThanOrEqual(known + unknown);
});

test("a silent server ends all calls at the deadline", async () => {
  const { tally } = await start();
  proxy.blackHole();
  const started = performance.now();
  const results = await tally.add.many(batch, { deadlineMs: 100 });
  expect(performance.now() - started).toBeLessThan(2_000);
  // The first batch was sent. The others were not.
  expect(count(results, "OUTCOME_UNKNOWN")).toBe(3);
  expect(count(results, "UNAVAILABLE")).toBe(6);
});

test("an abort ends the calls that were sent with OUTCOME_UNKNOWN, and the others with ABORTED", async () => {
  const { tally } = await start();
  proxy.blackHole();
  const controller = new AbortController();
  const pending = tally.add.many(batch, { signal: controller.signal });
  controller.abort();
  const results = await pending;
  expect(count(results, "OUTCOME_UNKNOWN")).toBe(3);
  expect(count(results, "ABORTED")).toBe(6);
});

test("after close, the calls that were not sent end with CLOSED", async () => {
  const { tally, client } = await start();
  proxy.delay(50);
  const pending = tally.add.many(batch);
  client.close();
  const results = await pending;
  expect(count(results, "ok")).toBe(3);
  expect(count(results, "CLOSED")).toBe(6);
});

testOfLocalNetwork("minReplicas holds for each batch", async () => {
  const { tally } = await start();
  const direct = new Redis(primary.url);
  afterTest(() => direct.disconnect());
  await expect
    .poll(() => direct.info("replication"), { timeout: 15_000, interval: 20 })
    .toContain("state=online");
  expect(count(await tally.add.many(batch, { minReplicas: 1, replicaWaitMs: 3_000 }), "ok")).toBe(9);
  link.blackHole();
  const results = await tally.add.many(batch, { minReplicas: 1, replicaWaitMs: 30 });
  expect(count(results, "NOT_REPLICATED")).toBe(9);
  expect(await sum(tally)).toBe(18);
});

test("SCRIPT FLUSH without a pause causes no error, and no call runs twice", async () => {
  const { tally } = await start();
  const flusher = new Redis(primary.url);
  let done = false;
  const flushing = (async () => {
    while (!done) await flusher.script("FLUSH");
  })();
  for (let round = 0; round < 60; round++) expect(count(await tally.bump.many(batch), "ok")).toBe(9);
  done = true;
  await flushing;
  flusher.disconnect();
  expect(await sum(tally)).toBe(60 * 9);
});
