import { expect, onTestFinished, test } from "vitest";
import { createMoonpath, keys, UnavailableError } from "../../src/index.js";
import {
  freshSite,
  names,
  queue,
  queueShard,
  startedWorker,
  track,
  withScripts,
} from "../support/expiry/worker-under-test.js";
import { freshNamespace, sharedRedis } from "../support/redis.js";
import { redisNow } from "../support/tenant.js";
import { deferred, eventually } from "../support/wait.js";

/** Tenants whose queue has one shard, in one slot: their names are found by trying. */
function tenantsInOneSlot(namespace: string, count: number): readonly string[] {
  const found = new Map<string, string[]>();
  for (let index = 0; ; index++) {
    const tenant = `t${index}`;
    const key = keys.slotQueue({ namespace, tenant }, queue, queueShard);
    const tenants = found.get(key) ?? [];
    found.set(key, [...tenants, tenant]);
    if (tenants.length + 1 === count) return [...tenants, tenant];
  }
}

function siteOf() {
  const redis = sharedRedis();
  const namespace = freshNamespace();
  const moonpath = createMoonpath(redis, {
    namespace,
    queues: { [queue]: { shards: 1 } },
    deadlineMs: 15_000,
  });
  onTestFinished(() => moonpath.close());
  return { redis, namespace, moonpath };
}

test("250 failing members of a slot hide neither those behind them nor later ones", async () => {
  const { redis, namespace, moonpath } = siteOf();
  const scope = { namespace, tenant: "acme" };
  const index = keys.slotQueue(scope, queue, queueShard);
  const broken = Array.from({ length: 250 }, (_, at) => `broken-${at}:${queue}:0`);
  await redis.zadd(index, ...broken.flatMap((member, at) => [at + 1, member]));
  await moonpath.tenant("acme").expiry.track({ queue, item: "behind", dueMs: 1_000 });
  const handled: string[] = [];
  let failures = 0;
  const client = withScripts({ moonpath }, ({ claim }, tenant) => ({
    claim: async (...args) => {
      if (!tenant.startsWith("broken")) return claim(...args);
      failures++;
      throw new UnavailableError("this tenant's node is away");
    },
  }));
  startedWorker(client, { handle: async (items) => void handled.push(...names(items)) });
  await eventually("the item behind them is handled", () => expect(handled).toEqual(["behind"]));
  const dueMs = (await redisNow(redis)) + 1_500;
  await moonpath.tenant("acme").expiry.track({ queue, item: "later", dueMs });
  await eventually("the later item is handled", () => expect(handled).toEqual(["behind", "later"]));
  expect((await redisNow(redis)) - dueMs).toBeLessThan(2_000);
  expect(failures).toBeGreaterThanOrEqual(250);
});

test("an item of a tenant whose slot has an overdue entry of another tenant wakes the worker", async () => {
  const { redis, namespace, moonpath } = siteOf();
  const [stuck = "", healthy = ""] = tenantsInOneSlot(namespace, 2);
  const handled = deferred<number>("the item is handled");
  const worker = startedWorker(
    { moonpath },
    {
      handle: async (_, { tenant, signal }) => {
        if (tenant === healthy) return handled.resolve(await redisNow(redis));
        await new Promise<void>((_, reject) => signal.addEventListener("abort", () => reject(signal.reason)));
      },
    },
  );
  await moonpath.tenant(stuck).expiry.track({ queue, item: "slow", dueMs: 1 });
  await eventually("the slow item is in flight", () => expect(worker.status().inFlight).toBe(1));
  const dueMs = (await redisNow(redis)) + 1_200;
  await moonpath.tenant(healthy).expiry.track({ queue, item: "soon", dueMs });
  const at = await handled.promise;
  expect(at).toBeGreaterThanOrEqual(dueMs);
  expect(at - dueMs).toBeLessThan(2_000);
});

test("an item that is due again while its shard is being handled comes right after", async () => {
  const site = freshSite();
  const seen: string[] = [];
  const second = deferred("the second item is handled");
  startedWorker(site, {
    leaseMs: 60_000,
    handle: async (items) => {
      seen.push(...names(items));
      if (seen.length > 1) return second.resolve();
      const dueMs = (await redisNow(site.redis)) + 20;
      await track(site, ["second"], dueMs);
      await eventually("it is due", async () =>
        expect(await redisNow(site.redis)).toBeGreaterThan(dueMs + 50),
      );
    },
  });
  await track(site, ["first"]);
  await second.promise;
  expect(seen).toEqual(["first", "second"]);
});

