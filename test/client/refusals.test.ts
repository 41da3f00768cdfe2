import { setTimeout as pause } from "node:timers/promises";
import { Redis } from "ioredis";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { Caller } from "../../src/client/call/caller.js";
import { Observers } from "../../src/client/call/observer.js";
import { DirectTransport, type Transport } from "../../src/client/call/transport.js";
import { SingleServer } from "../../src/client/connection/topology.js";
import { defaults } from "../../src/client/defaults.js";
import { createScriptClient, type RetryEvent } from "../../src/client/index.js";
import { ScriptSet } from "../../src/client/script/script-set.js";
import { type RedisServer, type ReplicaPair, startRedis, startReplicaPair } from "../../src/testing/index.js";
import { errorOf, scripts } from "../support/client/fixtures.js";
import { freshNamespace } from "../support/redis.js";

const open: Redis[] = [];
let server: RedisServer;
let pair: ReplicaPair;
beforeAll(async () => {
  [server, pair] = await Promise.all([startRedis({ own: true }), startReplicaPair()]);
});
afterAll(async () => {
  for (const redis of open) redis.disconnect();
  await Promise.all([server.stop(), pair.stop()]);
});

function connect(
  { host, port, password }: RedisServer,
  options: { username?: string; password?: string } = {},
  onRetry = () => {},
) {
  const redis = new Redis({
    host,
    port,
    password,
    ...options,
    enableReadyCheck: options.username === undefined,
  });
  redis.on("error", () => {});
  open.push(redis);
  const retries: RetryEvent[] = [];
  const client = createScriptClient(redis, scripts, {
    namespace: freshNamespace(),
    observers: [{ onRetry: (event) => void retries.push(event) }, { onRetry }],
  });
  return { redis, client, retries, tally: client.tenant("acme").tally };
}

describe("READONLY", () => {
  test.each(["add", "bump"] as const)(
    "is retried until the replica has become a primary (%s)",
    async (operation) => {
      const admin = connect(pair.replica).redis;
      await admin.replicaof(pair.primary.host, pair.primary.port);
      let promoted: Promise<unknown> | undefined;
      const { tally, retries } = connect(pair.replica, {}, () => {
        promoted ??= admin.replicaof("NO", "ONE");
      });
      const call = tally[operation]({ tally: operation, change: 1 }, { deadlineMs: 5_000 });
      expect(await call).toMatchObject({ total: 1 });
      await promoted;
      expect(retries[0]).toMatchObject({ script: `tally.${operation}`, version: "1.2.0", attempt: 2 });
    },
  );

  test("is not retried after the caller's signal has aborted", async () => {
    const admin = connect(pair.replica).redis;
    await admin.replicaof(pair.primary.host, pair.primary.port);
    let giveUp = () => {};
    const { tally } = connect(pair.replica, {}, () => giveUp());
    for (let call = 0; call < 10; call++) {
      const abort = new AbortController();
      // In the pause before the next attempt: nothing is on its way.
      giveUp = () => abort.abort();
      const options = { deadlineMs: 5_000, signal: abort.signal };
      const error = await errorOf(tally.add({ tally: "given-up", change: 1 }, options));
      expect(error).toMatchObject({ code: "ABORTED" });
    }
    await admin.replicaof("NO", "ONE");
    await pause(300);
    expect(await tally.read({ tally: "given-up" })).toEqual({ total: 0 });
  });

  test("is not retried so late that the answer would miss the deadline", async () => {
    const { redis } = connect(server);
    const topology = new SingleServer(redis, new ScriptSet(Object.values(scripts.tally)));
    const observers = new Observers([]);
    const direct = new DirectTransport(topology, observers);
    const leftMs: number[] = [];
    const recording: Transport = {
      send(script, call, delivery) {
        leftMs.push(delivery.remainingMs);
        return direct.send(script, call, delivery);
      },
    };
    const caller = new Caller(recording, topology, observers, {
      deadlineMs: 500,
      retries: 1_000,
      batching: false,
      order: "slot",
    });
    // A first attempt is sent even if the connection leaves little time for it.
    await topology.whenLoaded({ whenReleased() {} });
    const args = { tally: "late", message: "READONLY not now" };
    const scope = { namespace: freshNamespace(), tenant: "acme" };
    const calls = Array.from({ length: 40 }, () => errorOf(caller.call(scripts.tally.raise, scope, args)));
    await Promise.all(calls);
    topology.dispose();
    // The first attempts leave by the queue. These are the retries.
    expect(leftMs.length).toBeGreaterThan(0);
    // Half of it, since this looks at the clock a little later than the client does.
    expect(Math.min(...leftMs)).toBeGreaterThan(defaults.minAttemptMs.value / 2);
  });

  test("is not retried for a script that has begun and must not run twice", async () => {
    const { tally, retries } = connect(server);
    const error = await errorOf(tally.raiseOnce({ tally: "a", message: "READONLY not now" }));
    expect(error).toMatchObject({ code: "READ_ONLY" });
    expect(retries).toEqual([]);
  });

  test("ends the call with READ_ONLY if the replica stays a replica", async () => {
    const admin = connect(pair.replica).redis;
    await admin.replicaof(pair.primary.host, pair.primary.port);
    const { tally } = connect(pair.replica);
    const error = await errorOf(tally.add({ tally: "a", change: 1 }, { deadlineMs: 200 }));
    expect(error).toMatchObject({ code: "READ_ONLY", retryable: true, status: 503 });
  });
});

