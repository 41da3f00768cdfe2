import { Cluster, Redis } from "ioredis";
import { afterAll, beforeAll, expect, test } from "vitest";
import { adapted } from "../../src/client/adapters/adapt.js";
import { type RedisCluster as ConnectedCluster, isCluster } from "../../src/client/connection/redis.js";
import { slotOf } from "../../src/client/connection/slot.js";
import { createScriptClient } from "../../src/client/index.js";
import { type RedisCluster, startRedis, startRedisCluster } from "../../src/testing/index.js";
import { scripts } from "../support/client/fixtures.js";
import { nodeRedisCluster } from "../support/client/node-redis.js";
import { testOfLocalNetwork } from "../support/docker.js";
import { freshNamespace } from "../support/redis.js";

const libraries: readonly Library[] = ["ioredis", "node-redis 5", "node-redis 6"];

let servers: RedisCluster;
const connections: { disconnect(): void }[] = [];
beforeAll(async () => {
  servers = await startRedisCluster({ own: true, nodeTimeoutMs: 1_000 });
});
afterAll(async () => {
  for (const connection of connections) connection.disconnect();
  await servers.stop();
});

type Library = "ioredis" | "node-redis 5" | "node-redis 6";

/** node-redis reads the slot table at no interval. */
function open(library: Library, slotsRefreshInterval: number) {
  if (library === "node-redis 5") return nodeRedisCluster(5, servers.nodes);
  if (library === "node-redis 6") return nodeRedisCluster(6, servers.nodes);
  return new Cluster(
    servers.nodes.map(({ host, port }) => ({ host, port })),
    { slotsRefreshInterval, redisOptions: { password: servers.password } },
  );
}

function connect(slotsRefreshInterval = 5_000, library: Library = "ioredis") {
  const given = open(library, slotsRefreshInterval);
  given.on("error", () => {});
  const namespace = freshNamespace();
  const client = createScriptClient(given, scripts, { namespace, deadlineMs: 10_000 });
  connections.push(given);
  const redis = adapted(given);
  if (!isCluster(redis)) throw new Error("the connection is a cluster");
  const keyOf = (tally: string) => `${namespace}:{acme:${tally}}:tally`;
  return { redis, client, tally: client.tenant("acme").tally, keyOf };
}

function admin({ url }: { url: string }) {
  const redis = new Redis(url);
  redis.on("error", () => {});
  connections.push(redis);
  return redis;
}

/** The node to which an answer to CLUSTER SLOTS gives the slot. */
function slotOwner(slots: unknown, slot: number): string | undefined {
  if (!Array.isArray(slots)) return undefined;
  const [, , master] = slots.find(([first, last]) => first <= slot && slot <= last) ?? [];
  return Array.isArray(master) ? String(master[2]) : undefined;
}

const idOf = async (redis: Redis) => String(await redis.cluster("MYID"));

/** The master that owns the key, and another one. */
async function ownerAndOther(cluster: ConnectedCluster, key: string) {
  const address = cluster.slots[slotOf(key)]?.[0] ?? "";
  const masters = servers.nodes.slice(0, 3);
  const owner = masters.find(({ host, port }) => `${host}:${port}` === address);
  const other = masters.find((node) => node !== owner);
  if (!owner || !other) throw new Error("the cluster has three masters");
  return [admin(owner), admin(other)] as const;
}

test.each(libraries)(
  "the client follows ASK while a slot moves, and MOVED after it has moved (%s)",
  async (library) => {
    // Each library moves a slot of its own.
    const moving = `moving-${libraries.indexOf(library)}`;
    const { redis, client, tally, keyOf } = connect(5_000, library);
    await client.ready();
    const key = keyOf(moving);
    const slot = slotOf(key);
    await tally.add({ tally: moving, change: 1 });
    const [from, to] = await ownerAndOther(redis, key);
    const [fromId, toId] = [await idOf(from), await idOf(to)];

    await to.cluster("SETSLOT", slot, "IMPORTING", fromId);
    await from.cluster("SETSLOT", slot, "MIGRATING", toId);
    await to.call("SCRIPT", ["FLUSH"]);
    await from.call("MIGRATE", [
      "127.0.0.1",
      String(to.options.port),
      key,
      "0",
      "1000",
      "AUTH",
      servers.password,
    ]);
    // Both the usual form and the transaction must ask first.
    expect(await tally.add({ tally: moving, change: 1 })).toMatchObject({ total: 2 });
    await to.call("SCRIPT", ["FLUSH"]);
    expect(await tally.bump({ tally: moving, change: 1 })).toMatchObject({ total: 3 });

    for (const node of servers.nodes.slice(0, 3)) await admin(node).cluster("SETSLOT", slot, "NODE", toId);
    expect(await tally.add({ tally: moving, change: 1 })).toMatchObject({ total: 4 });
    await expect.poll(() => redis.slots[slot]?.[0]).toBe(`127.0.0.1:${to.options.port}`);
    expect(await to.exists(key)).toBe(1);
  },
);

