import { Redis } from "ioredis";
import { Redis as Valkey } from "iovalkey";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { createScriptClient, NotReplicatedError } from "../../src/client/index.js";
import {
  type Proxy as FaultyProxy,
  type RedisServer,
  startProxy,
  startRedis,
  startReplicaPair,
} from "../../src/testing/index.js";
import { afterTest } from "../support/cleanup.js";
import { clientOver } from "../support/client/connections.js";
import { errorOf, scripts } from "../support/client/fixtures.js";
import { nodeRedis } from "../support/client/node-redis.js";
import { freshNamespace, sharedCluster } from "../support/redis.js";

let primary: RedisServer;
let replica: RedisServer;
/** Between primary and replica. */
let link: FaultyProxy;
/** Between client and primary. */
let proxy: FaultyProxy;
let admin: Redis;
beforeAll(async () => {
  primary = await startRedis({ own: true });
  [link, proxy] = await Promise.all([startProxy(primary), startProxy(primary)]);
  replica = await startRedis({
    own: true,
    password: primary.password,
    config: { replicaof: `${link.host} ${link.port}` },
  });
  admin = new Redis({ host: "127.0.0.1", port: primary.port, password: primary.password });
});
afterAll(async () => {
  admin.disconnect();
  await Promise.all([link.stop(), proxy.stop()]);
  await Promise.all([replica.stop(), primary.stop()]);
});

afterEach(() => {
  link.heal();
  proxy.heal();
});

const linked = () =>
  expect.poll(() => admin.info("replication"), { timeout: 15_000, interval: 20 }).toContain("state=online");

const over: typeof clientOver = (redis) => clientOver(redis, { deadlineMs: 5_000 });

/** Nothing more reaches the replica, and the primary has no acknowledgement of anything from here on. */
async function cutOff(): Promise<void> {
  await linked();
  link.blackHole();
}

const one = { minReplicas: 1, replicaWaitMs: 3_000 };
const short = { minReplicas: 1, replicaWaitMs: 30 };

describe.each([
  [
    "ioredis",
    () =>
      new Redis({ host: "127.0.0.1", port: proxy.port, password: proxy.password, retryStrategy: () => 5 }),
  ],
  [
    "ioredis, automatic pipelines",
    () =>
      new Redis({
        host: "127.0.0.1",
        port: proxy.port,
        password: proxy.password,
        enableAutoPipelining: true,
      }),
  ],
  [
    "iovalkey",
    () =>
      new Valkey({ host: "127.0.0.1", port: proxy.port, password: proxy.password, retryStrategy: () => 5 }),
  ],
  ["node-redis 5", () => nodeRedis(5, proxy)],
  ["node-redis 6", () => nodeRedis(6, proxy)],
])("a call with minReplicas (%s)", (_, connect) => {
  test("answers when the replica has the write, and leaves no key behind", async () => {
    await linked();
    const { tally, client } = over(connect());
    const direct = new Redis({ host: "127.0.0.1", port: replica.port, password: replica.password });
    afterTest(() => direct.disconnect());
    const name = `${client.namespace}:{acme:a}:tally`;
    expect(await tally.bump({ tally: "a", change: 2 }, one)).toEqual({ total: 2 });
    expect(await direct.hget(name, "total")).toBe("2");
    await expect.poll(() => admin.exists(`${client.namespace}:{acme:a}:replicated`)).toBe(0);
  });

  test("ends with NOT_REPLICATED if the replica lacks the write, which the primary keeps", async () => {
    await cutOff();
    const { tally } = over(connect());
    const error = await errorOf(tally.add({ tally: "b", change: 2, operation: "one" }, short));
    expect(error).toBeInstanceOf(NotReplicatedError);
    expect(error).toMatchObject({
      code: "NOT_REPLICATED",
      script: "tally.add",
      message: "tally.add 1.2.0: 0 of 1 replicas acknowledged in time",
    });
    expect(await tally.read({ tally: "b" }, short)).toEqual({ total: 2 });
  });

  test("asks the replicas again on a repeat, even over a new connection", async () => {
    await cutOff();
    const { tally, client } = over(connect());
    const change = { tally: "c", change: 2, operation: "one" } as const;
    expect(await errorOf(tally.add(change, short))).toMatchObject({ code: "NOT_REPLICATED" });
    const { redis } = over(connect());
    const again = createScriptClient(redis, scripts, { namespace: client.namespace, deadlineMs: 5_000 });
    afterTest(() => again.close());
    const elsewhere = again.tenant("acme").tally;
    // WAIT alone would say that the replica has all that this connection wrote: nothing.
    expect(await errorOf(elsewhere.add(change, short))).toMatchObject({ code: "NOT_REPLICATED" });
    link.heal();
    await linked();
    expect(await elsewhere.add(change, one)).toEqual({ outcome: "repeated", total: 2 });
  });

  test("does not take a retry's answer as proof of replication", async () => {
    await cutOff();
    const { tally, client } = over(connect());
    await client.ready();
    proxy.cutReplies({ probability: 1 });
    const call = errorOf(tally.add({ tally: "d", change: 2, operation: "one" }, short));
    const key = `${client.namespace}:{acme:d}:tally`;
    await expect.poll(() => admin.hget(key, "total"), { interval: 1 }).toBe("2");
    proxy.heal();
    expect(await call).toMatchObject({ code: "NOT_REPLICATED" });
  });
});

