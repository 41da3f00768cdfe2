import { spawn } from "node:child_process";
import { once } from "node:events";
import { Cluster, Redis } from "ioredis";
import { Redis as Valkey, Cluster as ValkeyCluster } from "iovalkey";
import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import { createScriptClient, type RedisLike } from "../../src/client/index.js";
import { type RedisServer, startProxy, startRedis, startRedisCluster } from "../../src/testing/index.js";
import { afterTest } from "../support/cleanup.js";
import { clientOver, nodes, single } from "../support/client/connections.js";
import { scripts } from "../support/client/fixtures.js";
import { nodeRedis, nodeRedisCluster } from "../support/client/node-redis.js";
import { clusterFromUrl, freshNamespace, sharedCluster, sharedRedis } from "../support/redis.js";
import { type Deferred, deferred, within } from "../support/wait.js";

/** A wake function, how often it was called, and the next call. */
function alarm() {
  const state = { calls: 0 };
  let next: Deferred<void> | undefined;
  return {
    state,
    wake: () => {
      state.calls++;
      next?.resolve();
    },
    next: () => {
      next = deferred("the listener wakes");
      return next.promise;
    },
  };
}

/** How many connections listen to the channel. */
async function listeners(redis: Redis, channel: string): Promise<number> {
  const [, count] = await redis.pubsub("NUMSUB", channel);
  return Number(count);
}

const connections: [name: string, open: () => RedisLike & { disconnect(): void }][] = [
  ["ioredis Redis", () => new Redis(single())],
  ["ioredis Redis, RESP3", () => new Redis({ ...single(), protocol: 3 })],
  ["ioredis Redis, lazy", () => new Redis({ ...single(), lazyConnect: true })],
  ["ioredis Redis with automatic pipelines", () => new Redis({ ...single(), enableAutoPipelining: true })],
  ["ioredis Redis without an offline queue", () => new Redis({ ...single(), enableOfflineQueue: false })],
  ["ioredis Cluster", () => new Cluster(nodes())],
  ["ioredis Cluster, lazy", () => new Cluster(nodes(), { lazyConnect: true })],
  ["iovalkey Redis", () => new Valkey(single())],
  ["iovalkey Cluster", () => new ValkeyCluster(nodes())],
  ["node-redis 5", () => nodeRedis(5, single())],
  ["node-redis 5, RESP3", () => nodeRedis(5, single(), { RESP: 3 })],
  ["node-redis 5 cluster", () => nodeRedisCluster(5, nodes())],
  ["node-redis 6", () => nodeRedis(6, single())],
  ["node-redis 6, RESP2", () => nodeRedis(6, single(), { RESP: 2 })],
  ["node-redis 6 cluster", () => nodeRedisCluster(6, nodes())],
];

test.each(connections)("a message wakes only the listeners of its channel (%s)", async (_, open) => {
  const { redis, client } = clientOver(open());
  // A message that is published on one node of a cluster reaches all of them.
  const publisher =
    "nodeByAddress" in redis || redis instanceof Cluster || redis instanceof ValkeyCluster
      ? sharedCluster()
      : sharedRedis();
  const [here, twice, elsewhere] = [alarm(), alarm(), alarm()];
  const channel = `${freshNamespace()}:here`;
  const first = client.listen(channel, here.wake);
  const second = client.listen(channel, twice.wake);
  const third = client.listen(`${channel}:not`, elsewhere.wake);
  await Promise.all([first.ready, second.ready, third.ready]);
  // Without an offline queue, what is published too early is refused.
  await client.ready();
  expect([here.state.calls, twice.state.calls, elsewhere.state.calls]).toEqual([0, 0, 0]);
  const woken = Promise.all([here.next(), twice.next()]);
  await publisher.call("publish", [channel, "hello"]);
  await woken;
  first.stop();
  const again = twice.next();
  await publisher.call("publish", [channel, "hello"]);
  await again;
  expect([here.state.calls, twice.state.calls, elsewhere.state.calls]).toEqual([1, 2, 0]);
});

