import { Cluster, Redis } from "ioredis";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { CallState } from "../../src/client/call/call-state.js";
import { SingleServer } from "../../src/client/connection/topology.js";
import { defaults } from "../../src/client/defaults.js";
import { type CallEvent, createScriptClient, ScriptNotLoadedError } from "../../src/client/index.js";
import { ScriptSet } from "../../src/client/script/script-set.js";
import {
  type RedisCluster,
  type RedisServer,
  redisFromUrl,
  startProxy,
  startRedis,
  startRedisCluster,
} from "../../src/testing/index.js";
import { bump, errorOf, scripts } from "../support/client/fixtures.js";
import { startLyingProxy } from "../support/client/lying-proxy.js";
import { freshNamespace } from "../support/redis.js";

/** What a service needs that may not load scripts. */
const SERVICE =
  "on >pw resetkeys ~* -@all +evalsha +script|exists +multi +exec +discard +ping +hello +info +client|setname " +
  "+cluster|slots +cluster|info +asking +readonly +set +wait +hset +hget +hsetnx +hincrby";
const all = Object.values(scripts.tally);

let server: RedisServer;
let admin: Redis;
beforeAll(async () => {
  server = await startRedis({ own: true });
  admin = new Redis(server.url);
  await user(admin, "service", SERVICE);
  await user(admin, "loader", `${SERVICE} +script|load`);
  await user(admin, "blind", `${SERVICE} +script|load -script|exists`);
  await user(admin, "helpless", `${SERVICE} -script|exists`);
});
afterAll(async () => {
  admin.disconnect();
  await server.stop();
});

const cleanups: (() => unknown)[] = [];
beforeEach(async () => {
  await admin.script("FLUSH");
  await admin.config("RESETSTAT");
  await admin.call("ACL", ["LOG", "RESET"]);
});
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

async function user(redis: Redis, name: string, rules: string): Promise<void> {
  await redis.call("ACL", ["SETUSER", name, ...rules.split(" ")]);
}

function over(username: string, options: { port?: number; enableAutoPipelining?: boolean } = {}) {
  const address = { host: server.host, port: server.port, retryStrategy: () => 5 };
  const redis = new Redis({ ...address, username, password: "pw", ...options });
  redis.on("error", () => {});
  const calls: CallEvent[] = [];
  const client = createScriptClient(redis, scripts, {
    namespace: freshNamespace(),
    observers: [{ onCall: (event) => void calls.push(event) }],
  });
  cleanups.push(
    () => redis.disconnect(),
    () => client.close(),
  );
  return { redis, client, calls, tally: client.tenant("acme").tally };
}

const load = async (redis: Redis = admin) => {
  for (const { lua } of all) await redis.script("LOAD", lua);
};
const callsOf = async (command: string) =>
  Number(
    new RegExp(`cmdstat_script\\|${command}:calls=(\\d+)`).exec(await admin.info("commandstats"))?.[1] ?? 0,
  );
const refusals = async () => {
  const log = await admin.call("ACL", ["LOG"]);
  return Array.isArray(log) ? log.map((entry) => `${entry[7]} x${entry[1]}`) : [];
};

describe("a user who may load", () => {
  test("hole 4: asks for all scripts at once, and loads only the missing ones", async () => {
    await admin.script("LOAD", scripts.tally.read.lua);
    await over("loader").client.ready();
    const texts = new Set(all.map(({ digest }) => digest));
    expect([await callsOf("exists"), await callsOf("load")]).toEqual([1, texts.size]);
    await over("loader").client.ready();
    expect([await callsOf("exists"), await callsOf("load")]).toEqual([2, texts.size]);
  });

  test("hole 4: loads all scripts if SCRIPT EXISTS is refused", async () => {
    const { client, tally } = over("blind");
    await client.ready();
    expect(await tally.bump({ tally: "a", change: 1 })).toEqual({ total: 1 });
  });

  test.each(["*1\r\n:1\r\n", "+OK\r\n", "$-1\r\n", "*0\r\n", ":1\r\n"])(
    "hole 4: loads all scripts if SCRIPT EXISTS answers %j",
    async (lie) => {
      const proxy = await startLyingProxy(server, (answer, request) =>
        /\r\nexists\r\n/i.test(request) ? lie : answer,
      );
      cleanups.push(() => proxy.stop());
      await over("loader", { port: proxy.port }).client.ready();
      expect(await admin.script("EXISTS", bump.digest)).toEqual([1]);
    },
  );

  test("hole 4: gets an error for a wrong digest, even if that digest is loaded", async () => {
    await load();
    const wrong = { ...scripts.tally.read, digest: bump.digest };
    const client = createScriptClient(admin, { tally: { wrong } });
    cleanups.push(() => client.close());
    expect(await errorOf(client.ready())).toMatchObject({ code: "SCRIPT", script: "tally.read" });
  });
});

