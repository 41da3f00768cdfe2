import { connect, createServer, type Socket } from "node:net";
import { Redis } from "ioredis";
import { describe, expect, test } from "vitest";
import * as keys from "../../../generated/ts/keys.js";
import { memoryL1 } from "../../../src/cache/l1/memory-l1.js";
import { createMoonpath } from "../../../src/index.js";
import { type RedisServer, redisFromUrl, startProxy } from "../../../src/testing/index.js";
import { moment } from "../../support/cache/kit.js";
import { afterTest } from "../../support/cleanup.js";
import { startOwn } from "../../support/own-server.js";
import { freshNamespace } from "../../support/redis.js";
import { eventually } from "../../support/wait.js";

const lamp = { product: "lamp" };
const HEARTBEAT_MS = 300;

function connectTo(url: string): Redis {
  const redis = redisFromUrl(url, { retryStrategy: () => 30 });
  if (!(redis instanceof Redis)) throw new Error("it is one server");
  redis.on("error", () => {});
  afterTest(() => redis.disconnect());
  return redis;
}

/** A process with L1, whose connections go through a proxy, and another one that changes things. */
async function setUp(config: Readonly<Record<string, string>> = {}) {
  const server = await startOwn({ config });
  const proxy = await startProxy(server);
  afterTest(() => proxy.stop());
  const namespace = freshNamespace();
  const moonpath = createMoonpath(connectTo(proxy.url), {
    namespace,
    cache: { l1: memoryL1({ heartbeatMs: HEARTBEAT_MS }) },
  });
  const other = createMoonpath(connectTo(server.url), { namespace });
  afterTest(
    () => moonpath.close(),
    () => other.close(),
  );
  await Promise.all([moonpath.ready(), other.ready()]);
  const source = { version: 1, loads: 0 };
  const definition = {
    pattern: "product:<product>",
    freshMs: 60_000,
    earlyRefresh: 0,
    load: async () => {
      source.loads++;
      return { version: source.version };
    },
  } as const;
  return {
    server,
    proxy,
    moonpath,
    direct: connectTo(server.url),
    acme: moonpath.cache(definition).tenant("acme"),
    others: other.cache(definition).tenant("acme"),
    source,
  };
}

type SetUp = Awaited<ReturnType<typeof setUp>>;

/** Whether L1 answers: two calls get one object, and no command is sent. */
async function inL1({ acme }: SetUp, fields = lamp): Promise<void> {
  await eventually("L1 answers", async () => {
    const found = await acme.getOrLoad(fields);
    expect(await acme.getOrLoad(fields)).toBe(found);
  });
}

/** Changes the source, and invalidates the entry in the other process. */
async function changed({ source, others }: SetUp): Promise<void> {
  source.version++;
  expect(await others.invalidate(lamp)).toBe("done");
}

async function clientsOf(direct: Redis, type: "normal" | "pubsub"): Promise<string[]> {
  const list = String(await direct.call("client", ["LIST", "TYPE", type]));
  return list.trim().split("\n");
}

const idOf = (line: string) => Number(/\bid=(\d+)/.exec(line)?.[1]);

async function neverOlder({ acme, source }: SetUp, forMs: number): Promise<void> {
  const endAt = performance.now() + forMs;
  while (performance.now() < endAt) {
    const least = source.version;
    expect((await acme.getOrLoad(lamp))?.version).toBeGreaterThanOrEqual(least);
    await moment(10);
  }
}

describe("a lost connection empties L1", () => {
  test("the listening connection is killed", async () => {
    const kit = await setUp();
    await inL1(kit);
    for (let round = 0; round < 3; round++) {
      for (const line of await clientsOf(kit.direct, "pubsub")) {
        if (line.includes("sub=1")) await kit.direct.client("KILL", "ID", idOf(line));
      }
      await changed(kit);
      await moment(HEARTBEAT_MS / 3);
      await neverOlder(kit, 200);
      await inL1(kit);
    }
  });

  test("the reading connection is killed", async () => {
    const kit = await setUp();
    await inL1(kit);
    const tracked = (await clientsOf(kit.direct, "normal")).filter((line) => /\bflags=\S*t/.test(line));
    expect(tracked).toHaveLength(1);
    for (const line of tracked) await kit.direct.client("KILL", "ID", idOf(line));
    await changed(kit);
    await moment(HEARTBEAT_MS / 3);
    await neverOlder(kit, 200);
    await inL1(kit);
  });

  test("all connections are cut", async () => {
    const kit = await setUp();
    await inL1(kit);
    kit.proxy.cut();
    await changed(kit);
    await moment(50);
    await neverOlder(kit, 200);
    await inL1(kit);
  });

  test("FLUSHALL", async () => {
    const kit = await setUp();
    await inL1(kit);
    kit.source.version++;
    await kit.direct.flushall();
    await eventually("nothing old is answered", async () => {
      expect((await kit.acme.getOrLoad(lamp))?.version).toBe(kit.source.version);
    });
    await neverOlder(kit, 200);
    await inL1(kit);
  });

  test("a full tracking table evicts keys, and never keeps an old value", async () => {
    const kit = await setUp({ "tracking-table-max-keys": "20" });
    const list = Array.from({ length: 60 }, (_, place) => ({ product: `p${place}` }));
    await kit.acme.warm(list);
    for (let round = 0; round < 2; round++) {
      await Promise.all(list.map((fields) => kit.acme.getOrLoad(fields)));
      kit.source.version++;
      await Promise.all(list.map((fields) => kit.others.invalidate(fields)));
      await moment(50);
      for (const fields of list) {
        expect((await kit.acme.getOrLoad(fields))?.version).toBe(kit.source.version);
      }
    }
    await inL1(kit);
  });
});