describe("the wait for replicas", () => {
  test("fits into the deadline", async () => {
    await cutOff();
    const { tally } = over(new Redis({ host: "127.0.0.1", port: proxy.port, password: proxy.password }));
    await tally.read({ tally: "e" });
    const startedAt = performance.now();
    const error = await errorOf(
      tally.bump({ tally: "e", change: 1 }, { minReplicas: 1, replicaWaitMs: 60_000, deadlineMs: 150 }),
    );
    expect(performance.now() - startedAt).toBeLessThan(5_000);
    expect(error).toMatchObject({ code: "NOT_REPLICATED" });
    expect(await tally.read({ tally: "e" })).toEqual({ total: 1 });
  });

  test("ends with NOT_REPLICATED at the deadline or the abort, after the script has answered", async () => {
    await cutOff();
    for (const ending of ["deadline", "aborted"] as const) {
      const { tally, client } = over(
        new Redis({ host: "127.0.0.1", port: proxy.port, password: proxy.password }),
      );
      const abort = new AbortController();
      const limits = ending === "deadline" ? { deadlineMs: 300 } : { signal: abort.signal };
      const call = errorOf(
        tally.bump({ tally: "f", change: 1 }, { minReplicas: 1, replicaWaitMs: 4_000, ...limits }),
      );
      await written(client.namespace, "f");
      proxy.blackHole();
      abort.abort();
      expect(await call).toMatchObject({ code: "NOT_REPLICATED" });
      proxy.heal();
    }
  });

  test("confirms nothing if the connection breaks meanwhile", async () => {
    await cutOff();
    const { tally, client } = over(
      new Redis({ host: "127.0.0.1", port: proxy.port, password: proxy.password, retryStrategy: () => 5 }),
    );
    const call = errorOf(tally.bump({ tally: "g", change: 1 }, { minReplicas: 1, replicaWaitMs: 4_000 }));
    await written(client.namespace, "g");
    proxy.cut();
    expect(await call).toMatchObject({
      code: "NOT_REPLICATED",
      message: "tally.bump 1.2.0: nothing is known of the replicas",
    });
  });

  test("confirms nothing if another server answers", async () => {
    const other = await startReplicaPair({ password: primary.password });
    afterTest(() => other.stop());
    const { redis, tally, client } = over(
      new Redis({ host: "127.0.0.1", port: proxy.port, password: proxy.password, retryStrategy: () => 5 }),
    );
    await client.ready();
    await tally.read({ tally: "h" });
    // As a failover does: the next connection leads elsewhere, and ioredis sends there what was not answered.
    redis.options.port = other.primary.port;
    // This seed lets the script's answer through and drops the one after it.
    proxy.cutReplies({ probability: 0.5, seed: 3 });
    const cuts = proxy.counters.cuts;
    expect(await errorOf(tally.bump({ tally: "h", change: 1 }, one))).toMatchObject({
      message: "tally.bump 1.2.0: nothing is known of the replicas",
    });
    expect(proxy.counters.cuts).toBe(cuts + 1);
    const elsewhere = new Redis({
      host: "127.0.0.1",
      port: other.primary.port,
      password: other.primary.password,
    });
    afterTest(() => elsewhere.disconnect());
    expect(await elsewhere.call("wait", ["1", "1000"])).toBe(1);
  });

  test("reports that nothing is known if the user may not call WAIT", async () => {
    await linked();
    await admin.call("ACL", ["SETUSER", "plain", "on", "nopass", "~*", "&*", "+@all", "-wait"]);
    const { tally } = over(
      new Redis({ host: "127.0.0.1", port: proxy.port, username: "plain", password: "x" }),
    );
    expect(await errorOf(tally.bump({ tally: "i", change: 1 }, one))).toMatchObject({
      code: "NOT_REPLICATED",
      message: expect.stringContaining("nothing is known"),
    });
  });
});

/** Resolves when the client waits for the replicas of this tally. */
async function written(namespace: string, tally: string): Promise<void> {
  await expect
    .poll(() => admin.hget(`${namespace}:{acme:${tally}}:tally`, "total"), { interval: 1 })
    .toBeTruthy();
  await expect.poll(() => admin.info("clients"), { interval: 1 }).toContain("blocked_clients:1");
}

test("a call with minReplicas loads a flushed script first", async () => {
  await linked();
  const { tally, client } = over(
    new Redis({ host: "127.0.0.1", port: proxy.port, password: proxy.password }),
  );
  await client.ready();
  await admin.script("FLUSH");
  expect(await tally.bump({ tally: "j", change: 1 }, one)).toEqual({ total: 1 });
});

test.each([
  [{ minReplicas: -1 }, "minReplicas"],
  [{ minReplicas: 1.5 }, "minReplicas"],
  [{ minReplicas: 1, replicaWaitMs: 0 }, "replicaWaitMs"],
  [{ minReplicas: 1, replicaWaitMs: Number.POSITIVE_INFINITY }, "replicaWaitMs"],
])("a call refuses the options %j", async (options, argument) => {
  const { tally } = over(new Redis({ host: "127.0.0.1", port: proxy.port, password: proxy.password }));
  expect(await errorOf(tally.bump({ tally: "k", change: 1 }, options))).toMatchObject({
    code: "ARGUMENT",
    argument,
  });
});

test("a call on a cluster waits for the replicas of the node that owns the slot", async () => {
  const cluster = sharedCluster();
  const client = createScriptClient(cluster, scripts, { namespace: freshNamespace(), deadlineMs: 10_000 });
  afterTest(() => client.close());
  const { tally } = client.tenant("acme");
  const names = Array.from({ length: 30 }, (_, index) => `t${index}`);
  const totals = await Promise.all(names.map((name) => tally.bump({ tally: name, change: 1 }, one)));
  expect(totals).toEqual(names.map(() => ({ total: 1 })));
  const error = await errorOf(tally.bump({ tally: "t0", change: 1 }, { minReplicas: 9, replicaWaitMs: 20 }));
  expect(error).toMatchObject({ message: "tally.bump 1.2.0: 1 of 9 replicas acknowledged in time" });
});