describe.each([false, true])("a user who may not load (automatic pipelines: %s)", (enableAutoPipelining) => {
  test("hole 4: gets SCRIPT_NOT_LOADED, runs nothing, and succeeds after another user has loaded", async () => {
    const { client, tally, calls } = over("service", { enableAutoPipelining });
    const notLoaded = { code: "SCRIPT_NOT_LOADED", status: 503, retryable: true };
    const ready = await errorOf(client.ready());
    expect(ready).toBeInstanceOf(ScriptNotLoadedError);
    expect(ready).toMatchObject({ ...notLoaded, message: expect.stringContaining("moonpath load") });
    const ends = await Promise.all([
      errorOf(tally.add({ tally: "a", change: 1 })),
      errorOf(tally.bump({ tally: "a", change: 1 })),
      errorOf(tally.bump({ tally: "a", change: 1 }, { minReplicas: 1 })),
      errorOf(tally.read({ tally: "a" })),
    ]);
    for (const end of ends) expect(end).toMatchObject(notLoaded);
    expect(ends[1]).toMatchObject({ script: "tally.bump", version: "1.2.0" });
    expect(calls.map(({ outcome }) => outcome)).toEqual(ends.map(() => "SCRIPT_NOT_LOADED"));
    expect(await admin.keys(`${client.namespace}:*`)).toEqual([]);
    await load();
    await client.ready();
    expect(await tally.bump({ tally: "a", change: 1 })).toEqual({ total: 1 });
    expect(await tally.read({ tally: "a" })).toEqual({ total: 1 });
  });

  test("hole 4: gets SCRIPT_NOT_LOADED from ready() after a flush and a call", async () => {
    await load();
    const { client, tally } = over("service", { enableAutoPipelining });
    await client.ready();
    expect(await refusals()).toEqual([]);
    await admin.script("FLUSH");
    expect(await errorOf(tally.bump({ tally: "a", change: 1 }))).toMatchObject({ code: "SCRIPT_NOT_LOADED" });
    expect(await errorOf(client.ready())).toMatchObject({ code: "SCRIPT_NOT_LOADED" });
    await load();
    await client.ready();
    expect(await tally.bump({ tally: "a", change: 1 })).toEqual({ total: 1 });
  });
});

describe("a user who may not load", () => {
  test("hole 4: is refused once at a connect, and then at most once a second", async () => {
    const { client, tally } = over("service");
    await errorOf(client.ready());
    for (let call = 0; call < 50; call++) await errorOf(tally.bump({ tally: "a", change: 1 }));
    expect(await callsOf("exists")).toBe(1);
    const [entry = "", ...more] = await refusals();
    expect(more).toEqual([]);
    const [, times] = /^script\|load x(\d+)$/.exec(entry) ?? [];
    expect(Number(times)).toBeLessThanOrEqual(2);
  });

  test("hole 4: gets SCRIPT_NOT_LOADED even if SCRIPT EXISTS is refused", async () => {
    const { client, tally } = over("helpless");
    expect(await errorOf(tally.bump({ tally: "a", change: 1 }))).toMatchObject({ code: "SCRIPT_NOT_LOADED" });
    // Nothing is known of the scripts: what was refused is told.
    expect(await errorOf(client.ready())).toMatchObject({ code: "NO_PERMISSION" });
    await load();
    expect(await tally.bump({ tally: "a", change: 1 })).toEqual({ total: 1 });
  });

  test("hole 4: loads the scripts after it has got the permission", async () => {
    await user(admin, "promoted", SERVICE);
    const { client, tally } = over("promoted");
    expect(await errorOf(tally.bump({ tally: "a", change: 1 }))).toMatchObject({ code: "SCRIPT_NOT_LOADED" });
    await user(admin, "promoted", "+script|load");
    await expect
      .poll(() => tally.bump({ tally: "a", change: 1 }).catch(() => undefined), {
        timeout: 3 * defaults.loadRetryMs.value,
      })
      .toEqual({ total: 1 });
    await client.ready();
  });

  test("hole 4: gets SCRIPT_NOT_LOADED if the load inside a MULTI is refused", async () => {
    const { redis } = over("service");
    const topology = new SingleServer(redis, new ScriptSet(all));
    const state = new CallState(5_000, undefined);
    cleanups.push(
      () => state.release(),
      () => topology.dispose(),
    );
    const connection = await topology.waitForConnection(undefined, state);
    const call = bump.encode({ namespace: freshNamespace(), tenant: "acme" }, { tally: "a", change: 1 });
    const error = await errorOf(connection.runAtomically(bump, call, state, false));
    expect(error).toMatchObject({ code: "SCRIPT_NOT_LOADED", script: "tally.bump" });
    expect(state).toMatchObject({ isPending: false, isReplyLost: false });
    expect(await admin.exists(...call.keys)).toBe(0);
  });

  test("hole 4: gets OUTCOME_UNKNOWN after a lost reply, even if the retry finds no scripts", async () => {
    await load();
    const proxy = await startProxy(server);
    cleanups.push(() => proxy.stop());
    const { client, tally } = over("service", { port: proxy.port });
    await client.ready();
    proxy.cutReplies({ probability: 1 });
    const call = errorOf(tally.add({ tally: "a", change: 1 }, { deadlineMs: 5_000 }));
    await expect.poll(() => admin.keys(`${client.namespace}:*`), { interval: 1 }).toHaveLength(1);
    await admin.script("FLUSH");
    proxy.heal();
    expect(await call).toMatchObject({ code: "OUTCOME_UNKNOWN" });
  });
});

