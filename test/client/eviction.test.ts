import { once } from "node:events";
import { connect, createServer } from "node:net";
import { Redis } from "ioredis";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { type ClientOptions, createScriptClient, EvictionError } from "../../src/client/index.js";
import { createMoonpath } from "../../src/index.js";
import { type RedisServer, startRedis, startRedisCluster } from "../../src/testing/index.js";
import { afterTest } from "../support/cleanup.js";
import { errorOf, keep, scripts } from "../support/client/fixtures.js";
import { clusterFromUrl, freshNamespace } from "../support/redis.js";
import { within } from "../support/wait.js";

const withKeep = { tally: { ...scripts.tally, keep } };

function over(redis: Redis, options: ClientOptions = {}) {
  redis.on("error", () => {});
  const client = createScriptClient(redis, withKeep, {
    namespace: freshNamespace(),
    deadlineMs: 5_000,
    ...options,
  });
  afterTest(
    () => redis.disconnect(),
    () => client.close(),
  );
  return { redis, client, tally: client.tenant("acme").tally };
}

const change = { tally: "a", change: 1 };

describe.each([
  "volatile-ttl",
  "volatile-lru",
  "volatile-lfu",
  "volatile-random",
  "allkeys-lru",
  "allkeys-lfu",
  "allkeys-random",
])("a server with %s", (policy) => {
  let server: RedisServer;
  beforeAll(async () => {
    server = await startRedis({ own: true, config: { "maxmemory-policy": policy } });
  });
  afterAll(() => server.stop());

  test("gets no call that requires noeviction, and the error names setting and value", async () => {
    const { tally, redis, client } = over(
      new Redis({ host: "127.0.0.1", port: server.port, password: server.password }),
    );
    const error = await errorOf(tally.keep(change));
    expect(error).toBeInstanceOf(EvictionError);
    expect(error).toMatchObject({
      code: "EVICTION",
      script: "tally.keep",
      message: `tally.keep 1.2.0: maxmemory-policy is ${policy}, which may evict keys that must not be lost; set it to noeviction`,
    });
    expect(await errorOf(client.ready())).toMatchObject({ code: "EVICTION" });
    expect(await redis.dbsize()).toBe(0);
    expect(await tally.bump(change)).toEqual({ total: 1 });
    await redis.flushall();
  });

  test("gets all calls if the caller allows eviction", async () => {
    const { tally, client, redis } = over(
      new Redis({ host: "127.0.0.1", port: server.port, password: server.password }),
      {
        allowEviction: true,
      },
    );
    await client.ready();
    expect(await tally.keep(change)).toMatchObject({ total: 1 });
    await redis.flushall();
  });
});

describe("the eviction policy", () => {
  let server: RedisServer;
  let admin: Redis;
  beforeAll(async () => {
    server = await startRedis({ own: true });
    admin = new Redis({ host: "127.0.0.1", port: server.port, password: server.password });
  });
  afterAll(async () => {
    admin.disconnect();
    await server.stop();
  });
  afterEach(() => admin.config("SET", "maxmemory-policy", "noeviction"));

  test("is read again at each connect, and at each call while it is wrong", async () => {
    const { tally, redis, client } = over(
      new Redis({ host: "127.0.0.1", port: server.port, password: server.password, retryStrategy: () => 5 }),
    );
    await client.ready();
    expect(await tally.keep(change)).toMatchObject({ total: 1 });
    await admin.config("SET", "maxmemory-policy", "allkeys-lru");
    expect(await tally.keep(change)).toMatchObject({ total: 2 });
    const reconnected = within("the client reconnects", once(redis, "ready"));
    await admin.call("CLIENT", ["KILL", "TYPE", "normal", "SKIPME", "yes"]);
    await reconnected;
    expect(await errorOf(tally.keep(change))).toMatchObject({ code: "EVICTION" });
    await admin.config("SET", "maxmemory-policy", "noeviction");
    expect(await tally.keep(change)).toMatchObject({ total: 3 });
  });

  test("is read once for all calls that wait for it", async () => {
    const { tally } = over(new Redis({ host: "127.0.0.1", port: server.port, password: server.password }));
    const asked = async () => Number(/cmdstat_info:calls=(\d+)/.exec(await admin.info("commandstats"))?.[1]);
    const before = await asked();
    await Promise.all(Array.from({ length: 50 }, () => tally.keep(change)));
    // ioredis asks once, the client once, and `asked` itself once.
    expect((await asked()) - before).toBe(3);
  });

  test("is not read if no script requires noeviction, or if the caller allows eviction", async () => {
    const asked = async () => Number(/cmdstat_info:calls=(\d+)/.exec(await admin.info("commandstats"))?.[1]);
    const before = await asked();
    const redis = new Redis({
      host: "127.0.0.1",
      port: server.port,
      password: server.password,
      enableReadyCheck: false,
    });
    const plain = createScriptClient(redis, scripts);
    afterTest(() => redis.disconnect());
    await plain.ready();
    plain.close();
    const allowed = over(
      new Redis({ host: "127.0.0.1", port: server.port, password: server.password, enableReadyCheck: false }),
      {
        allowEviction: true,
      },
    );
    await allowed.client.ready();
    // `asked` itself asks once.
    expect((await asked()) - before).toBe(1);
  });

  test("counts as evicting if INFO is denied, unless the caller allows eviction", async () => {
    await admin.call("ACL", ["SETUSER", "blind", "on", "nopass", "~*", "+@all", "-info"]);
    const user = {
      host: "127.0.0.1",
      port: server.port,
      username: "blind",
      password: "x",
      enableReadyCheck: false,
    };
    const { tally } = over(new Redis(user));
    expect(await errorOf(tally.keep(change))).toMatchObject({
      code: "EVICTION",
      message: expect.stringContaining("cannot be read with INFO memory"),
    });
    expect(await tally.bump(change)).toMatchObject({ total: 1 });
    const allowed = over(new Redis(user), { allowEviction: true });
    expect(await allowed.tally.keep(change)).toMatchObject({ total: 1 });
  });
});

