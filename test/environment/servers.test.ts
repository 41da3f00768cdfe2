import { Cluster, Redis } from "ioredis";
import { expect, inject, test } from "vitest";
import { createMoonpath, type Environment, optionsFromEnv } from "../../src/index.js";
import { afterTest } from "../support/cleanup.js";
import { errorOf } from "../support/client/fixtures.js";
import { startOwn } from "../support/own-server.js";
import { freshNamespace } from "../support/redis.js";
import { eventually } from "../support/wait.js";

/** A client as the docs make it. */
function start(variables: Environment) {
  const env = optionsFromEnv({ REDIS_READ_TIMEOUT: "10s", ...variables });
  const redis = env.cluster ? new Cluster(env.cluster.nodes, env.cluster.options) : new Redis(env.redis);
  redis.on("error", () => {});
  const moonpath = createMoonpath(redis, { ...env.moonpath, namespace: freshNamespace() });
  afterTest(
    () => moonpath.close(),
    () => redis.disconnect(),
  );
  const read = () => moonpath.tenant("acme").stock.read({ product: "lamp", low: 0 });
  return { redis, read };
}

const unknown = { outcome: "unknown" };

test("REDIS_ADDR, REDIS_USERNAME, REDIS_PASSWORD and REDIS_DB lead to the server", async () => {
  const server = await startOwn({ password: "p-ss.w~rd" });
  const REDIS_ADDR = `${server.host}:${server.port}`;
  const { redis, read } = start({ REDIS_ADDR, REDIS_PASSWORD: "p-ss.w~rd", REDIS_DB: "3" });
  expect(await read()).toMatchObject(unknown);
  expect(await redis.call("client", "info")).toMatch(/ db=3 .* user=default /);
  await redis.call("acl", "setuser", "ann", "on", ">hers", "allcommands", "allkeys", "allchannels");
  const hers = start({ REDIS_ADDR, REDIS_USERNAME: "ann", REDIS_PASSWORD: "hers" });
  expect(await hers.read()).toMatchObject(unknown);
  expect(await hers.redis.call("client", "info")).toMatch(/ db=0 .* user=ann /);
});

test("REDIS_URL leads to one server, and several URLs to a cluster", async () => {
  const single = start({ REDIS_URL: inject("redisUrl") });
  expect(single.redis).toBeInstanceOf(Redis);
  expect(await single.read()).toMatchObject(unknown);
  const cluster = start({ REDIS_URL: inject("clusterUrl") });
  expect(cluster.redis).toBeInstanceOf(Cluster);
  expect(await cluster.read()).toMatchObject(unknown);
});

test("REDIS_READ_TIMEOUT ends a call and replaces the connection, if the server hangs", async () => {
  const server = await startOwn();
  const { redis, read } = start({ REDIS_URL: server.url, REDIS_READ_TIMEOUT: "300ms" });
  await eventually("the server answers", async () => expect(await read()).toMatchObject(unknown));
  const closes: string[] = [];
  redis.on("close", () => closes.push("close"));
  await server.kill("SIGSTOP");
  afterTest(() => server.kill("SIGCONT").catch(() => {}));
  const startedAt = performance.now();
  expect(await errorOf(read())).toMatchObject({ code: "DEADLINE" });
  const tookMs = performance.now() - startedAt;
  expect(tookMs).toBeGreaterThan(250);
  expect(tookMs).toBeLessThan(3_000);
  await eventually("the connection is replaced", () => expect(closes.length).toBeGreaterThan(0));
  await server.kill("SIGCONT");
  await eventually("the server answers again", async () => expect(await read()).toMatchObject(unknown));
});
