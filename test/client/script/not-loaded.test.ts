import { Redis } from "ioredis";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { CallState } from "../../../src/client/call/call-state.js";
import { SingleServer } from "../../../src/client/connection/topology.js";
import { defaults } from "../../../src/client/defaults.js";
import { createScriptClient, ScriptNotLoadedError } from "../../../src/client/index.js";
import { ScriptSet } from "../../../src/client/script/script-set.js";
import { type RedisServer, startProxy, startRedis } from "../../../src/testing/index.js";
import { afterTest } from "../../support/cleanup.js";
import { clientOver } from "../../support/client/connections.js";
import { bump, errorOf, scripts } from "../../support/client/fixtures.js";
import { startLyingProxy } from "../../support/client/lying-proxy.js";
import { loadAll, SERVICE, setUser } from "../../support/client/service-user.js";
import { freshNamespace } from "../../support/redis.js";

const all = Object.values(scripts.tally);

let server: RedisServer;
let admin: Redis;
beforeAll(async () => {
  server = await startRedis({ own: true });
  admin = new Redis(server.url);
  await setUser(admin, "service", SERVICE);
  await setUser(admin, "loader", `${SERVICE} +script|load`);
  await setUser(admin, "blind", `${SERVICE} +script|load -script|exists`);
  await setUser(admin, "helpless", `${SERVICE} -script|exists`);
});
afterAll(async () => {
  admin.disconnect();
  await server.stop();
});

beforeEach(async () => {
  await admin.script("FLUSH");
  await admin.config("RESETSTAT");
  await admin.call("ACL", ["LOG", "RESET"]);
});

function over(username: string, options: { port?: number; enableAutoPipelining?: boolean } = {}) {
  const address = { host: server.host, port: server.port, retryStrategy: () => 5 };
  return clientOver(new Redis({ ...address, username, password: "pw", ...options }));
}

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
      afterTest(() => proxy.stop());
      await over("loader", { port: proxy.port }).client.ready();
      expect(await admin.script("EXISTS", bump.digest)).toEqual([1]);
    },
  );

  test("hole 4: gets an error for a wrong digest, even if that digest is loaded", async () => {
    await loadAll(admin);
    const wrong = { ...scripts.tally.read, digest: bump.digest };
    const client = createScriptClient(admin, { tally: { wrong } });
    afterTest(() => client.close());
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
    await loadAll(admin);
    await client.ready();
    expect(await tally.bump({ tally: "a", change: 1 })).toEqual({ total: 1 });
    expect(await tally.read({ tally: "a" })).toEqual({ total: 1 });
  });

  test("hole 4: gets SCRIPT_NOT_LOADED from ready() after a flush and a call", async () => {
    await loadAll(admin);
    const { client, tally } = over("service", { enableAutoPipelining });
    await client.ready();
    expect(await refusals()).toEqual([]);
    await admin.script("FLUSH");
    expect(await errorOf(tally.bump({ tally: "a", change: 1 }))).toMatchObject({ code: "SCRIPT_NOT_LOADED" });
    expect(await errorOf(client.ready())).toMatchObject({ code: "SCRIPT_NOT_LOADED" });
    await loadAll(admin);
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
    await loadAll(admin);
    expect(await tally.bump({ tally: "a", change: 1 })).toEqual({ total: 1 });
  });

  test("hole 4: loads the scripts after it has got the permission", async () => {
    await setUser(admin, "promoted", SERVICE);
    const { client, tally } = over("promoted");
    expect(await errorOf(tally.bump({ tally: "a", change: 1 }))).toMatchObject({ code: "SCRIPT_NOT_LOADED" });
    await setUser(admin, "promoted", "+script|load");
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
    afterTest(
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
    await loadAll(admin);
    const proxy = await startProxy(server);
    afterTest(() => proxy.stop());
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
  afterTest(
    () => proxy.stop(),
    () => redis.disconnect(),
  );
  await redis.ping();
  proxy.blackHole();
  const client = createScriptClient(redis, scripts, { namespace: freshNamespace() });
  afterTest(() => client.close());
  await expect.poll(() => redis.commandQueue.length).toBe(1);
  proxy.cut();
  proxy.heal();
  await client.ready();
  expect(await callsOf("exists")).toBe(1);
});
