import { expect, onTestFinished, test, vi } from "vitest";
import { createExpiryWorker } from "../../src/expiry/index.js";
import { keys } from "../../src/index.js";
import {
  freshSite,
  leftOf,
  names,
  queue,
  queueShard,
  startedWorker,
  track,
  withScripts,
} from "../support/expiry/worker-under-test.js";
import { redisNow } from "../support/tenant.js";
import { deferred, eventually } from "../support/wait.js";

test("a worker handles and acknowledges every due item once, in batches of the limit", async () => {
  const site = freshSite();
  const items = Array.from({ length: 250 }, (_, position) => `offer-${position}`);
  await track(site, items);
  const handled: string[][] = [];
  const all = deferred("all items are handled");
  const worker = startedWorker(site, {
    handle: async (batch) => {
      handled.push(names(batch));
      if (handled.flat().length === items.length) all.resolve();
    },
  });
  await all.promise;
  expect(await worker.stop()).toBe("finished");
  expect(handled.map((batch) => batch.length)).toEqual([100, 100, 50]);
  expect(new Set(handled.flat())).toEqual(new Set(items));
  expect(worker.status()).toEqual({
    state: "stopped",
    inFlight: 0,
    done: 250,
    retried: 0,
    deadLettered: 0,
    discarded: 0,
    lost: 0,
    workers: 1,
    slots: 16_384,
    queued: 0,
  });
  expect(await leftOf(site)).toEqual([]);
});

test("an earlier item wakes a sleeping worker, which claims nothing in between", async () => {
  const site = freshSite();
  const now = await redisNow(site.redis);
  await track(site, ["late"], now + 3_600_000);
  const claims: string[] = [];
  const handled = deferred<readonly string[]>("the item is handled");
  const worker = startedWorker(
    withScripts(site, ({ claim }) => ({
      claim: (args, options) => {
        claims.push(args.queueShard);
        return claim(args, options);
      },
    })),
    { handle: async (batch) => handled.resolve(names(batch)) },
  );
  await eventually("the worker has its slots", () => expect(worker.status().slots).toBe(16_384));
  await eventually("the worker listens", async () =>
    expect(await site.redis.pubsub("NUMPAT")).toBeGreaterThan(0),
  );
  await track(site, ["early"]);
  expect(await handled.promise).toEqual(["early"]);
  expect(claims).toEqual(["0"]);
  expect(worker.status().state).not.toBe("stopped");
});

test.each([
  { clock: "an hour ahead", offMs: 3_600_000 },
  { clock: "an hour behind", offMs: -3_600_000 },
])("a worker with a clock $clock wakes when Redis's clock reaches the next item", async ({ offMs }) => {
  const site = freshSite();
  const dueMs = (await redisNow(site.redis)) + 150;
  await track(site, ["offer"], dueMs);
  const realNow = Date.now;
  vi.spyOn(Date, "now").mockImplementation(() => realNow() + offMs);
  onTestFinished(() => {
    vi.restoreAllMocks();
  });
  const handled = deferred<number>("the item is handled");
  let claims = 0;
  startedWorker(
    withScripts(site, ({ claim }) => ({
      claim: (args, options) => {
        claims += 1;
        return claim(args, options);
      },
    })),
    { handle: async () => handled.resolve(await redisNow(site.redis)) },
  );
  expect(await handled.promise).toBeGreaterThanOrEqual(dueMs);
  // One that finds the item, and some that come a millisecond too soon.
  expect(claims).toBeLessThan(10);
});

test("an item becomes a dead letter with name and code after its last attempt, and can be redriven", async () => {
  const site = freshSite();
  await track(site, ["good", "bad"]);
  let mended = false;
  const batches: string[][] = [];
  const deadLettered = deferred<readonly [readonly string[], string]>("the item becomes a dead letter");
  const good = deferred("the good item is handled");
  const again = deferred("the redriven item is handled");
  const onError = vi.fn();
  const worker = startedWorker(site, {
    maxAttempts: 3,
    handle: async (batch) => {
      batches.push(names(batch));
      if (!mended && names(batch).includes("bad")) {
        throw Object.assign(new TypeError("secret value 42"), { code: "E_BAD" });
      }
      if (mended) again.resolve();
      good.resolve();
    },
    onError,
    onDeadLetter: (items, reason, tenant) => {
      expect(tenant).toBe("acme");
      deadLettered.resolve([items, reason]);
    },
  });
  expect(await deadLettered.promise).toEqual([["bad"], "TypeError E_BAD"]);
  await good.promise;
  // Twice together, and alone on the last attempt.
  expect(batches.filter((batch) => batch.includes("bad"))).toHaveLength(3);
  expect(batches).toContainEqual(["good"]);
  expect(onError).toHaveBeenCalledTimes(3);
  const { items } = await site.tenant.expiry.listDead({ queue: queue, limit: 10 });
  expect(items).toEqual([
    { item: "bad", attempts: 3, reason: "TypeError E_BAD", deadSinceMs: expect.any(Number) },
  ]);
  mended = true;
  expect(await worker.redrive("acme", { reason: "another" })).toEqual({ redriven: 0 });
  expect(await worker.redrive("acme")).toEqual({ redriven: 1 });
  await again.promise;
  await worker.stop();
  expect(await leftOf(site)).toEqual([]);
});

