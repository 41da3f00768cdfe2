import type { Cluster, Redis } from "ioredis";
import { describe, expect, onTestFinished, test } from "vitest";
import { createMoonpath, keys } from "../../src/index.js";
import { type SlotEntry, SlotWorker, type SlotWorkerOptions } from "../../src/slots/index.js";
import { freshNamespace, sharedCluster, sharedRedis } from "../support/redis.js";
import { deferred, eventually } from "../support/wait.js";

interface Site {
  readonly redis: Redis | Cluster;
  readonly namespace: string;
  /** Makes a product due after so many milliseconds, as `stock.reserve` does. */
  makeDue(tenant: string, product: string, inMs: number): Promise<number>;
  /** A worker that removes what it serves, and records when. */
  started(options?: Partial<SlotWorkerOptions>): { worker: SlotWorker; served: Map<string, number> };
}

function siteOf(redis: Redis | Cluster): Site {
  const namespace = freshNamespace();
  const moonpath = createMoonpath(redis, { namespace });
  onTestFinished(() => moonpath.close());
  return {
    redis,
    namespace,
    async makeDue(tenant, product, inMs) {
      const dueMs = Date.now() + inMs;
      const key = keys.slotDue({ namespace, tenant }, product);
      const changed = await redis.zadd(key, "LT", "CH", dueMs, `${tenant}:${product}`);
      const [first] = await redis.zrange(key, "0", "0");
      if (Number(changed) === 1 && first === `${tenant}:${product}`) await redis.publish(key, String(dueMs));
      return dueMs;
    },
    started(options = {}) {
      const served = new Map<string, number>();
      const worker = new SlotWorker({
        client: moonpath,
        group: "test",
        keyInSlot: (slot) => keys.slotDueInSlot(namespace, slot),
        channels: `${namespace}:{*}:slot-due`,
        concurrency: 32,
        onError: undefined,
        serve: async ({ tenant, name, member }: SlotEntry) => {
          served.set(member, Date.now());
          await redis.zrem(keys.slotDue({ namespace, tenant }, name), member);
          return "done";
        },
        ...options,
      });
      onTestFinished(async () => {
        await worker.stop(0);
      });
      worker.start();
      return { worker, served };
    },
  };
}

describe.each([
  ["a single server", () => sharedRedis()],
  ["a cluster", () => sharedCluster()],
])("a worker of slots on %s", (_, connect) => {
  test("serves what is due at its start, later by time, and earlier by a message", async () => {
    const site = siteOf(connect());
    await site.makeDue("acme", "old", -1_000);
    const laterMs = await site.makeDue("acme", "later", 1_500);
    const { served, worker } = site.started();
    await eventually("the old product is served", () => expect(served.has("acme:old")).toBe(true));
    const soonMs = await site.makeDue("globex", "soon", 100);
    await eventually("all are served", () => expect(served.size).toBe(3));
    expect(served.get("acme:later")).toBeGreaterThanOrEqual(laterMs - 2);
    expect(served.get("globex:soon")).toBeGreaterThanOrEqual(soonMs - 2);
    expect(worker.status()).toMatchObject({ workers: 1, slots: 16_384, failed: 0 });
    expect(await worker.stop(1_000)).toBe("finished");
    expect(worker.status().state).toBe("stopped");
  });

  test("two workers share the slots, and one takes all when the other stops", async () => {
    const site = siteOf(connect());
    const one = site.started();
    const two = site.started();
    await eventually("each has half of the slots", () => {
      for (const { worker } of [one, two]) {
        expect(worker.status()).toMatchObject({ workers: 2, slots: 8_192 });
      }
    });
    const products = Array.from({ length: 100 }, (_, index) => `p${index}`);
    await Promise.all(products.map((product) => site.makeDue("acme", product, 0)));
    await eventually("all are served", () => expect(one.served.size + two.served.size).toBe(100));
    expect(one.served.size).toBeGreaterThan(20);
    expect(two.served.size).toBeGreaterThan(20);
    await two.worker.stop(1_000);
    await eventually("the first has all slots", () =>
      expect(one.worker.status()).toMatchObject({ workers: 1, slots: 16_384 }),
    );
    await Promise.all(products.map((product) => site.makeDue("globex", product, 0)));
    await eventually("the first serves all", () =>
      expect([...one.served.keys()].filter((member) => member.startsWith("globex"))).toHaveLength(100),
    );
  });
});

