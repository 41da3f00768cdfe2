import { getEventListeners } from "node:events";
import { setTimeout as pause } from "node:timers/promises";
import { Redis } from "ioredis";
import { Redis as Valkey } from "iovalkey";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import {
  type Proxy as FaultyProxy,
  type RedisServer,
  startProxy,
  startRedis,
} from "../../src/testing/index.js";
import { waitUntil } from "../../src/testing/wait.js";
import { afterTest } from "../support/cleanup.js";
import { clientOver } from "../support/client/connections.js";
import { errorOf } from "../support/client/fixtures.js";
import { nodeRedis } from "../support/client/node-redis.js";

let server: RedisServer;
let proxy: FaultyProxy;
beforeAll(async () => {
  server = await startRedis({ own: true });
  proxy = await startProxy(server);
});
afterAll(async () => {
  await proxy.stop();
  await server.stop();
});

afterEach(() => {
  proxy.heal();
});

const quick = { retryStrategy: () => 5 };
const engines = [
  ["ioredis", (port: number) => new Redis({ host: "127.0.0.1", port, password: server.password, ...quick })],
  [
    "iovalkey",
    (port: number) => new Valkey({ host: "127.0.0.1", port, password: server.password, ...quick }),
  ],
  ["node-redis 5", (port: number) => nodeRedis(5, { port, password: server.password })],
  ["node-redis 6", (port: number) => nodeRedis(6, { port, password: server.password })],
] as const;

/** Milliseconds that the work takes, and the error that it ends with. */
async function timed(work: Promise<unknown>) {
  const startedAt = performance.now();
  const error = await errorOf(work);
  return { error, ms: performance.now() - startedAt };
}

describe.each(engines)("a client that loses replies (%s)", (_, connect) => {
  test("runs every call of a script that may be resent exactly once", async () => {
    const { tally, calls, client } = clientOver(connect(proxy.port));
    await client.ready();
    proxy.cutReplies({ probability: 0.05 });
    const cutsBefore = proxy.counters.cuts;
    let next = 0;
    const worker = async () => {
      while (next < 1_500) {
        next++;
        await tally.add({ tally: "a", change: 1 }, { deadlineMs: 15_000 });
      }
    };
    await Promise.all(Array.from({ length: 8 }, worker));
    expect(proxy.counters.cuts - cutsBefore).toBeGreaterThan(8);
    expect(calls.some(({ attempts }) => attempts > 1)).toBe(true);
    proxy.heal();
    expect(await tally.read({ tally: "a" })).toEqual({ total: 1_500 });
  });

  test("never sends the other scripts twice, and reports their outcome as unknown", async () => {
    const { tally, client } = clientOver(connect(proxy.port));
    await client.ready();
    proxy.cutReplies({ probability: 0.1 });
    let [answered, unknown] = [0, 0];
    for (let call = 0; call < 400; call++) {
      const outcome = await tally.bump({ tally: "b", change: 1 }, { deadlineMs: 5_000 }).then(
        () => "ok",
        (error: unknown) => error,
      );
      if (outcome === "ok") answered++;
      else {
        expect(outcome).toMatchObject({ code: "OUTCOME_UNKNOWN", script: "tally.bump", retryable: false });
        unknown++;
      }
    }
    proxy.heal();
    await pause(50); // Time for a second sending, if there were one.
    const { total } = await tally.read({ tally: "b" });
    expect(unknown).toBeGreaterThan(10);
    expect(total).toBeGreaterThanOrEqual(answered);
    expect(total).toBeLessThanOrEqual(answered + unknown);
    expect(answered + unknown).toBe(400);
  });
});