test("a handler's outcome for one item does not affect the other items of its batch", async () => {
  const site = freshSite();
  await track(site, ["done", "unnamed", "later", "hopeless"]);
  const seen: string[][] = [];
  const over = deferred("the retried item is handled");
  const worker = startedWorker(site, {
    handle: async (batch) => {
      seen.push(names(batch));
      if (seen.length > 1) {
        over.resolve();
        return [];
      }
      return [
        { item: "done", outcome: "done" },
        { item: "later", outcome: "retry", delayMs: 1 },
        { item: "hopeless", outcome: "dead", reason: "no such offer" },
      ];
    },
  });
  await over.promise;
  await worker.stop();
  expect(seen[1]).toEqual(["later"]);
  expect(worker.status()).toMatchObject({ done: 3, retried: 1, deadLettered: 1 });
  const { items } = await site.tenant.expiry.listDead({ queue: queue, limit: 10 });
  expect(items).toMatchObject([{ item: "hopeless", reason: "no such offer" }]);
});

test("an item whose workers all died is tried alone, after the items behind it", async () => {
  const site = freshSite();
  for (const [dueMs, item] of ["", "a", "killer", "z"].entries()) if (item) await track(site, [item], dueMs);
  await site.redis.hset(keys.attempts(site.scope, queue, queueShard), { a: 4, killer: 4, z: 4 });
  const order: string[] = [];
  const first = deferred("the first worker handles the item");
  // The fifth attempt ends in the middle, as a process that is killed does.
  const stuck = createExpiryWorker(site.moonpath, {
    queue: queue,
    leaseMs: 1_500,
    handle: async (batch) => {
      order.push(...names(batch));
      if (order.includes("killer")) {
        first.resolve();
        await new Promise(() => {});
      }
    },
  });
  stuck.start();
  await first.promise;
  expect(order).toEqual(["a", "killer"]);
  expect(await stuck.stop({ graceMs: 0 })).toBe("timedOut");
  const next: string[] = [];
  const deadLettered = deferred<readonly string[]>("the item becomes a dead letter");
  startedWorker(site, {
    handle: async (batch) => {
      next.push(...names(batch));
      if (next.includes("killer")) throw new Error("again");
    },
    onDeadLetter: (items) => deadLettered.resolve(items),
  });
  expect(await deadLettered.promise).toEqual(["killer"]);
  expect(next).toEqual(["z", "killer"]);
  expect(await site.tenant.expiry.listDead({ queue: queue, limit: 10 })).toMatchObject({
    items: [{ item: "killer" }],
  });
});

test("an item that was claimed too often becomes a dead letter without another attempt", async () => {
  const site = freshSite();
  await track(site, ["worn"]);
  await site.redis.hset(keys.attempts(site.scope, queue, queueShard), { worn: 6 });
  const deadLettered = deferred<readonly [readonly string[], string]>("the item becomes a dead letter");
  const handle = vi.fn(async () => {});
  startedWorker(site, { handle, onDeadLetter: (items, reason) => deadLettered.resolve([items, reason]) });
  expect(await deadLettered.promise).toEqual([["worn"], "no worker finished it"]);
  expect(handle).not.toHaveBeenCalled();
});

test("stop ends the worker's subscriptions", async () => {
  const site = freshSite();
  const group = keys.workers({ ...site.scope, tenant: "moonpath" }, `queue:${queue}`);
  const subscribers = async () => (await site.redis.pubsub("NUMSUB", group))[1];
  const worker = startedWorker(site, { handle: async () => {} });
  await eventually("the worker subscribes", async () => expect(await subscribers()).toBe(1));
  expect(await worker.stop()).toBe("finished");
  await eventually("the subscription ends", async () => expect(await subscribers()).toBe(0));
});

test.each([-1, 1.5, Number.NaN, 1e12])("stop refuses a graceMs of %d and goes on", async (graceMs) => {
  const worker = startedWorker(freshSite(), { handle: async () => {} });
  await expect(worker.stop({ graceMs })).rejects.toMatchObject({ code: "ARGUMENT" });
  expect(worker.status().state).not.toMatch(/^stop/);
});