testOfLocalNetwork.each(libraries)(
  "the client follows ASK to a new node that owns no slot (%s)",
  async (library) => {
    const { redis, client, tally, keyOf } = connect(5_000, library);
    await client.ready();
    const newcomer = await startRedis({
      own: true,
      password: servers.password,
      config: { "cluster-enabled": "yes" },
    });
    try {
      const joining = admin(newcomer);
      const key = keyOf("pioneer");
      const slot = slotOf(key);
      await tally.add({ tally: "pioneer", change: 1 });
      const [from] = await ownerAndOther(redis, key);
      const meetPort = Number((await from.config("GET", "cluster-port")).at(1));
      await joining.cluster("MEET", "127.0.0.1", Number(from.options.port), meetPort);
      const [fromId, newId] = [await idOf(from), await idOf(joining)];
      await expect.poll(async () => String(await from.cluster("NODES")), { timeout: 5_000 }).toContain(newId);
      await expect
        .poll(async () => String(await joining.cluster("INFO")), { timeout: 5_000 })
        .toContain("state:ok");
      await joining.cluster("SETSLOT", slot, "IMPORTING", fromId);
      await from.cluster("SETSLOT", slot, "MIGRATING", newId);
      await from.call("MIGRATE", [
        "127.0.0.1",
        String(newcomer.port),
        key,
        "0",
        "1000",
        "AUTH",
        servers.password,
      ]);
      expect(await tally.add({ tally: "pioneer", change: 1 })).toMatchObject({ total: 2 });
      expect(await tally.bump({ tally: "pioneer", change: 1 })).toMatchObject({ total: 3 });
      await joining
        .call("MIGRATE", [
          "127.0.0.1",
          String(from.options.port),
          key,
          "0",
          "1000",
          "REPLACE",
          "AUTH",
          servers.password,
        ])
        .catch(() => {});
      await from.cluster("SETSLOT", slot, "STABLE");
    } finally {
      for (const node of servers.nodes) {
        const redis = admin(node);
        await redis.cluster("FORGET", await idOf(admin(newcomer))).catch(() => {});
      }
      await newcomer.stop();
    }
  },
);

test("a client succeeds after a redirection to a dead node, and another one starts meanwhile", async () => {
  const { redis, client, tally, keyOf } = connect(0);
  await client.ready();
  const slot = slotOf(keyOf("promised"));
  const [from, to] = await ownerAndOther(redis, keyOf("promised"));
  const victim = servers.nodes.find(({ port }) => port === to.options.port);
  const [fromId, toId] = [await idOf(from), await idOf(to)];
  // Who ends an import tells all others that the slot is its own.
  await to.cluster("SETSLOT", slot, "IMPORTING", fromId);
  await to.cluster("SETSLOT", slot, "NODE", toId);
  for (const node of servers.nodes) {
    await expect
      .poll(async () => slotOwner(await admin(node).cluster("SLOTS"), slot), { timeout: 5_000 })
      .toBe(toId);
  }
  expect(redis.slots[slot]?.[0]).toBe(`127.0.0.1:${from.options.port}`);
  await victim?.kill();
  // Nobody has taken its place yet.
  const startedMeanwhile = connect(0).client.ready();
  expect(await tally.add({ tally: "promised", change: 1 })).toMatchObject({ total: 1 });
  await startedMeanwhile;
  await victim?.restart();
  await servers.healthy();
});

test.each(libraries)(
  "the client runs no call twice while a master dies and its replica takes over (%s)",
  async (library) => {
    await servers.nodes.find((node) => !node.running)?.restart();
    await servers.healthy();
    const { redis, client, tally, keyOf } = connect(5_000, library);
    await client.ready();
    const names = Array.from({ length: 30 }, (_, index) => `t${index}`);
    const address = redis.slots[slotOf(keyOf("t0"))]?.[0];
    const victim = servers.nodes.find(({ host, port }) => `${host}:${port}` === address);
    let next = 0;
    let begunBeforeDeath = 0;
    let killed: Promise<void> | undefined;
    const worker = async () => {
      while (next < 3_000) {
        const name = names[next++ % names.length] ?? "";
        await tally.add({ tally: name, change: 1 });
        if (next < 800) continue;
        killed ??= victim?.kill().then(() => {
          begunBeforeDeath = next;
        });
      }
    };
    await Promise.all(Array.from({ length: 8 }, worker));
    await killed;
    const totals = await Promise.all(names.map((name) => tally.read({ tally: name })));
    const sum = totals.reduce((all, { total }) => all + total, 0);
    // Writes that the dead master has answered may not have reached its replica: Redis replicates
    // afterwards, and later on a busy machine. No later write is lost.
    expect(begunBeforeDeath).toBeLessThan(3_000);
    expect(sum).toBeGreaterThanOrEqual(3_000 - begunBeforeDeath);
    expect(sum).toBeLessThanOrEqual(3_000);
  },
  60_000,
);

test.each(libraries)(
  "the client finds the new master when the old one no longer answers (%s)",
  async (library) => {
    await servers.nodes.find((node) => !node.running)?.restart();
    await servers.healthy();
    // ioredis would look by itself every five seconds; here nobody but the client does.
    const { redis, client, tally, keyOf } = connect(0, library);
    await client.ready();
    // The replica that takes over must have it.
    await tally.add(
      { tally: "silent", change: 1, operation: "first" },
      { minReplicas: 1, replicaWaitMs: 2_000 },
    );
    const address = redis.slots[slotOf(keyOf("silent"))]?.[0];
    const silent = servers.nodes.find(({ host, port }) => `${host}:${port}` === address);
    await silent?.kill("SIGSTOP");
    try {
      const again = () =>
        tally
          .add({ tally: "silent", change: 1, operation: "second" }, { deadlineMs: 200 })
          .catch(() => undefined);
      await expect.poll(again, { timeout: 8_000, interval: 50 }).toMatchObject({ total: 2 });
    } finally {
      await silent?.kill("SIGCONT");
    }
  },
  40_000,
);
