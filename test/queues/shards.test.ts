import { Redis } from "ioredis";
import { expect, onTestFinished, test, vi } from "vitest";
import { createExpiryWorker, redrive } from "../../src/expiry/index.js";
import { createMoonpath, keys, type MoonpathOptions } from "../../src/index.js";
import { startOwn } from "../support/own-server.js";
import { freshNamespace, sharedRedis } from "../support/redis.js";
import { deferred, eventually } from "../support/wait.js";

const queue = "offers";
const dueMs = 8e12;

function client(redis: Redis, namespace: string, options: MoonpathOptions = {}) {
  const moonpath = createMoonpath(redis, { deadlineMs: 15_000, ...options, namespace });
  onTestFinished(() => moonpath.close());
  const { expiry, scope } = moonpath.tenant("acme");
  return { moonpath, expiry, shards: keys.shards({ ...scope, tenant: "moonpath" }, queue) };
}

async function ownRedis() {
  const server = await startOwn();
  const redis = new Redis(server.url);
  onTestFinished(() => redis.disconnect());
  return redis;
}

test("a call of a queue that nobody has used finds nothing and stores nothing", async () => {
  const redis = sharedRedis();
  const namespace = freshNamespace();
  const { moonpath, expiry } = client(redis, namespace);
  const items = ["a", "b"];
  expect(await expiry.upcoming({ queue, withinMs: 5, limit: 5 })).toEqual({ items: [] });
  expect(await expiry.listDead({ queue, limit: 5, afterMs: 1, afterItem: "a" })).toEqual({ items: [] });
  expect(await expiry.extend({ queue, item: "a", dueMs })).toEqual({ outcome: "missing" });
  expect(await expiry.cancel({ queue, item: "a" })).toEqual({ outcome: "missing" });
  expect(await expiry.discard({ queue, items })).toEqual({ outcome: "discarded", discarded: 0 });
  expect(await expiry.redrive({ queue, items })).toEqual({ outcome: "redriven", redriven: 0 });
  const old = { queue, maxAgeMs: 5, limit: 5 };
  expect(await expiry.discardOld(old)).toEqual({ outcome: "discarded", discarded: 0 });
  expect(await redrive(moonpath.tenant("acme"), queue)).toEqual({ redriven: 0 });
  expect(await moonpath.shardsOf(queue)).toBeUndefined();
  expect(await redis.keys(`${namespace}:*`)).toEqual([]);
  const other = client(redis, namespace, { queues: { [queue]: { shards: 64 } } });
  expect(await other.expiry.track({ queue, item: "a", dueMs })).toEqual({ outcome: "tracked" });
  expect(await expiry.cancel({ queue, item: "a" })).toEqual({ outcome: "cancelled" });
  expect(await moonpath.shardsOf(queue)).toBe(64);
});

test.each([
  ["extend", { queue, item: "a", dueMs: -1 }],
  ["cancel", { queue, item: "a", operation: "" }],
  ["discardOld", { queue, maxAgeMs: 5, limit: 0 }],
  ["upcoming", { queue, withinMs: 5, limit: 0 }],
  ["redrive", { queue, items: [5] }],
] as const)("%s refuses wrong arguments also in a queue that nobody has used", async (name, args) => {
  const { expiry } = client(sharedRedis(), freshNamespace());
  await expect(Reflect.apply(expiry[name], undefined, [args])).rejects.toMatchObject({ code: "ARGUMENT" });
});

test("a new process cancels, discards and lists on a full server", async () => {
  const redis = await ownRedis();
  const namespace = freshNamespace();
  await client(redis, namespace).expiry.track({ queue, item: "a", dueMs: Date.now() + 1_000_000 });
  await redis.config("SET", "maxmemory", "1");
  const { expiry } = client(redis, namespace);
  expect((await expiry.upcoming({ queue, withinMs: 2_000_000, limit: 5 })).items).toHaveLength(1);
  expect(await expiry.listDead({ queue, limit: 5 })).toEqual({ items: [] });
  expect(await expiry.discard({ queue, items: ["a"] })).toMatchObject({ discarded: 0 });
  expect(await expiry.cancel({ queue, item: "a" })).toEqual({ outcome: "cancelled" });
  await expect(expiry.track({ queue, item: "b", dueMs })).rejects.toMatchObject({ code: "OUT_OF_MEMORY" });
});