test("hole 4: a client drops SCRIPT EXISTS when its connection closes, and asks again on the next one", async () => {
  const proxy = await startProxy(server);
  const redis = new Redis({
    host: proxy.host,
    port: proxy.port,
    password: proxy.password,
    retryStrategy: () => 5,
  });
  redis.on("error", () => {});
  cleanups.push(
    () => proxy.stop(),
    () => redis.disconnect(),
  );
  await redis.ping();
  proxy.blackHole();
  const client = createScriptClient(redis, scripts, { namespace: freshNamespace() });
  cleanups.push(() => client.close());
  await expect.poll(() => redis.commandQueue.length).toBe(1);
  proxy.cut();
  proxy.heal();
  await client.ready();
  expect(await callsOf("exists")).toBe(1);
});

describe("a cluster", () => {
  let cluster: RedisCluster;
  let admins: Redis[] = [];
  beforeAll(async () => {
    cluster = await startRedisCluster({ own: true, replicasPerMaster: 0 });
    admins = cluster.nodes.map(({ url }) => new Redis(url));
    await Promise.all(admins.map((redis) => user(redis, "service", SERVICE)));
  });
  afterAll(async () => {
    for (const redis of admins) redis.disconnect();
    await cluster.stop();
  });

  test("hole 4: ends only the calls of a node without scripts with SCRIPT_NOT_LOADED", async () => {
    await Promise.all(admins.map((redis) => load(redis)));
    const redis = new Cluster(
      cluster.nodes.map(({ host, port }) => ({ host, port })),
      { redisOptions: { username: "service", password: "pw" } },
    );
    const client = createScriptClient(redis, scripts, { namespace: freshNamespace(), deadlineMs: 5_000 });
    cleanups.push(
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
    if (admins[0]) await load(admins[0]);
    await client.ready();
    // Nothing had run where it failed.
    expect(await bumps()).toEqual(first.map((total) => (total === 1 ? 2 : 1)));
  });

  test("hole 4: ends ready() with SCRIPT_NOT_LOADED if its nodes have no scripts", async () => {
    await Promise.all(admins.map((redis) => redis.script("FLUSH")));
    const url = cluster.url.replaceAll(`:${cluster.password}@`, "service:pw@");
    const redis = redisFromUrl(url);
    const client = createScriptClient(redis, scripts, { namespace: freshNamespace(), deadlineMs: 5_000 });
    cleanups.push(
      () => redis.disconnect(),
      () => client.close(),
    );
    expect(await errorOf(client.ready())).toMatchObject({ code: "SCRIPT_NOT_LOADED" });
    await Promise.all(admins.map((node) => load(node)));
    await client.ready();
    expect(await client.tenant("acme").tally.bump({ tally: "x", change: 1 })).toEqual({ total: 1 });
  });
});