test("a client with automatic pipelines never resends a script that must not run twice", async () => {
  const { tally, client, redis } = clientOver(
    new Redis({
      host: "127.0.0.1",
      port: proxy.port,
      password: proxy.password,
      ...quick,
      enableAutoPipelining: true,
    }),
  );
  await client.ready();
  proxy.cutReplies({ probability: 1 });
  const calls = Array.from({ length: 5 }, () =>
    errorOf(tally.bump({ tally: "p", change: 1 }, { deadlineMs: 500 })),
  );
  for (const error of await Promise.all(calls)) expect(error).toMatchObject({ code: "OUTCOME_UNKNOWN" });
  proxy.heal();
  await redis.ping();
  await pause(50);
  expect((await tally.read({ tally: "p" })).total).toBeLessThanOrEqual(5);
});

describe("a client of a server that never answers", () => {
  test("ends a write at its deadline with OUTCOME_UNKNOWN, and never runs it", async () => {
    const { tally, client } = clientOver(
      new Redis({ host: "127.0.0.1", port: proxy.port, password: proxy.password, ...quick }),
    );
    await client.ready();
    proxy.blackHole();
    const { error, ms } = await timed(tally.add({ tally: "c", change: 1 }, { deadlineMs: 150 }));
    expect(error).toMatchObject({ code: "OUTCOME_UNKNOWN", script: "tally.add", version: "1.2.0" });
    expect(ms).toBeGreaterThan(140);
    expect(ms).toBeLessThan(900);
    proxy.heal();
    await pause(100);
    expect(await tally.read({ tally: "c" })).toEqual({ total: 0 });
  });

  test("ends a read with DEADLINE", async () => {
    const { tally, client } = clientOver(
      new Redis({ host: "127.0.0.1", port: proxy.port, password: proxy.password, ...quick }),
    );
    await client.ready();
    proxy.blackHole();
    const { error, ms } = await timed(tally.read({ tally: "c" }, { deadlineMs: 100 }));
    expect(error).toMatchObject({ code: "DEADLINE", retryable: true });
    expect(ms).toBeLessThan(900);
  });

  test("bounds a call by the client's deadline if the call has none", async () => {
    const { tally, client } = clientOver(
      new Redis({ host: "127.0.0.1", port: proxy.port, password: proxy.password, ...quick }),
    );
    await client.ready();
    proxy.blackHole();
    const { ms } = await timed(tally.read({ tally: "c" }));
    expect(ms).toBeGreaterThan(950);
    expect(ms).toBeLessThan(4_000);
  });
});

describe("a client without a server", () => {
  test.each([
    ["connecting", {}],
    ["lazy", { lazyConnect: true }],
    ["without an offline queue", { enableOfflineQueue: false }],
  ])("ends calls and ready() with UNAVAILABLE in time (%s)", async (_, options) => {
    const { tally, client } = clientOver(new Redis({ host: "127.0.0.1", port: 1, ...quick, ...options }));
    const { error, ms } = await timed(tally.add({ tally: "d", change: 1 }, { deadlineMs: 120 }));
    expect(error).toMatchObject({ code: "UNAVAILABLE", retryable: true, status: 503 });
    expect(ms).toBeLessThan(900);
    expect(await errorOf(client.ready({ deadlineMs: 50 }))).toMatchObject({ code: "UNAVAILABLE" });
  });

  test("sends nothing after the deadline", async () => {
    const own = await startRedis({ own: true });
    afterTest(() => void own.stop());
    const { tally } = clientOver(
      new Redis({ host: own.host, port: own.port, password: own.password, ...quick }),
    );
    await tally.add({ tally: "e", change: 1 });
    await own.kill();
    const errors = await Promise.all([
      errorOf(tally.add({ tally: "e", change: 10 }, { deadlineMs: 100 })),
      errorOf(tally.bump({ tally: "e", change: 10 }, { deadlineMs: 100 })),
    ]);
    await own.restart();
    await expect.poll(() => tally.read({ tally: "e" }).catch(() => undefined)).toEqual({ total: 0 });
    await pause(100);
    expect(await tally.read({ tally: "e" })).toEqual({ total: 0 });
    for (const error of errors)
      expect(error).toMatchObject({ code: expect.stringMatching(/UNAVAILABLE|UNKNOWN/) });
  });

  test("ends waiting calls at once when the connection is closed", async () => {
    proxy.blackHole();
    const { tally, redis } = clientOver(
      new Redis({ host: "127.0.0.1", port: proxy.port, password: proxy.password, ...quick }),
    );
    const call = timed(tally.add({ tally: "f", change: 1 }, { deadlineMs: 5_000 }));
    await expect.poll(() => redis.status).toBe("connect");
    redis.disconnect();
    const { error, ms } = await call;
    expect(error).toMatchObject({ code: "UNAVAILABLE" });
    expect(ms).toBeLessThan(3_000);
    expect(await errorOf(tally.read({ tally: "f" }))).toMatchObject({ code: "UNAVAILABLE" });
  });
});