test("a number that changed while a client ran is refused after its reconnect", async () => {
  const redis = await ownRedis();
  const namespace = freshNamespace();
  const first = client(redis, namespace, { queues: { [queue]: { shards: 64 } } });
  const second = client(redis, namespace);
  await first.expiry.track({ queue, item: "a", dueMs });
  await second.expiry.track({ queue, item: "b", dueMs });
  const admin = redis.duplicate();
  onTestFinished(() => admin.disconnect());
  const reconnect = async () => {
    const ready = new Promise((resolve) => redis.once("ready", resolve));
    redis.disconnect(true);
    await ready;
  };
  await admin.set(first.shards, "16");
  await reconnect();
  for (const { expiry } of [first, second]) {
    for (let call = 0; call < 2; call++) {
      await expect(expiry.cancel({ queue, item: "a" })).rejects.toMatchObject({
        code: "ARGUMENT",
        message: expect.stringContaining("64, as Redis had it before; now it has 16"),
      });
    }
  }
  await admin.set(first.shards, "64");
  expect(await second.expiry.cancel({ queue, item: "a" })).toEqual({ outcome: "cancelled" });
  // A number that is gone is stored again, and only by a call that tracks.
  await admin.del(first.shards);
  await reconnect();
  expect(await second.expiry.cancel({ queue, item: "b" })).toEqual({ outcome: "cancelled" });
  expect(await admin.exists(first.shards)).toBe(0);
  expect(await second.expiry.track({ queue, item: "c", dueMs })).toEqual({ outcome: "tracked" });
  expect(await admin.get(first.shards)).toBe("64");
});

test("a number is read again after a minute", async () => {
  const { expiry, shards } = client(sharedRedis(), freshNamespace());
  await expiry.track({ queue, item: "a", dueMs });
  await sharedRedis().set(shards, "8");
  expect(await expiry.cancel({ queue, item: "b" })).toEqual({ outcome: "missing" });
  const now = performance.now();
  const clock = vi.spyOn(performance, "now").mockImplementation(() => now + 61_000);
  onTestFinished(() => clock.mockRestore());
  await expect(expiry.cancel({ queue, item: "b" })).rejects.toMatchObject({ code: "ARGUMENT" });
});

test("a worker whose client has another number reports it when it starts", async () => {
  const redis = sharedRedis();
  const namespace = freshNamespace();
  await client(redis, namespace).expiry.track({ queue, item: "a", dueMs });
  const { moonpath } = client(redis, namespace, { queues: { [queue]: { shards: 8 } } });
  const told = deferred<Error>("the worker reports the number");
  const worker = createExpiryWorker(moonpath, { queue, handle: async () => {}, onError: told.resolve });
  onTestFinished(async () => {
    await worker.stop();
  });
  worker.start();
  expect(await told.promise).toMatchObject({ code: "ARGUMENT", argument: "queues.offers.shards" });
});

test("deadline and signal hold for the read of the number too", async () => {
  const redis = await ownRedis();
  const namespace = freshNamespace();
  const { moonpath } = client(redis, namespace);
  await moonpath.ready();
  const admin = redis.duplicate();
  onTestFinished(() => admin.disconnect());
  await admin.ping();
  await admin.call("CLIENT", "PAUSE", "60000", "ALL");
  const { expiry } = moonpath.tenant("acme");
  const list = (options: object) => expiry.upcoming({ queue, withinMs: 5, limit: 5 }, options);
  const begun = performance.now();
  const late = expect(list({ deadlineMs: 50 })).rejects.toMatchObject({ code: "UNAVAILABLE" });
  const stop = new AbortController();
  const aborted = expect(list({ signal: stop.signal })).rejects.toMatchObject({ code: "ABORTED" });
  stop.abort();
  await aborted;
  await expect(list({ signal: stop.signal })).rejects.toMatchObject({ code: "ABORTED" });
  await late;
  expect(performance.now() - begun).toBeLessThan(5_000);
  await expect(list({ deadlineMs: -1 })).rejects.toMatchObject({ code: "ARGUMENT" });
  await expect(list({ signal: "now" })).rejects.toMatchObject({ code: "ARGUMENT" });
});

