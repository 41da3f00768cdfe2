import { once } from "node:events";
import { Redis } from "ioredis";
import { expect, inject, test } from "vitest";
import { redisFromUrl, startRedisCluster, startReplicaPair, startSentinel } from "../../src/testing/index.js";
import { withConnection } from "../../src/testing/redis/connection.js";
import { waitUntil } from "../../src/testing/wait.js";
import { afterTest } from "../support/cleanup.js";
import { inDocker } from "../support/docker.js";
import { freshNamespace, sharedCluster } from "../support/redis.js";
import { isRunning } from "../support/testing/processes.js";

test("the shared cluster has six nodes and takes keys of every slot", async () => {
  expect(inject("clusterUrl").split(",")).toHaveLength(6);
  const cluster = sharedCluster();
  const namespace = freshNamespace();
  const keys = Array.from({ length: 50 }, (_, index) => `${namespace}:${index}`);
  await Promise.all(keys.map((key) => cluster.set(key, key, "PX", 60_000)));
  expect(await Promise.all(keys.map((key) => cluster.get(key)))).toEqual(keys);
  expect(cluster.nodes("master")).toHaveLength(3);
});

test("a cluster fails over when a master is killed, and is healthy after its restart", {
  timeout: 60_000,
}, async () => {
  const cluster = await startRedisCluster({ own: true, nodeTimeoutMs: 1_000 });
  afterTest(() => cluster.stop());
  const pids = cluster.nodes.flatMap((node) => node.pid ?? []);
  expect(new Set(pids).size).toBe(inDocker ? 0 : 6);
  expect(cluster.nodes.filter((node) => node.running)).toHaveLength(6);
  const redis = redisFromUrl(cluster.url, { lazyConnect: true });
  redis.on("error", () => undefined);
  afterTest(() => redis.disconnect());
  await redis.set("before", "1");

  const [master] = cluster.nodes;
  await master?.kill("SIGKILL");
  expect(master?.running).toBe(false);
  const promoted = async () => {
    const roles = await Promise.all(
      cluster.nodes.slice(1).map((node) => withConnection(node, async (to) => String((await to.role())[0]))),
    );
    return roles.filter((role) => role === "master").length === 3;
  };
  await waitUntil(promoted, 20_000, "a replica to take over");
  await cluster.healthy();
  await master?.restart();
  await cluster.healthy();
  expect(await redis.set("after", "1")).toBe("OK");
  await cluster.stop();
  expect(pids.some(isRunning)).toBe(false);
  expect(cluster.nodes.some((node) => node.running)).toBe(false);
});

test("a replica follows its primary", async () => {
  const pair = await startReplicaPair();
  afterTest(() => pair.stop());
  await withConnection(pair.primary, async (redis) => {
    await redis.set("seen", "yes");
    expect(await redis.wait(1, 5_000)).toBe(1);
  });
  expect(await withConnection(pair.replica, (redis) => redis.get("seen"))).toBe("yes");
});

test("Sentinels name a new primary when theirs is killed", { timeout: 60_000 }, async () => {
  const group = await startSentinel({ downAfterMs: 500 });
  afterTest(() => group.stop());
  expect(await group.current()).toMatchObject({ host: group.primary.host, port: group.primary.port });
  const redis = new Redis({ ...group.connection, maxRetriesPerRequest: null });
  redis.on("error", () => undefined);
  afterTest(() => redis.disconnect());
  await redis.set("kept", "yes");
  expect(await redis.wait(2, 5_000)).toBe(2);

  const [sentinel] = group.sentinels;
  const watch = new Redis({
    host: sentinel?.host ?? "",
    port: sentinel?.port ?? 0,
    password: group.password,
    retryStrategy: () => null,
  });
  afterTest(() => watch.disconnect());
  await watch.subscribe("+switch-master");
  const switched = once(watch, "message", { signal: AbortSignal.timeout(30_000) });
  await group.primary.kill("SIGKILL");
  await switched;
  expect((await group.current()).port).not.toBe(group.primary.port);
  expect(await redis.get("kept")).toBe("yes");
});

test.each([
  { masters: 0 },
  { masters: 1.5 },
  { replicasPerMaster: -1 },
  { nodeTimeoutMs: 1 },
  { limitMs: 5 },
])("a cluster with %j is refused", async (options) => {
  await expect(startRedisCluster({ own: true, ...options })).rejects.toMatchObject({
    code: "TESTING_BAD_OPTION",
  });
});

test.each([{ replicas: 9 }, { sentinels: 0 }, { quorum: 4 }, { downAfterMs: 1 }, { failoverTimeoutMs: 1 }])(
  "Sentinels with %j are refused",
  async (options) => {
    await expect(startSentinel(options)).rejects.toMatchObject({ code: "TESTING_BAD_OPTION" });
  },
);

test("a cluster that cannot start leaves nothing running", async () => {
  await expect(startRedisCluster({ own: true, config: { maxmemory: "a lot" } })).rejects.toMatchObject({
    code: "TESTING_START_FAILED",
  });
});