describe("the listening connection", () => {
  test("serves all listeners, stays open for the next one, and ends at close()", async () => {
    const redis = sharedRedis();
    const { client } = clientOver(new Redis(single()));
    const channel = `${freshNamespace()}:c`;
    const before = alarm();
    const first = client.listen(channel, before.wake);
    await first.ready;
    expect(await listeners(redis, channel)).toBe(1);
    first.stop();
    await expect.poll(() => listeners(redis, channel)).toBe(0);
    const soon = client.listen(channel, before.wake);
    await soon.ready;
    expect(await listeners(redis, channel)).toBe(1);
    client.close();
    await expect.poll(() => listeners(redis, channel)).toBe(0);
    expect(() => client.listen(channel, before.wake)).toThrow(expect.objectContaining({ code: "CLOSED" }));
    await redis.publish(channel, "hello");
    expect(before.state.calls).toBe(0);
  });

  test("stops and listens again in any order", async () => {
    const redis = sharedRedis();
    const { client } = clientOver(new Redis(single()));
    const channel = `${freshNamespace()}:c`;
    const { wake, next } = alarm();
    for (let round = 0; round < 20; round++) client.listen(channel, () => {}).stop();
    const last = client.listen(channel, wake);
    await last.ready;
    for (let round = 0; round < 20; round++) client.listen(channel, () => {}).stop();
    const woken = next();
    await redis.publish(channel, "hello");
    await woken;
    last.stop();
    last.stop();
  });

  test("keeps waking after a wake function has thrown", async () => {
    const redis = sharedRedis();
    const { client } = clientOver(new Redis(single()));
    const channel = `${freshNamespace()}:c`;
    const { wake, next } = alarm();
    const broken = client.listen(channel, () => {
      throw new Error("broken");
    });
    await Promise.all([broken.ready, client.listen(channel, wake).ready]);
    const woken = next();
    await redis.publish(channel, "hello");
    await woken;
  });

  test("keeps no process alive", async () => {
    const program = `
      import { Redis } from "ioredis";
      import { createScriptClient } from "./src/client/index.ts";
      const redis = new Redis(${JSON.stringify(inject("redisUrl"))});
      const client = createScriptClient(redis, {});
      await client.listen("somewhere", () => {}).ready;
      client.listen("elsewhere", () => {}).stop();
      redis.disconnect();
    `;
    const child = spawn(process.execPath, ["--import", "tsx", "--input-type=module", "-e", program], {
      stdio: ["ignore", "ignore", "inherit"],
    });
    afterTest(() => child.kill());
    const [code] = await within("the program ends", once(child, "exit"));
    expect(code).toBe(0);
  });
});

describe("a listener of a server that fails", () => {
  let server: RedisServer;
  beforeAll(async () => {
    server = await startRedis({ own: true });
  });
  afterAll(() => server.stop());

  test("wakes after a reconnect, because it may have missed a message", async () => {
    const proxy = await startProxy(server);
    afterTest(() => proxy.stop());
    const { client } = clientOver(
      new Redis({ host: "127.0.0.1", port: proxy.port, password: proxy.password }),
    );
    const { wake, next, state } = alarm();
    await client.listen("c", wake).ready;
    const woken = next();
    proxy.cut();
    await woken;
    expect(state.calls).toBe(1);
    const again = next();
    const redis = new Redis({ host: "127.0.0.1", port: server.port, password: server.password });
    afterTest(() => redis.disconnect());
    await redis.publish("c", "hello");
    await again;
    expect(state.calls).toBe(2);
  });

  test("has a `ready` that ends at the deadline, and wakes later", async () => {
    const proxy = await startProxy(server);
    afterTest(() => proxy.stop());
    proxy.blackHole();
    const redis = new Redis({ host: "127.0.0.1", port: proxy.port, password: proxy.password });
    redis.on("error", () => {});
    const client = createScriptClient(redis, scripts, { deadlineMs: 50 });
    afterTest(
      () => redis.disconnect(),
      () => client.close(),
    );
    const { wake, next, state } = alarm();
    const woken = next();
    await client.listen("c", wake).ready;
    expect(state.calls).toBe(0);
    proxy.heal();
    await woken;
  });

  test("ends with close() without an error if there is no server", async () => {
    const { client } = clientOver(new Redis({ host: "127.0.0.1", port: 1 }));
    const { ready } = client.listen("c", () => {});
    client.close();
    await ready;
  });
});

test("a listener on a cluster moves to another node when its node dies", async () => {
  const servers = await startRedisCluster({ own: true, nodeTimeoutMs: 1_000 });
  afterTest(() => servers.stop());
  const redis = clusterFromUrl(servers.url);
  const { client } = clientOver(redis);
  const { wake, next } = alarm();
  await client.listen("c", wake).ready;
  const counts = await Promise.all(
    servers.nodes.map(async (node) => {
      const direct = new Redis({ host: "127.0.0.1", port: node.port, password: node.password });
      afterTest(() => direct.disconnect());
      return { node, direct, count: await listeners(direct, "c") };
    }),
  );
  const chosen = counts.filter(({ count }) => count > 0);
  expect(chosen).toHaveLength(1);
  const woken = next();
  await chosen[0]?.node.kill();
  await woken;
  const again = next();
  await counts.find(({ count }) => count === 0)?.direct.publish("c", "hello");
  await again;
});
