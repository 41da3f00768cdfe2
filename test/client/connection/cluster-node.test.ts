import { Cluster, Redis } from "ioredis";
import { createClient } from "redis";
import { describe, expect, inject, test } from "vitest";
import { createMoonpath, optionsFromEnv } from "../../../src/index.js";
import { startRedisCluster } from "../../../src/testing/index.js";
import { afterTest } from "../../support/cleanup.js";
import { nodes } from "../../support/client/connections.js";
import { errorOf } from "../../support/client/fixtures.js";
import { freshNamespace } from "../../support/redis.js";

const [url = ""] = inject("clusterUrl").split(",");
const [node] = nodes();
const options = () => ({ namespace: freshNamespace() });
const refusal = {
  code: "ARGUMENT",
  argument: "redis",
  expected: expect.stringMatching(/^a Cluster object, because .* one node of a cluster with \d+ primaries; /),
};

describe("a plain connection to one node of several", () => {
  test("is refused by ready()", async () => {
    const redis = new Redis({ ...node });
    const moonpath = createMoonpath(redis, options());
    afterTest(
      () => redis.disconnect(),
      () => moonpath.close(),
    );
    expect(await errorOf(moonpath.ready())).toMatchObject(refusal);
    expect(await errorOf(moonpath.ready())).toMatchObject(refusal);
  });

  test("is refused by ready(), of node-redis too", async () => {
    const redis = createClient({ url });
    redis.on("error", () => {});
    await redis.connect();
    const moonpath = createMoonpath(redis, options());
    afterTest(
      () => redis.destroy(),
      () => moonpath.close(),
    );
    expect(await errorOf(moonpath.ready())).toMatchObject(refusal);
  });

  test("is a Cluster if optionsFromEnv gets the address twice", async () => {
    const { cluster } = optionsFromEnv({ REDIS_URL: `${url},${url}` });
    if (!cluster) throw new Error("no cluster");
    const redis = new Cluster(cluster.nodes, cluster.options);
    const moonpath = createMoonpath(redis, options());
    afterTest(
      () => redis.disconnect(),
      () => moonpath.close(),
    );
    await moonpath.ready();
  });
});

test("a plain connection to the only primary of a cluster is ready, because it has all slots", async () => {
  const cluster = await startRedisCluster({ masters: 1, replicasPerMaster: 0 });
  const redis = new Redis(cluster.url);
  const moonpath = createMoonpath(redis, options());
  afterTest(
    () => cluster.stop(),
    () => redis.disconnect(),
    () => moonpath.close(),
  );
  await moonpath.ready();
  expect(await moonpath.tenant("acme").stock.read({ product: "lamp", low: 2 })).toEqual({
    outcome: "unknown",
  });
});
