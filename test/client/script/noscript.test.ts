import { setTimeout as pause } from "node:timers/promises";
import { Redis } from "ioredis";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createScriptClient, type Operations, type ScriptClient } from "../../../src/client/index.js";
import {
  type RedisCluster,
  type RedisServer,
  startRedis,
  startRedisCluster,
} from "../../../src/testing/index.js";
import { scripts } from "../../support/client/fixtures.js";
import { clusterFromUrl, freshNamespace } from "../../support/redis.js";

const CALLS = 2_000;
const IN_FLIGHT = 16;

// Servers of their own: flushing scripts would disturb every other test.
let server: RedisServer;
let cluster: RedisCluster;
beforeAll(async () => {
  [server, cluster] = await Promise.all([
    startRedis({ own: true }),
    startRedisCluster({ own: true, replicasPerMaster: 0 }),
  ]);
});
afterAll(() => Promise.all([server.stop(), cluster.stop()]));

/** SCRIPT FLUSH on every server, every 5 ms or as fast as answers come, until the work is done. */
async function flushing(urls: readonly { url: string }[], everyMs: number, work: Promise<unknown>) {
  const flushers = urls.map(({ url }) => new Redis(url));
  let done = false;
  let flushes = 0;
  const loops = flushers.map(async (redis) => {
    while (!done) {
      await redis.script("FLUSH");
      flushes++;
      if (everyMs > 0) await pause(everyMs);
    }
    redis.disconnect();
  });
  try {
    await work;
  } finally {
    done = true;
    await Promise.all(loops);
  }
  return flushes;
}

/** Adds 1 so many times over 40 tallies and returns the sum that Redis holds. */
async function addMany(client: ScriptClient<Operations<typeof scripts>>): Promise<number> {
  const { tally } = client.tenant("acme");
  const names = Array.from({ length: 40 }, (_, index) => `tally-${index}`);
  let next = 0;
  const worker = async () => {
    while (next < CALLS) {
      const index = next++;
      await tally.add(
        { tally: names[index % names.length] ?? "", change: 1, operation: `o${index}` },
        { deadlineMs: 20_000 },
      );
    }
  };
  await Promise.all(Array.from({ length: IN_FLIGHT }, worker));
  const totals = await Promise.all(names.map((name) => tally.read({ tally: name }, { deadlineMs: 20_000 })));
  return totals.reduce((sum, { total }) => sum + total, 0);
}

describe.each([
  ["every 5 ms", 5],
  ["without a pause", 0],
])("SCRIPT FLUSH %s", (_, everyMs) => {
  const count = () => {
    const counts = { reloads: 0, retries: 0 };
    return {
      counts,
      observer: { onReload: () => void counts.reloads++, onRetry: () => void counts.retries++ },
    };
  };

  test.each([false, true])(
    "causes no error for callers of a single server (automatic pipelines: %s)",
    async (enableAutoPipelining) => {
      const redis = new Redis({
        host: server.host,
        port: server.port,
        password: server.password,
        enableAutoPipelining,
      });
      const { counts, observer } = count();
      const client = createScriptClient(redis, scripts, {
        namespace: freshNamespace(),
        observers: [observer],
      });
      const work = addMany(client);
      const flushes = await flushing([server], everyMs, work);
      expect(await work).toBe(CALLS);
      expect(flushes).toBeGreaterThan(3);
      expect(counts.reloads).toBeGreaterThan(0);
      expect(counts.retries).toBe(0);
      client.close();
      redis.disconnect();
    },
  );

  test("causes no error for callers of a cluster", async () => {
    const redis = clusterFromUrl(cluster.url);
    const { counts, observer } = count();
    const client = createScriptClient(redis, scripts, { namespace: freshNamespace(), observers: [observer] });
    const work = addMany(client);
    const flushes = await flushing(cluster.nodes, everyMs, work);
    expect(await work).toBe(CALLS);
    expect(flushes).toBeGreaterThan(9);
    expect(counts.reloads).toBeGreaterThan(0);
    expect(counts.retries).toBe(0);
    client.close();
    redis.disconnect();
  });
});

describe("loading", () => {
  test("is shared by all calls that miss a script at the same time, and by the other scripts in use", async () => {
    const redis = new Redis({ host: server.host, port: server.port, password: server.password });
    const client = createScriptClient(redis, scripts, { namespace: freshNamespace() });
    await client.ready();
    const { tally } = client.tenant("acme");
    await tally.read({ tally: "a" });
    await redis.script("FLUSH");
    await redis.config("RESETSTAT");
    await Promise.all(Array.from({ length: 100 }, () => tally.add({ tally: "a", change: 1 })));
    // That of `add`, and that of `read`.
    expect(await redis.info("commandstats")).toMatch(/cmdstat_script\|load:calls=2,/);
    expect(await tally.read({ tally: "a" })).toEqual({ total: 100 });
    client.close();
    redis.disconnect();
  });

  const loaded = async (on: RedisServer) => {
    const redis = new Redis({ host: on.host, port: on.port, password: on.password });
    const digests = Object.values(scripts.tally).map((script) => script.digest);
    const flags = await redis.call("SCRIPT", ["EXISTS", ...digests]);
    redis.disconnect();
    return Array.isArray(flags) && flags.every((flag) => flag === 1);
  };

  test("has reached every master when ready() resolves", async () => {
    const redis = clusterFromUrl(cluster.url);
    const client = createScriptClient(redis, scripts);
    await client.ready();
    expect(await Promise.all(cluster.nodes.map(loaded))).toEqual([true, true, true]);
    client.close();
    redis.disconnect();
  });

  test("is repeated after a restart of the server, before any call", async () => {
    const redis = new Redis({
      host: server.host,
      port: server.port,
      password: server.password,
      retryStrategy: () => 20,
    });
    redis.on("error", () => {}); // The restart cuts the connection.
    const client = createScriptClient(redis, scripts);
    await client.ready();
    await server.restart();
    await expect.poll(() => loaded(server), { timeout: 5_000 }).toBe(true);
    client.close();
    redis.disconnect();
  });

  test("fails if a script's digest does not match its text", async () => {
    const redis = new Redis({ host: server.host, port: server.port, password: server.password });
    const wrong = { ...scripts.tally.read, digest: "0".repeat(40) };
    const client = createScriptClient(redis, { tally: { wrong } });
    await expect(client.ready()).rejects.toMatchObject({ code: "SCRIPT", script: "tally.read" });
    await expect(client.tenant("acme").tally.wrong({ tally: "a" })).rejects.toMatchObject({ code: "SCRIPT" });
    client.close();
    redis.disconnect();
  });
});
