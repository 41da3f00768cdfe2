import { Cluster, Redis } from "ioredis";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createScriptClient } from "../../../src/client/index.js";
import { type RedisCluster, redisFromUrl, startRedisCluster } from "../../../src/testing/index.js";
import { afterTest } from "../../support/cleanup.js";
import { errorOf, scripts } from "../../support/client/fixtures.js";
import { loadAll, SERVICE, setUser } from "../../support/client/service-user.js";
import { freshNamespace } from "../../support/redis.js";

describe("a cluster", () => {
  let cluster: RedisCluster;
  let admins: Redis[] = [];
  beforeAll(async () => {
    cluster = await startRedisCluster({ own: true, replicasPerMaster: 0 });
    admins = cluster.nodes.map(({ url }) => new Redis(url));
    await Promise.all(admins.map((redis) => setUser(redis, "service", SERVICE)));
  });
  afterAll(async () => {
    for (const redis of admins) redis.disconnect();
    await cluster.stop();
  });

  test("hole 4: ends only the calls of a node without scripts with SCRIPT_NOT_LOADED", async () => {
    await Promise.all(admins.map((redis) => loadAll(redis)));
    const redis = new Cluster(
      cluster.nodes.map(({ host, port }) => ({ host, port })),
      { redisOptions: { username: "service", password: "pw" } },
    );
    const client = createScriptClient(redis, scripts, { namespace: freshNamespace(), deadlineMs: 5_000 });
    afterTest(
      () => redis.disconnect(),
      () => client.close(),
    );
    await client.ready();
    await admins[0]?.script("FLUSH");
    const { tally } = client.tenant("acme");
    const names = Array.from({ length: 60 }, (_, index) => `t${index}`);
    const bumps = () =>
      Promise.all(
        names.map((name) =>
          tally.bump({ tally: name, change: 1 }).then(
            ({ total }) => total,
            (error: { code: string }) => error.code,
          ),
        ),
      );
    const first = await bumps();
    expect(new Set(first)).toEqual(new Set([1, "SCRIPT_NOT_LOADED"]));
    expect(await errorOf(client.ready())).toMatchObject({
      code: "SCRIPT_NOT_LOADED",
      message: expect.stringContaining(`${cluster.nodes[0]?.port}`),
    });
    if (admins[0]) await loadAll(admins[0]);
    await client.ready();
    // Nothing had run where it failed.
    expect(await bumps()).toEqual(first.map((total) => (total === 1 ? 2 : 1)));
  });

  test("hole 4: ends ready() with SCRIPT_NOT_LOADED if its nodes have no scripts", async () => {
    await Promise.all(admins.map((redis) => redis.script("FLUSH")));
    const url = cluster.url.replaceAll(`:${cluster.password}@`, "service:pw@");
    const redis = redisFromUrl(url);
    const client = createScriptClient(redis, scripts, { namespace: freshNamespace(), deadlineMs: 5_000 });
    afterTest(
      () => redis.disconnect(),
      () => client.close(),
    );
    expect(await errorOf(client.ready())).toMatchObject({ code: "SCRIPT_NOT_LOADED" });
    await Promise.all(admins.map((node) => loadAll(node)));
    await client.ready();
    expect(await client.tenant("acme").tally.bump({ tally: "x", change: 1 })).toEqual({ total: 1 });
  });
});
