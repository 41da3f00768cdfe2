import { setTimeout as pause } from "node:timers/promises";
import { Redis } from "ioredis";
import { afterAll, describe, expect, test, vi } from "vitest";
import { type CallEvent, createScriptClient, type Observer } from "../../src/client/index.js";
import { errorOf, scripts } from "../support/client/fixtures.js";
import { freshNamespace, sharedCluster, sharedRedis } from "../support/redis.js";

const unhandled = vi.fn();
process.on("unhandledRejection", unhandled);
afterAll(() => {
  process.off("unhandledRejection", unhandled);
});

function start(observers: readonly Observer[]) {
  const client = createScriptClient(sharedRedis(), scripts, { namespace: freshNamespace(), observers });
  return client.tenant("acme").tally;
}

describe("observers", () => {
  test("receive every call, successful or not, with its duration and attempts", async () => {
    const events: CallEvent[] = [];
    const tally = start([{ onCall: (event) => void events.push(event) }]);
    await tally.add({ tally: "a", change: 1 });
    await errorOf(tally.add({ tally: "a", change: -1 }));
    await errorOf(tally.raise({ tally: "a", message: "CORRUPT total" }));
    expect(events).toEqual([
      { script: "tally.add", version: "1.2.0", outcome: "ok", durationMs: expect.any(Number), attempts: 1 },
      {
        script: "tally.add",
        version: "1.2.0",
        outcome: "ARGUMENT",
        durationMs: expect.any(Number),
        attempts: 0,
      },
      {
        script: "tally.raise",
        version: "1.2.0",
        outcome: "CORRUPT",
        durationMs: expect.any(Number),
        attempts: 1,
      },
    ]);
    for (const { durationMs } of events) expect(durationMs).toBeGreaterThan(0);
  });

  test("affect neither the call nor other observers when they throw or reject", async () => {
    const heard = vi.fn();
    const tally = start([
      {
        onCall: () => {
          throw new Error("an observer's own trouble");
        },
      },
      { onCall: async () => Promise.reject(new Error("an observer's own trouble")) },
      { onCall: heard },
    ]);
    expect(await tally.add({ tally: "a", change: 1 })).toEqual({ outcome: "added", total: 1 });
    await pause(10);
    expect(heard).toHaveBeenCalledTimes(1);
    expect(unhandled).not.toHaveBeenCalled();
  });
});

describe("a client", () => {
  const events = ["ready", "close", "end", "+node", "-node"];

  test("removes every listener at close(), and leaves the connection open", async () => {
    const redis = sharedRedis();
    await redis.ping();
    const before = events.map((event) => redis.listenerCount(event));
    for (let round = 0; round < 20; round++) {
      const client = createScriptClient(redis, scripts);
      await client.ready();
      await client.tenant("acme").tally.read({ tally: "a" });
      client.close();
    }
    expect(events.map((event) => redis.listenerCount(event))).toEqual(before);
    expect(await redis.ping()).toBe("PONG");
  });

  test("removes every listener from a cluster and its nodes at close()", async () => {
    const cluster = sharedCluster();
    await cluster.ping();
    // While a node is connecting, ioredis has listeners of its own on it.
    await Promise.all(cluster.nodes("all").map((node) => node.ping()));
    const count = () =>
      [cluster, ...cluster.nodes("all")].map((target) => events.map((event) => target.listenerCount(event)));
    const before = count();
    const client = createScriptClient(cluster, scripts);
    await client.ready();
    await client.tenant("acme").tally.read({ tally: "a" });
    expect(count()).not.toEqual(before);
    client.close();
    expect(count()).toEqual(before);
  });

  test("adds no listener with each call, even while it has no connection", async () => {
    const redis = new Redis({ port: 1, host: "127.0.0.1", retryStrategy: () => 5 });
    redis.on("error", () => {});
    const client = createScriptClient(redis, scripts);
    const calls = Array.from({ length: 50 }, () =>
      errorOf(client.tenant("acme").tally.read({ tally: "a" }, { deadlineMs: 60 })),
    );
    await pause(20);
    // The client's two, and the one of ioredis' own connect().
    expect(redis.listenerCount("ready")).toBeLessThanOrEqual(3);
    await Promise.all(calls);
    client.close();
    redis.disconnect();
  });

  test("ends later calls with CLOSED after close()", async () => {
    const redis = sharedRedis({ lazyConnect: true });
    const client = createScriptClient(redis, scripts);
    client.close();
    expect(await errorOf(client.tenant("acme").tally.read({ tally: "a" }))).toMatchObject({ code: "CLOSED" });
    expect(redis.status).toBe("wait");
  });
});

test("a call leaves no timer and no unhandled rejection behind", async () => {
  const timers = () => process.getActiveResourcesInfo().filter((resource) => resource === "Timeout").length;
  const tally = start([]);
  await tally.read({ tally: "a" });
  const before = timers();
  await Promise.all([
    ...Array.from({ length: 20 }, () => tally.add({ tally: "a", change: 1 }, { deadlineMs: 60_000 })),
    ...Array.from({ length: 20 }, () =>
      errorOf(tally.add({ tally: "a", change: -1 }, { deadlineMs: 60_000 })),
    ),
    ...Array.from({ length: 5 }, () => errorOf(tally.spin({ tally: "a", change: 2_000 }, { deadlineMs: 1 }))),
  ]);
  expect(timers()).toBeLessThanOrEqual(before);
  await tally.read({ tally: "a" });
  expect(unhandled).not.toHaveBeenCalled();
});