describe("redis.disconnect() during a call", () => {
  test.each([
    ["add", "OUTCOME_UNKNOWN"],
    ["bump", "OUTCOME_UNKNOWN"],
    ["read", "UNAVAILABLE"],
  ] as const)("ends %s with %s at once", async (operation, code) => {
    const { tally, client, redis } = clientOver(
      new Redis({ host: "127.0.0.1", port: proxy.port, password: proxy.password, ...quick }),
    );
    await client.ready();
    proxy.blackHole();
    const swallowed = proxy.counters.swallowedBytes;
    const call = timed(tally[operation]({ tally: "g", change: 1 }, { deadlineMs: 5_000 }));
    await waitUntil(async () => proxy.counters.swallowedBytes > swallowed, 5_000, "the call to be sent");
    redis.disconnect();
    const { error, ms } = await call;
    expect(error).toMatchObject({ code });
    expect(ms).toBeLessThan(3_000);
  });
});

describe("an AbortSignal", () => {
  test("prevents the sending if it has aborted before the call", async () => {
    const { tally } = clientOver(
      new Redis({ host: "127.0.0.1", port: proxy.port, password: proxy.password }),
    );
    const error = await errorOf(tally.add({ tally: "h", change: 1 }, { signal: AbortSignal.abort() }));
    expect(error).toMatchObject({ code: "ABORTED", status: 499 });
    expect(await tally.read({ tally: "h" })).toEqual({ total: 0 });
  });

  test.each([
    ["add", "OUTCOME_UNKNOWN"],
    ["read", "ABORTED"],
  ] as const)("ends %s during the call with %s", async (operation, code) => {
    const { tally, client } = clientOver(
      new Redis({ host: "127.0.0.1", port: proxy.port, password: proxy.password, ...quick }),
    );
    await client.ready();
    proxy.blackHole();
    const abort = new AbortController();
    const call = timed(
      tally[operation]({ tally: "i", change: 1 }, { deadlineMs: 5_000, signal: abort.signal }),
    );
    setTimeout(() => abort.abort(), 50);
    const { error, ms } = await call;
    expect(error).toMatchObject({ code });
    expect(ms).toBeLessThan(3_000);
  });

  test("ends a call between two attempts", async () => {
    const { tally } = clientOver(new Redis({ host: "127.0.0.1", port: 1, ...quick }));
    const abort = new AbortController();
    const call = timed(tally.add({ tally: "j", change: 1 }, { deadlineMs: 5_000, signal: abort.signal }));
    setTimeout(() => abort.abort(), 60);
    const { error, ms } = await call;
    expect(error).toMatchObject({ code: "ABORTED" });
    expect(ms).toBeLessThan(3_000);
  });

  test("has no listener after its calls", async () => {
    const { tally } = clientOver(
      new Redis({ host: "127.0.0.1", port: proxy.port, password: proxy.password }),
    );
    const { signal } = new AbortController();
    await tally.read({ tally: "k" }, { signal });
    await errorOf(tally.add({ tally: "k", change: -1 }, { signal }));
    expect(getEventListeners(signal, "abort")).toEqual([]);
  });
});
