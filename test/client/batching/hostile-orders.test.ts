import { once } from "node:events";
import { connect, createServer, type Socket } from "node:net";
import { setTimeout as pause } from "node:timers/promises";
import { Redis } from "ioredis";
import { expect, test } from "vitest";
import { createScriptClient } from "../../../src/client/index.js";
import { createMoonpath } from "../../../src/index.js";
import { type RedisServer, startProxy } from "../../../src/testing/index.js";
import { afterTest } from "../../support/cleanup.js";
import { errorOf, scripts } from "../../support/client/fixtures.js";
import { manyScripts } from "../../support/client/many-fixtures.js";
import { startOwn } from "../../support/own-server.js";
import { freshNamespace } from "../../support/redis.js";

interface Options {
  readonly protocol?: 2;
  readonly autoResendUnfulfilledCommands?: false;
}

function connected(port: number, server: RedisServer, options: Options = {}): Redis {
  const redis = new Redis({ port, password: server.password, retryStrategy: () => 20, ...options });
  redis.on("error", () => {});
  afterTest(() => redis.disconnect());
  return redis;
}

async function behindProxy(options: Options = {}) {
  const server = await startOwn();
  const proxy = await startProxy(server);
  afterTest(() => proxy.stop());
  return {
    server,
    proxy,
    redis: connected(proxy.port, server, options),
    direct: connected(server.port, server),
  };
}

const levelOf = (product: string, sequence: number) => ({
  product,
  warehouse: "berlin",
  quantity: sequence,
  sequence,
  low: 0,
});

test("a call that is held when the client closes ends with CLOSED, and is never sent", async () => {
  const { proxy, redis, direct } = await behindProxy();
  await redis.ping();
  const namespace = freshNamespace();
  // The first load of the scripts takes so long.
  proxy.delay(200);
  const client = createScriptClient(redis, scripts, { namespace });
  const call = errorOf(client.tenant("acme").tally.bump({ tally: "a", change: 1 }));
  client.close();
  expect(await call).toMatchObject({ code: "CLOSED" });
  proxy.heal();
  proxy.cut();
  await redis.ping();
  expect(await direct.exists(`${namespace}:{acme:a}:tally`)).toBe(0);
});

test("a call whose connection is lost after the client has closed does not stay open", async () => {
  const { proxy, redis } = await behindProxy();
  const client = createMoonpath(redis, { namespace: freshNamespace(), deadlineMs: 60_000 });
  await client.ready();
  proxy.blackHole();
  const call = errorOf(client.tenant("acme").stock.setLevel(levelOf("lamp", 1)));
  await pause(20);
  client.close();
  proxy.cut();
  proxy.heal();
  expect(await call).toMatchObject({ code: "OUTCOME_UNKNOWN" });
});

test("a connection that only takes SUBSCRIBE ends calls, and does not keep the process busy", async () => {
  const server = await startOwn();
  const redis = connected(server.port, server, { protocol: 2 });
  const direct = connected(server.port, server);
  const client = createMoonpath(redis, { namespace: freshNamespace(), deadlineMs: 500 });
  await client.ready();
  await redis.subscribe("news");
  const again = once(redis, "ready");
  await direct.call("CLIENT", ["KILL", "TYPE", "pubsub"]);
  await again;
  await expect.poll(() => redis.mode).toBe("subscriber");
  const call = client.tenant("acme").stock.setLevel(levelOf("lamp", 1));
  expect(await errorOf(call)).toMatchObject({
    code: "UNAVAILABLE",
    message: expect.stringContaining("subscriber mode"),
  });
  client.close();
});

test("an INFO whose reply is lost does not block later calls", async () => {
  const { proxy, redis, direct } = await behindProxy({ autoResendUnfulfilledCommands: false });
  await direct.config("SET", "maxmemory-policy", "allkeys-lru");
  const client = createMoonpath(redis, { namespace: freshNamespace() });
  const { stock } = client.tenant("acme");
  expect(await errorOf(stock.setLevel(levelOf("lamp", 1)))).toMatchObject({ code: "EVICTION" });
  proxy.blackHole();
  const waiting = stock.setLevel(levelOf("lamp", 1));
  await pause(50);
  await direct.config("SET", "maxmemory-policy", "noeviction");
  proxy.cut();
  proxy.heal();
  // It is made again after the reconnect.
  expect(await waiting).toMatchObject({ outcome: "applied" });
  expect(await stock.setLevel(levelOf("lamp", 2), { deadlineMs: 10_000 })).toMatchObject({
    outcome: "applied",
  });
  client.close();
});