describe("a connection that falls silent", () => {
  test("nothing is older than heartbeatMs, and L1 answers again after the return", {
    timeout: 30_000,
  }, async () => {
    const kit = await setUp();
    await inL1(kit);
    kit.proxy.blackHole();
    await changed(kit);
    const changedAt = performance.now();
    let lastOldAt = changedAt;
    while (performance.now() - changedAt < 3 * HEARTBEAT_MS) {
      const calledAt = performance.now();
      const value = await kit.acme.getOrLoad(lamp);
      if (value && value.version < kit.source.version) lastOldAt = calledAt;
      await moment(5);
    }
    expect(lastOldAt - changedAt).toBeLessThanOrEqual(HEARTBEAT_MS);
    kit.proxy.heal();
    await inL1(kit);
    await neverOlder(kit, 100);
  });

  test("while the event loop was blocked: L1 answers nothing before it has heard", async () => {
    const kit = await setUp();
    await inL1(kit);
    kit.source.version++;
    // The command is on its way when the block begins, and nothing is read during it.
    const key = keys.cacheEntry({ namespace: kit.moonpath.namespace, tenant: "acme" }, "product:lamp");
    const deleted = kit.direct.del(key);
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, HEARTBEAT_MS + 100);
    expect((await kit.acme.getOrLoad(lamp))?.version).toBe(kit.source.version);
    await deleted;
  });

  test("a listening connection that was silent without a close is replaced", {
    timeout: 30_000,
  }, async () => {
    const server = await startOwn();
    const reading = await startProxy(server);
    const listening = await startTunnel(server.port);
    afterTest(() => reading.stop());
    const kit = await splitSetUp(server, reading, listening);
    await inL1(kit);
    // The next listening connection goes another way, and this one never ends.
    kit.route.port = reading.port;
    listening.swallow();
    await changed(kit);
    await moment(HEARTBEAT_MS + 50);
    await neverOlder(kit, 200);
    await inL1(kit);
  });
});

/** A way to the server that can fall silent, and then never closes a connection. */
async function startTunnel(target: number) {
  let isSilent = false;
  const sockets = new Set<Socket>();
  const tunnel = createServer({ allowHalfOpen: true }, (client) => {
    const server = connect({ port: target, host: "127.0.0.1", allowHalfOpen: true });
    for (const [from, to] of [[client, server] as const, [server, client] as const]) {
      sockets.add(from);
      from.on("error", () => {});
      from.on("data", (bytes) => {
        if (!isSilent) to.write(bytes);
      });
      from.on("end", () => {
        if (!isSilent) to.end();
      });
    }
  });
  await new Promise<void>((resolve) => tunnel.listen(0, "127.0.0.1", resolve));
  afterTest(() => {
    tunnel.close();
    for (const socket of sockets) socket.destroy();
  });
  const address = tunnel.address();
  if (address === null || typeof address === "string") throw new Error("the tunnel has no port");
  return {
    port: address.port,
    swallow() {
      isSilent = true;
    },
  };
}

/** As `setUp`, but the listening connection goes through a proxy of its own. */
async function splitSetUp(
  server: RedisServer,
  reading: { readonly url: string },
  listening: { readonly port: number },
) {
  const kit = await setUp();
  const route = { port: listening.port };
  const redis = connectTo(reading.url);
  // L1 duplicates the connection for its readings, and that one for its listening.
  const { duplicate } = redis;
  redis.duplicate = (override) => {
    const reader = duplicate.call(redis, override);
    const again = reader.duplicate;
    reader.duplicate = (options) => again.call(reader, { ...options, port: route.port });
    return reader;
  };
  const namespace = freshNamespace();
  const moonpath = createMoonpath(redis, {
    namespace,
    cache: { l1: memoryL1({ heartbeatMs: HEARTBEAT_MS }) },
  });
  const other = createMoonpath(connectTo(server.url), { namespace });
  afterTest(
    () => moonpath.close(),
    () => other.close(),
  );
  await Promise.all([moonpath.ready(), other.ready()]);
  const { source } = kit;
  const definition = {
    pattern: "product:<product>",
    freshMs: 60_000,
    earlyRefresh: 0,
    load: async () => ({ version: source.version }),
  } as const;
  return {
    ...kit,
    route,
    moonpath,
    acme: moonpath.cache(definition).tenant("acme"),
    others: other.cache(definition).tenant("acme"),
  };
}