test("items that are tracked again and again for the same past time are not delayed", async () => {
  const site = freshSite();
  const all = deferred("the item is handled 20 times");
  let times = 0;
  startedWorker(site, {
    handle: async () => {
      times++;
      if (times === 20) return all.resolve();
      const reply = await site.tenant.expiry.track({ queue, item: "a", dueMs: 1 });
      expect(reply).toEqual({ outcome: "again" });
    },
  });
  await track(site, ["a"], 1);
  const startedAt = performance.now();
  await all.promise;
  expect(performance.now() - startedAt).toBeLessThan(10_000);
});

test("a worker discards dead items that are too old, and keeps the others", async () => {
  const site = freshSite();
  const now = await redisNow(site.redis);
  const key = keys.dead(site.scope, queue, queueShard);
  const old = Array.from({ length: 600 }, (_, at) => `old-${at}`);
  await site.redis.zadd(key, ...old.flatMap((item) => [now - 3_600_000, item]), now, "young");
  // The shard is due, as after the end of the lease of the claim that made the items dead.
  await site.redis.zadd(keys.slotQueue(site.scope, queue, queueShard), now, `acme:${queue}:${queueShard}`);
  const worker = startedWorker(site, { deadMaxAgeMs: 60_000, handle: async () => {} });
  await eventually("the old ones are discarded", () => expect(worker.status().discarded).toBe(600));
  expect(await site.redis.zrange(key, "0", "-1")).toEqual(["young"]);
  const index = keys.slotQueue(site.scope, queue, queueShard);
  await eventually("the shard is due when the young one is old", async () =>
    expect(await site.redis.zrange(index, "0", "-1", "WITHSCORES")).toEqual([
      `acme:${queue}:${queueShard}`,
      String(now + 60_001),
    ]),
  );
});

test("a dead letter of a worker with an age limit is discarded when it is too old", async () => {
  const site = freshSite();
  await track(site, ["bad"]);
  const worker = startedWorker(site, {
    leaseMs: 300,
    deadMaxAgeMs: 500,
    handle: async () => [{ item: "bad", outcome: "dead", reason: "no" }],
  });
  await eventually("it is dead", () => expect(worker.status().deadLettered).toBe(1));
  await eventually("it is discarded", () => expect(worker.status().discarded).toBe(1));
  expect(await site.redis.exists(keys.dead(site.scope, queue, queueShard))).toBe(0);
});

test("at most `concurrency` claims are handled at once, and one shard only once", async () => {
  const site = freshSite();
  const { moonpath } = site;
  const tenants = Array.from({ length: 12 }, (_, at) => `tenant-${at}`);
  for (const tenant of tenants) {
    for (const item of ["a", "b"]) await moonpath.tenant(tenant).expiry.track({ queue, item, dueMs: 1 });
  }
  const active = new Set<string>();
  let most = 0;
  let handled = 0;
  startedWorker(site, {
    concurrency: 3,
    limit: 1,
    handle: async (_, { tenant }) => {
      expect(active.has(tenant)).toBe(false);
      active.add(tenant);
      most = Math.max(most, active.size);
      await site.redis.ping();
      active.delete(tenant);
      handled++;
    },
    onError: (error) => expect(error).toBeUndefined(),
  });
  await eventually("all are handled", () => expect(handled).toBe(24));
  expect(most).toBe(3);
});

test("an idle worker sends nothing but the renewals of its membership and a sweep a minute", async () => {
  const site = freshSite();
  let claims = 0;
  const worker = startedWorker(
    withScripts(site, ({ claim }) => ({
      claim: (args, options) => {
        claims++;
        return claim(args, options);
      },
    })),
    { handle: async () => {} },
  );
  await track(site, ["late"], (await redisNow(site.redis)) + 3_600_000);
  await eventually("the worker has its slots", () => expect(worker.status().slots).toBe(16_384));
  await track(site, ["now"]);
  await eventually("an item is handled", () => expect(worker.status().done).toBe(1));
  expect(claims).toBe(1);
  expect(worker.status()).toMatchObject({ state: "asleep", queued: 0 });
});