test("the memory of a batch is not used again while its socket may still send it", async () => {
  const server = await startOwn();
  const direct = connected(server.port, server);
  let first: Socket | undefined;
  const door = createServer({ allowHalfOpen: true }, (client) => {
    const target = connect({ port: server.port, allowHalfOpen: true });
    for (const [from, to] of [
      [client, target],
      [target, client],
    ] as const) {
      from.on("error", () => {}).on("end", () => to.end());
      from.on("data", (bytes) => void to.write(bytes));
    }
    first ??= client;
  });
  door.listen(0);
  await once(door, "listening");
  const address = door.address();
  const redis = connected(typeof address === "object" ? (address?.port ?? 0) : 0, server);
  afterTest(() => void door.close());
  const namespace = freshNamespace();
  const client = createScriptClient(redis, manyScripts, { namespace, deadlineMs: 1_500 });
  await client.ready();
  const { tally } = client.tenant("acme");
  const bump = (names: readonly string[], change: number, deadlineMs: number) =>
    Promise.all(names.map((name) => errorOf(tally.bump({ tally: name, change }, { deadlineMs }))));
  // The peer stops reading, so a batch waits in the socket behind a large command.
  first?.pause();
  redis.set("large", "x".repeat(30_000_000)).catch(() => {});
  const one = bump(["a1", "a2"], 1, 1_500);
  await pause(50);
  first?.write("?no reply of Redis\r\n");
  for (const error of await one) expect(error).toMatchObject({ code: "OUTCOME_UNKNOWN" });
  for (const error of await bump(["b1", "b2"], 10, 200)) expect(error).toMatchObject({ code: "UNAVAILABLE" });
  first?.resume();
  await expect.poll(() => direct.exists("large")).toBe(1);
  await pause(100);
  const total = (name: string) => direct.hget(`${namespace}:{acme:${name}}:tally`, "total");
  expect(await Promise.all(["b1", "b2"].map(total))).toEqual([null, null]);
  client.close();
});

test("a getter of the arguments may call the client", async () => {
  const server = await startOwn();
  const client = createMoonpath(connected(server.port, server), { namespace: freshNamespace() });
  const { stock } = client.tenant("acme");
  await stock.setLevel(levelOf("outer", 111));
  await stock.setLevel(levelOf("inner", 7));
  // With those before, the inner call would be enough for an early start.
  for (const before of [0, 15]) {
    const others = Array.from({ length: before }, () => stock.read({ product: "inner", low: 0 }));
    let inner: Promise<unknown> | undefined;
    const outer = stock.read({
      product: "outer",
      get low() {
        inner ??= stock.read({ product: "inner", low: 0 });
        return 0;
      },
    });
    expect(await outer).toMatchObject({ total: 111 });
    expect(await inner).toMatchObject({ total: 7 });
    for (const other of await Promise.all(others)) expect(other).toMatchObject({ total: 7 });
  }
  client.close();
});

test("the deadline of a call counts from the call, also in a long turn", async () => {
  const server = await startOwn();
  const redis = connected(server.port, server);
  const client = createMoonpath(redis, { namespace: freshNamespace(), deadlineMs: 300 });
  await client.ready();
  const { stock } = client.tenant("acme");
  await redis.client("PAUSE", 2_000, "ALL");
  const first = errorOf(stock.read({ product: "a", low: 0 }));
  const busyUntil = performance.now() + 200;
  while (performance.now() < busyUntil);
  const startedAt = performance.now();
  await errorOf(stock.read({ product: "b", low: 0 }));
  expect(performance.now() - startedAt).toBeGreaterThan(290);
  await first;
  client.close();
});

test("a signal that refuses its listener ends the call before it is made", async () => {
  const server = await startOwn();
  const client = createMoonpath(connected(server.port, server), { namespace: freshNamespace() });
  await client.ready();
  const { stock } = client.tenant("acme");
  const { signal } = new AbortController();
  let uses = 0;
  // The first use is the check of the options.
  Object.defineProperty(signal, "addEventListener", {
    value() {
      if (++uses > 1) throw new Error("no listener");
    },
  });
  expect(await errorOf(stock.setLevel(levelOf("lamp", 1), { signal }))).toMatchObject({ code: "ARGUMENT" });
  expect(uses).toBe(2);
  expect(await stock.read({ product: "lamp", low: 0 })).toMatchObject({ outcome: "unknown" });
  client.close();
});
