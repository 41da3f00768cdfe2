import { Cluster } from "ioredis";
import { expect, test } from "vitest";
import { slotOf } from "../../src/client/index.js";
import { createMoonpath, keys } from "../../src/index.js";
import { limitDefaults } from "../../src/limit/index.js";
import { startRedisCluster } from "../../src/testing/index.js";
import { afterTest } from "../support/cleanup.js";
import { five } from "../support/limit/unsteady.js";
import { freshNamespace } from "../support/redis.js";

test("a node of a cluster that does not answer degrades no name of the other nodes", async () => {
  // The others notice nothing while the test runs.
  const servers = await startRedisCluster({ own: true, replicasPerMaster: 0, nodeTimeoutMs: 60_000 });
  const redis = new Cluster(
    servers.nodes.map(({ host, port }) => ({ host, port })),
    { redisOptions: { password: servers.password } },
  );
  redis.on("error", () => {});
  const moonpath = createMoonpath(redis, { namespace: freshNamespace() });
  afterTest(
    () => servers.stop(),
    () => redis.disconnect(),
    () => moonpath.close(),
  );
  await moonpath.ready();
  const { limit, scope } = moonpath.tenant("acme");
  const ownerOf = (name: string) => redis.slots[slotOf(keys.rateLimit(scope, name))]?.[0];
  const names = Array.from({ length: 60 }, (_, index) => `name-${index}`);
  const [dead] = servers.nodes;
  if (dead === undefined) throw new Error("the cluster has nodes");
  const address = `${dead.host}:${dead.port}`;
  const [hot = ""] = names.filter((name) => ownerOf(name) === address);
  const others = names.filter((name) => ownerOf(name) !== address);
  expect(others.length).toBeGreaterThan(20);

  await dead.kill("SIGSTOP");
  afterTest(() => dead.kill("SIGCONT"));
  const takeHot = () => limit.take({ name: hot, limits: five }, { onUnavailable: "allow" });
  for (let round = 0; round < limitDefaults.maxFailures.value; round++) await takeHot();
  // From now on, one call at a time asks the node.
  let isAsking = true;
  const probe = takeHot().then(() => {
    isAsking = false;
  });
  expect(await takeHot()).toMatchObject({ degraded: true });
  expect(isAsking).toBe(true);
  for (const name of others) {
    const answer = await limit.take({ name, limits: five }, { timeoutMs: 15_000 });
    expect(answer).toMatchObject({ outcome: "allowed", degraded: false });
    // So that the node that does not answer always has one call that asks it.
    takeHot().catch(() => {});
  }
  await probe;
});