test("discardOld and redrive have one deadline for all shards", async () => {
  const redis = await ownRedis();
  const { moonpath, expiry } = client(redis, freshNamespace(), { queues: { [queue]: { shards: 256 } } });
  await expiry.track({ queue, item: "a", dueMs });
  const admin = redis.duplicate();
  onTestFinished(() => admin.disconnect());
  // Each call takes 30 ms.
  const calls = { count: 0 };
  const { scripts } = moonpath.tenant("acme");
  const { expiry: slowed } = slowClient(scripts.expiry, calls);
  const begun = performance.now();
  const old = slowed.discardOld({ queue, maxAgeMs: 5, limit: 5 }, { deadlineMs: 200 });
  await expect(old).rejects.toMatchObject({ code: expect.stringMatching(/UNAVAILABLE|OUTCOME_UNKNOWN/) });
  expect(performance.now() - begun).toBeLessThan(1_000);
  expect(calls.count).toBeLessThan(9);

  /** The queue's functions over scripts that answer late. */
  function slowClient(real: typeof scripts.expiry, counted: { count: number }) {
    const other = createMoonpath(redis, { namespace: moonpath.namespace, deadlineMs: 15_000 });
    onTestFinished(() => other.close());
    const tenant = other.tenant("acme");
    const discardOld: typeof real.discardOld = async (...args) => {
      counted.count += 1;
      const reply = await real.discardOld(...args);
      await new Promise((resolve) => setTimeout(resolve, 30));
      return reply;
    };
    Object.assign(tenant.scripts.expiry, { discardOld });
    return tenant;
  }
});

test("redrive ends with its deadline or its signal", async () => {
  const namespace = freshNamespace();
  const { moonpath } = client(sharedRedis(), namespace);
  const tenant = moonpath.tenant("acme");
  const page = Array.from({ length: 100 }, (_, index) => index);
  let pages = 0;
  const endless = {
    expiry: {
      ...tenant.expiry,
      listDead: async () => {
        pages += 1;
        await new Promise((resolve) => setTimeout(resolve, 10));
        return {
          items: page.map((index) => ({
            item: `offer-${pages}-${index}`,
            deadSinceMs: pages,
            attempts: 1,
            reason: "no",
          })),
        };
      },
    },
  };
  await expect(redrive(endless, queue, { deadlineMs: 60 })).rejects.toMatchObject({ code: "UNAVAILABLE" });
  await tenant.expiry.track({ queue, item: "a", dueMs });
  const signal = AbortSignal.abort();
  await expect(redrive(tenant, queue, { signal })).rejects.toMatchObject({ code: "ABORTED" });
  await expect(redrive(tenant, queue, { deadlineMs: 0 })).rejects.toMatchObject({ code: "ARGUMENT" });
  await eventually("nothing is pending", () => expect(pages).toBeLessThan(10));
});

test.each([
  ["a number", { [queue]: 64 }],
  ["a text", { [queue]: "64" }],
  ["nothing", { [queue]: null }],
  ["an unknown option", { [queue]: { shard: 64 } }],
  ["a number as a text", { [queue]: { shards: "64" } }],
  ["a Map", new Map([[queue, { shards: 64 }]])],
  ["a list", [{ shards: 64 }]],
  ["a text for all", "offers"],
])("createMoonpath refuses %s as a queue's options, and leaves no listener", async (_, queues) => {
  const redis = sharedRedis();
  await redis.ping();
  const before = redis.listenerCount("ready") + redis.listenerCount("close");
  expect(() => Reflect.apply(createMoonpath, undefined, [redis, { queues }])).toThrow(
    expect.objectContaining({ code: "ARGUMENT", argument: expect.stringMatching(/^queues/) }),
  );
  expect(redis.listenerCount("ready") + redis.listenerCount("close")).toBe(before);
});