test("a member that fails is tried again later, and holds up no other", async () => {
  const site = siteOf(sharedRedis());
  const errors: Error[] = [];
  let failures = 0;
  const done = deferred<string>("the other product is served");
  site.started({
    onError: (error) => errors.push(error),
    serve: async ({ member, tenant, name }) => {
      if (member === "acme:bad" && failures++ < 3) throw new Error("bad");
      await site.redis.zrem(keys.slotDue({ namespace: site.namespace, tenant }, name), member);
      if (member === "acme:bad") done.resolve(member);
      return "done";
    },
  });
  await site.makeDue("acme", "bad", 0);
  await done.promise;
  expect(failures).toBe(4);
  expect(errors.map(({ message }) => message)).toEqual(["bad", "bad", "bad"]);
});

test("a member that stays due after it was served is not served in a loop", async () => {
  const site = siteOf(sharedRedis());
  let calls = 0;
  site.started({
    serve: async () => {
      calls += 1;
      return "done";
    },
  });
  await site.makeDue("acme", "stuck", 0);
  const startedAt = performance.now();
  await eventually("it is served five times", () => expect(calls).toBe(5));
  // At least half of 50, 100, 200 and 400 ms.
  expect(performance.now() - startedAt).toBeGreaterThan(300);
});

test("a tenant with 20,000 due products does not delay another tenant", async () => {
  const site = siteOf(sharedRedis());
  const { namespace, redis } = site;
  const pipeline = redis.pipeline();
  const slots = new Set<string>();
  for (let index = 0; index < 20_000; index++) {
    const key = keys.slotDue({ namespace, tenant: "big" }, `p${index}`);
    slots.add(key);
    pipeline.zadd(key, 1, `big:p${index}`);
  }
  await pipeline.exec();
  const products = Array.from({ length: 1_000 }, (_, index) => `p${index}`);
  const isIn = (product: string) => slots.has(keys.slotDue({ namespace, tenant: "small" }, product));
  const known = products.filter(isIn).slice(0, 50);
  await Promise.all(known.map((product) => site.makeDue("small", product, 0)));
  const { served } = site.started();
  await eventually("the large tenant is being served", () => expect(served.size).toBeGreaterThan(100));
  const announced = products.find((product) => !isIn(product)) ?? "";
  await site.makeDue("small", announced, 0);
  const before = served.size;
  await eventually("the small tenant is served", () =>
    expect([...served.keys()].filter((member) => member.startsWith("small:"))).toHaveLength(51),
  );
  const order = [...served.keys()];
  expect(order.indexOf(`small:${announced}`) - before).toBeLessThan(2_000);
  expect(Math.max(...known.map((product) => order.indexOf(`small:${product}`)))).toBeLessThan(10_000);
});

test("a worker of a full group reports it once", async () => {
  const site = siteOf(sharedRedis());
  const workers = keys.workers({ namespace: site.namespace, tenant: "moonpath" }, "test");
  const members = Array.from({ length: 250 }, (_, index) => [Date.now() + 9_000, `other-${index}`]);
  await site.redis.zadd(workers, ...members.flat());
  const told = deferred<Error>("the worker reports the full group");
  const { worker } = site.started({ onError: told.resolve });
  expect(await told.promise).toMatchObject({
    code: "UNAVAILABLE",
    message: expect.stringContaining("250 live workers"),
  });
  expect(worker.status()).toMatchObject({ workers: 0, slots: 0 });
});