test("a client of a cluster refuses only the calls to nodes that evict", async () => {
  const servers = await startRedisCluster({ own: true });
  afterTest(() => servers.stop());
  const [first] = servers.nodes;
  if (!first) throw new Error("a cluster has nodes");
  const admin = new Redis({ host: "127.0.0.1", port: first.port, password: first.password });
  await admin.config("SET", "maxmemory-policy", "volatile-ttl");
  admin.disconnect();
  const redis = clusterFromUrl(servers.url);
  const client = createScriptClient(redis, withKeep, { namespace: freshNamespace(), deadlineMs: 10_000 });
  afterTest(
    () => redis.disconnect(),
    () => client.close(),
  );
  const { tally } = client.tenant("acme");
  const outcomes = await Promise.all(
    Array.from({ length: 60 }, (_, index) =>
      tally.keep({ tally: `t${index}`, change: 1 }).then(
        () => "ok",
        (error: unknown) => (error instanceof EvictionError ? "refused" : error),
      ),
    ),
  );
  expect(new Set(outcomes)).toEqual(new Set(["ok", "refused"]));
});

test("an evicting server gets no writing call of lock and price, and all reading calls of price and stock", async () => {
  const server = await startRedis({ own: true, config: { "maxmemory-policy": "volatile-ttl" } });
  afterTest(() => server.stop());
  const redis = new Redis({ host: "127.0.0.1", port: server.port, password: server.password });
  afterTest(() => redis.disconnect());
  const moonpath = createMoonpath(redis);
  afterTest(() => moonpath.close());
  const { scripts: generated, price, stock } = moonpath.tenant("acme");
  expect(await errorOf(generated.lock.acquire({ lock: "l", owner: "o", leaseMs: 1_000 }))).toMatchObject({
    code: "EVICTION",
    script: "lock.acquire",
  });
  const setPrice = price.set({ product: "p", currency: "EUR", amountMinor: 1, sequence: 1 });
  expect(await errorOf(setPrice)).toMatchObject({ code: "EVICTION", script: "price.set" });
  expect(await price.read({ product: "p", currency: "EUR" })).toEqual({ outcome: "unknown" });
  expect(await stock.read({ product: "p", low: 1 })).toEqual({ outcome: "unknown" });
});

/** A way to a server that says it is another version: its INFO is written over, byte for byte. */
async function posing(server: RedisServer, version: string): Promise<number> {
  const proxy = createServer((caller) => {
    const callee = connect(server.port, server.host);
    caller.pipe(callee);
    callee.on("data", (data) => {
      const text = data.toString("latin1");
      const lied = text.replace(
        /(redis_version:)([\d.]+)/,
        (_, name: string, own: string) => name + version.padEnd(own.length),
      );
      caller.write(lied, "latin1");
    });
    for (const [one, other] of [
      [caller, callee],
      [callee, caller],
    ] as const) {
      one.on("close", () => other.destroy());
      one.on("error", () => other.destroy());
    }
  });
  afterTest(() => proxy.close());
  await once(proxy.listen(0, "127.0.0.1"), "listening");
  const address = proxy.address();
  return typeof address === "object" && address ? address.port : 0;
}

describe("Redis", () => {
  let server: RedisServer;
  beforeAll(async () => {
    server = await startRedis({ own: true });
  });
  afterAll(() => server.stop());

  test.each(["7.2.0", "7.2.4"])(
    "%s gets no call that requires noeviction, and the error names the version to upgrade to",
    async (version) => {
      const { tally, client } = over(
        new Redis({ host: "127.0.0.1", port: await posing(server, version), password: server.password }),
      );
      expect(await errorOf(tally.keep(change))).toMatchObject({
        code: "UNSUPPORTED_SERVER",
        message: `tally.keep 1.2.0: Redis ${version} stores large round numbers of scripts as 1e+8; upgrade it to 7.2.5 or later`,
      });
      expect(await errorOf(client.ready())).toMatchObject({ code: "UNSUPPORTED_SERVER" });
    },
  );

  test.each(["7.2.5", "7.4.0"])("%s gets all calls", async (version) => {
    const { tally, client } = over(
      new Redis({ host: "127.0.0.1", port: await posing(server, version), password: server.password }),
    );
    await client.ready();
    expect(await tally.keep(change)).toMatchObject({ total: expect.any(Number) });
  });
});