describe("BUSY", () => {
  test("is retried until the other script ends", async () => {
    const { redis, tally, client, retries } = connect(server);
    await client.ready();
    await redis.config("SET", "busy-reply-threshold", "5");
    const other = connect(server).tally;
    const long = other.spin({ tally: "a", change: 30_000 }, { deadlineMs: 15_000 });
    await expect
      .poll(() => errorOf(redis.ping()), { interval: 1 })
      .toMatchObject({ message: expect.stringMatching(/^BUSY/) });
    expect(await tally.add({ tally: "b", change: 1 }, { deadlineMs: 15_000 })).toMatchObject({ total: 1 });
    await long;
    expect(retries.length).toBeGreaterThan(0);
  });
});

describe("OOM", () => {
  test("ends the call with OUT_OF_MEMORY, and is not retried", async () => {
    const { redis, tally, retries } = connect(server);
    await redis.config("SET", "maxmemory", "1");
    try {
      const error = await errorOf(tally.add({ tally: "a", change: 1 }));
      expect(error).toMatchObject({ code: "OUT_OF_MEMORY", retryable: true, script: "tally.add" });
      expect(retries).toEqual([]);
      expect(await tally.read({ tally: "a" })).toEqual({ total: 0 });
    } finally {
      await redis.config("SET", "maxmemory", "0");
    }
  });
});

describe("NOPERM", () => {
  test("ends calls and ready() with NO_PERMISSION", async () => {
    const { redis } = connect(server);
    await redis.call("ACL", ["SETUSER", "guest", "on", ">guest", "~*", "+info", "+client", "+ping"]);
    const { tally, client } = connect(server, { username: "guest", password: "guest" });
    expect(await errorOf(tally.read({ tally: "a" }))).toMatchObject({ code: "NO_PERMISSION" });
    expect(await errorOf(client.ready())).toMatchObject({ code: "NO_PERMISSION" });
  });

  test("leads to an error with the source line if a command of the script is not allowed", async () => {
    const { redis, tally: admin } = connect(server);
    await admin.read({ tally: "a" });
    await redis.call("ACL", ["SETUSER", "reader", "on", ">reader", "~*", "+@all", "-hset", "-hsetnx"]);
    const { tally } = connect(server, { username: "reader", password: "reader" });
    const error = await errorOf(tally.add({ tally: "a", change: 1 }));
    expect(error).toMatchObject({ code: "NO_PERMISSION", source: "lua/tally/add.lua:30" });
  });
});
