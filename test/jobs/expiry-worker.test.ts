import { expect, onTestFinished, test, vi } from "vitest";
import { keys, LostError } from "../../src/index.js";
import {
  type ClaimedItem,
  createExpiryWorker,
  type ExpiryWorkerOptions,
  redrive,
} from "../../src/jobs/index.js";
import { event, freshTenant, type JobsTenant, redisNow } from "./support/tenant.js";

const set = "offers";
const retryDelayMs = { firstMs: 1, mostMs: 2 };

function startedWorker(
  { tenant }: JobsTenant,
  options: Omit<ExpiryWorkerOptions, "set"> & { readonly set?: string },
) {
  const worker = createExpiryWorker(tenant, { set, retryDelayMs, ...options });
  onTestFinished(async () => {
    await worker.stop({ graceMs: 0 });
  });
  worker.start();
  return worker;
}

const names = (items: readonly ClaimedItem[]) => items.map(({ item }) => item);

async function track({ tenant }: JobsTenant, items: readonly string[], dueMs = 0): Promise<void> {
  await Promise.all(items.map((item) => tenant.expiry.track({ set, item, dueMs })));
}

/** Every key that a set leaves behind, but for claims, which live as long as their lease. */
async function leftOf({ redis, scope }: JobsTenant): Promise<readonly string[]> {
  const left = await redis.keys(`${scope.namespace}:{acme:${set}}:*`);
  return left.filter((key) => !key.includes(":claim:"));
}

test("every due item is handled once and acknowledged, in batches of the limit", async () => {
  const site = freshTenant();
  const items = Array.from({ length: 250 }, (_, position) => `offer-${position}`);
  await track(site, items);
  const handled: string[][] = [];
  const all = event();
  const worker = startedWorker(site, {
    handle: async (batch) => {
      handled.push(names(batch));
      if (handled.flat().length === items.length) all.happen();
    },
  });
  await all.happened;
  expect(await worker.stop()).toBe("finished");
  expect(handled.map((batch) => batch.length)).toEqual([100, 100, 50]);
  expect(new Set(handled.flat())).toEqual(new Set(items));
  expect(worker.status()).toEqual({ state: "stopped", inHand: 0, done: 250, retried: 0, parked: 0, lost: 0 });
  expect(await leftOf(site)).toEqual([]);
});

test("a sleeping worker is woken by an earlier item, and claims nothing in between", async () => {
  const site = freshTenant();
  const now = await redisNow(site.redis);
  await track(site, ["late"], now + 3_600_000);
  const claim = vi.fn(site.tenant.expiry.claim);
  const tenant = { ...site.tenant, expiry: { ...site.tenant.expiry, claim } };
  const handled = event<readonly string[]>();
  const listening = event<Promise<void>>();
  const worker = createExpiryWorker(
    {
      ...tenant,
      listen(channel, wake) {
        const made = site.tenant.listen(channel, wake);
        listening.happen(made.ready);
        return made;
      },
    },
    { set, maxSleepMs: 3_600_000, handle: async (batch) => handled.happen(names(batch)) },
  );
  onTestFinished(async () => {
    await worker.stop();
  });
  worker.start();
  await await listening.happened;
  await vi.waitFor(() => expect(claim.mock.calls.length).toBeGreaterThanOrEqual(1));
  await Promise.all(claim.mock.results.map((result) => result.value));
  const before = claim.mock.calls.length;
  await track(site, ["early"]);
  expect(await handled.happened).toEqual(["early"]);
  expect(before).toBeLessThanOrEqual(2);
  expect(worker.status().state).not.toBe("stopped");
});

test.each([
  { clock: "an hour ahead", offMs: 3_600_000 },
  { clock: "an hour behind", offMs: -3_600_000 },
])(
  "a process $clock wakes when the next item is due by Redis's clock, without any message",
  async ({ offMs }) => {
    const site = freshTenant();
    const dueMs = (await redisNow(site.redis)) + 150;
    await track(site, ["offer"], dueMs);
    const realNow = Date.now;
    vi.spyOn(Date, "now").mockImplementation(() => realNow() + offMs);
    onTestFinished(() => {
      vi.restoreAllMocks();
    });
    const handled = event<number>();
    const claim = vi.fn(site.tenant.expiry.claim);
    const tenant = {
      ...site.tenant,
      expiry: { ...site.tenant.expiry, claim },
      listen: () => ({ ready: new Promise<void>(() => {}), stop: () => {} }),
    };
    const worker = createExpiryWorker(tenant, {
      set,
      handle: async () => handled.happen(await redisNow(site.redis)),
    });
    onTestFinished(async () => {
      await worker.stop();
    });
    worker.start();
    expect(await handled.happened).toBeGreaterThanOrEqual(dueMs);
    // One that says how long to sleep, one that finds the item, and some that come a millisecond too soon.
    expect(claim.mock.calls.length).toBeLessThan(10);
  },
);

test("an item whose handler throws is tried so many times, then parked with name and code, and redriven", async () => {
  const site = freshTenant();
  await track(site, ["good", "bad"]);
  let mended = false;
  const batches: string[][] = [];
  const parked = event<readonly [readonly string[], string]>();
  const good = event();
  const again = event();
  const onError = vi.fn();
  const worker = startedWorker(site, {
    maxAttempts: 3,
    handle: async (batch) => {
      batches.push(names(batch));
      if (!mended && names(batch).includes("bad")) {
        throw Object.assign(new TypeError("secret value 42"), { code: "E_BAD" });
      }
      if (mended) again.happen();
      good.happen();
    },
    onError,
    onParked: (items, reason) => parked.happen([items, reason]),
  });
  expect(await parked.happened).toEqual([["bad"], "TypeError E_BAD"]);
  await good.happened;
  // Twice together, and alone on the last attempt.
  expect(batches.filter((batch) => batch.includes("bad"))).toHaveLength(3);
  expect(batches).toContainEqual(["good"]);
  expect(onError).toHaveBeenCalledTimes(3);
  const { items } = await site.tenant.expiry.dead({ set, limit: 10 });
  expect(items).toEqual([
    { item: "bad", attempts: 3, reason: "TypeError E_BAD", givenUpMs: expect.any(Number) },
  ]);
  mended = true;
  expect(await worker.redrive({ reason: "another" })).toEqual({ redriven: 0 });
  expect(await worker.redrive()).toEqual({ redriven: 1 });
  await again.happened;
  await worker.stop();
  expect(await leftOf(site)).toEqual([]);
});

test("outcomes of single items: one bad item does not spoil its batch", async () => {
  const site = freshTenant();
  await track(site, ["done", "unnamed", "later", "hopeless"]);
  const seen: string[][] = [];
  const over = event();
  const worker = startedWorker(site, {
    handle: async (batch) => {
      seen.push(names(batch));
      if (seen.length > 1) {
        over.happen();
        return [];
      }
      return [
        { item: "done", outcome: "done" },
        { item: "later", outcome: "retry", delayMs: 1 },
        { item: "hopeless", outcome: "dead", reason: "no such offer" },
      ];
    },
  });
  await over.happened;
  await worker.stop();
  expect(seen[1]).toEqual(["later"]);
  expect(worker.status()).toMatchObject({ done: 3, retried: 1, parked: 1 });
  const { items } = await site.tenant.expiry.dead({ set, limit: 10 });
  expect(items).toMatchObject([{ item: "hopeless", reason: "no such offer" }]);
});

test("items whose workers all died are parked unseen; those behind them have their turn first", async () => {
  const site = freshTenant();
  await site.redis.zadd(keys.due(site.scope, set), 1, "a", 2, "killer", 3, "z");
  await site.redis.hset(keys.attempts(site.scope, set), { a: 4, killer: 4, z: 4 });
  const order: string[] = [];
  const first = event();
  // The fifth attempt ends in the middle, as a process that is killed does.
  const stuck = createExpiryWorker(site.tenant, {
    set,
    leaseMs: 300,
    handle: async (batch) => {
      order.push(...names(batch));
      if (order.includes("killer")) {
        first.happen();
        await new Promise(() => {});
      }
    },
  });
  stuck.start();
  await first.happened;
  expect(order).toEqual(["a", "killer"]);
  expect(await stuck.stop({ graceMs: 0 })).toBe("left");
  const next: string[] = [];
  const parked = event<readonly string[]>();
  startedWorker(site, {
    handle: async (batch) => {
      next.push(...names(batch));
      if (next.includes("killer")) throw new Error("again");
    },
    onParked: (items) => parked.happen(items),
  });
  expect(await parked.happened).toEqual(["killer"]);
  expect(next).toEqual(["z", "killer"]);
  expect(await site.tenant.expiry.dead({ set, limit: 10 })).toMatchObject({ items: [{ item: "killer" }] });
});

test("an item claimed too often is parked without another attempt", async () => {
  const site = freshTenant();
  await track(site, ["worn"]);
  await site.redis.hset(keys.attempts(site.scope, set), { worn: 6 });
  const parked = event<readonly [readonly string[], string]>();
  const handle = vi.fn(async () => {});
  startedWorker(site, { handle, onParked: (...told) => parked.happen(told) });
  expect(await parked.happened).toEqual([["worn"], "no worker came to an end with it"]);
  expect(handle).not.toHaveBeenCalled();
});

test("a long batch keeps its lease", async () => {
  const site = freshTenant();
  await track(site, ["slow"]);
  const renewals = event();
  const renew = vi.fn(site.tenant.expiry.renew);
  const done = event();
  const handled = vi.fn(async () => {
    await renewals.happened;
    done.happen();
  });
  const worker = createExpiryWorker(
    {
      ...site.tenant,
      expiry: {
        ...site.tenant.expiry,
        renew: async (...args) => {
          const reply = await renew(...args);
          if (renew.mock.calls.length === 3) renewals.happen();
          return reply;
        },
      },
    },
    { set, leaseMs: 2_400, handle: handled },
  );
  worker.start();
  await done.happened;
  await worker.stop();
  expect(handled).toHaveBeenCalledTimes(1);
  expect(worker.status()).toMatchObject({ done: 1, lost: 0 });
  expect(await leftOf(site)).toEqual([]);
});

test("a lost lease aborts the signal, and nothing is acknowledged", async () => {
  const site = freshTenant();
  await track(site, ["offer"]);
  const aborted = event<unknown>();
  const lost = event<Error>();
  const second = event();
  let calls = 0;
  const worker = startedWorker(site, {
    leaseMs: 2_400,
    handle: async (_, { signal, claim }) => {
      if (++calls > 1) {
        second.happen();
        return;
      }
      // The lease ends as if Redis had not been reached for as long.
      await site.redis.del(keys.claim(site.scope, set, claim));
      await new Promise<void>((resolve) => signal.addEventListener("abort", () => resolve(), { once: true }));
      aborted.happen(signal.reason);
    },
    onError: (error) => lost.happen(error),
  });
  expect(await aborted.happened).toBeInstanceOf(LostError);
  expect(await lost.happened).toMatchObject({ code: "LOST" });
  await second.happened;
  await worker.stop();
  expect(worker.status()).toMatchObject({ done: 1, lost: 1 });
});

test.each(["claim", "renewal"])(
  "items whose %s is answered after the lease are not handled beside another worker",
  async (late) => {
    const site = freshTenant();
    await track(site, ["offer"]);
    const leaseMs = 100;
    const { expiry } = site.tenant;
    const first = event<string>();
    /** Until another worker has the item, and the clock of this process agrees that the lease is over. */
    async function leaseOver(sentAt: number): Promise<void> {
      const other = { set, claim: "another", limit: 1, leaseMs: 3_600_000 };
      await vi.waitFor(async () => expect(await expiry.claim(other)).toMatchObject({ outcome: "claimed" }));
      await vi.waitFor(() => expect(performance.now()).toBeGreaterThan(sentAt + leaseMs));
    }
    let claims = 0;
    let renewals = 0;
    const handled = vi.fn();
    const again = event();
    const worker = createExpiryWorker(
      {
        ...site.tenant,
        expiry: {
          ...expiry,
          claim: async (args) => {
            const sentAt = performance.now();
            const reply = await expiry.claim(args);
            claims++;
            if (claims === 1) first.happen(args.claim);
            if (claims === 1 && late === "renewal") throw new Error("the answer was lost");
            if (claims === 1) await leaseOver(sentAt);
            return reply;
          },
          renew: async (args) => {
            const sentAt = performance.now();
            const reply = await expiry.renew(args);
            if (++renewals === 1 && late === "renewal") await leaseOver(sentAt);
            return reply;
          },
        },
      },
      {
        set,
        leaseMs,
        handle: async (_, { claim }) => {
          handled(claim);
          again.happen();
        },
      },
    );
    onTestFinished(async () => {
      await worker.stop({ graceMs: 0 });
    });
    worker.start();
    const lateClaim = await first.happened;
    await vi.waitFor(async () => {
      const given = await expiry.retry({ set, claim: "another", items: ["offer"], delayMs: 1 });
      expect(given.outcome).not.toBe("lost");
    });
    await again.happened;
    expect(handled).not.toHaveBeenCalledWith(lateClaim);
  },
);

test("stop waits for the batch in hand", async () => {
  const site = freshTenant();
  await track(site, ["offer"]);
  const begun = event();
  const goOn = event();
  const worker = startedWorker(site, {
    handle: async () => {
      begun.happen();
      await goOn.happened;
    },
  });
  await begun.happened;
  expect(worker.status()).toMatchObject({ state: "working", inHand: 1 });
  const stopped = worker.stop();
  expect(worker.status().state).toBe("stopping");
  goOn.happen();
  expect(await stopped).toBe("finished");
  expect(await leftOf(site)).toEqual([]);
});

test("stop gives the batch back when its grace is over, and another worker has it at once", async () => {
  const site = freshTenant();
  await track(site, ["offer"]);
  const begun = event();
  const worker = startedWorker(site, {
    leaseMs: 3_600_000,
    handle: async (_, { signal }) => {
      begun.happen();
      await new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason)));
    },
  });
  await begun.happened;
  expect(await worker.stop({ graceMs: 1 })).toBe("finished");
  const handled = event<readonly ClaimedItem[]>();
  startedWorker(site, { handle: async (batch) => handled.happen(batch) });
  expect(await handled.happened).toEqual([{ item: "offer", attempts: 2 }]);
});

test("errors of Redis are told, with growing pauses, and nothing is lost", async () => {
  const site = freshTenant();
  await track(site, ["offer"]);
  let refusals = 4;
  const refused = async () => {
    throw new Error("down");
  };
  const { claim, ack } = site.tenant.expiry;
  const onError = vi.fn();
  const handled = vi.fn(async () => {});
  const acked = event();
  const worker = createExpiryWorker(
    {
      ...site.tenant,
      expiry: {
        ...site.tenant.expiry,
        claim: (...args) => (refusals-- > 2 ? refused() : claim(...args)),
        ack: async (...args) => {
          if (refusals-- > 0) return refused();
          const reply = await ack(...args);
          acked.happen();
          return reply;
        },
      },
    },
    { set, handle: handled, onError },
  );
  worker.start();
  await acked.happened;
  await worker.stop();
  expect(onError).toHaveBeenCalledTimes(3);
  expect(handled).toHaveBeenCalledTimes(1);
  expect(worker.status()).toMatchObject({ done: 1 });
});

test("a hook that throws ends nobody", async () => {
  const site = freshTenant();
  await track(site, ["offer"]);
  const twice = event();
  let calls = 0;
  startedWorker(site, {
    handle: async () => {
      if (++calls === 2) twice.happen();
      else throw new Error("once");
    },
    onError: () => {
      throw new Error("a hook's own");
    },
  });
  await twice.happened;
});

test("a hook that rejects ends neither the worker nor the process", async () => {
  const site = freshTenant();
  await track(site, ["offer"]);
  const unheard = vi.fn();
  // Vitest's own listeners would fail the run, whatever this test says.
  const others = process.listeners("unhandledRejection");
  process.removeAllListeners("unhandledRejection");
  process.on("unhandledRejection", unheard);
  onTestFinished(() => {
    process.off("unhandledRejection", unheard);
    for (const other of others) process.on("unhandledRejection", other);
  });
  const told = event();
  const worker = startedWorker(site, {
    maxAttempts: 1,
    handle: async () => {
      throw new Error("no");
    },
    onError: async () => {
      throw new Error("a log that is away");
    },
    onParked: async () => {
      told.happen();
      throw new Error("a table that is locked");
    },
  });
  await told.happened;
  await worker.stop();
  // Node tells of rejections when the microtasks are over.
  await new Promise((resolve) => setImmediate(resolve));
  expect(unheard).not.toHaveBeenCalled();
});

test("items that are parked anew while a redrive runs are not redriven again by it", async () => {
  const site = freshTenant();
  const { expiry } = site.tenant;
  const dead = Array.from({ length: 2_500 }, (_, position) => [position, `offer-${position}`]).flat();
  await site.redis.zadd(keys.dead(site.scope, set), ...dead);
  // A worker that gives all of them up at once.
  const parksAtOnce = {
    ...site.tenant,
    expiry: {
      ...expiry,
      redrive: async (...args: Parameters<typeof expiry.redrive>) => {
        const reply = await expiry.redrive(...args);
        const claimed = await expiry.claim({
          set,
          claim: args[0].items.join().slice(0, 50),
          limit: 1_000,
          leaseMs: 10_000,
        });
        if (claimed.outcome === "claimed") {
          await expiry.park({
            set,
            claim: args[0].items.join().slice(0, 50),
            items: names(claimed.items),
            reason: "no",
          });
        }
        return reply;
      },
    },
  };
  expect(await redrive(parksAtOnce, set)).toEqual({ redriven: 2_500 });
  expect(await redrive(parksAtOnce, set, { reason: "no" })).toEqual({ redriven: 2_500 });
});

test("a stop gives back what it has not begun, and counts no attempt for it", async () => {
  const site = freshTenant();
  await track(site, ["a", "b", "c"]);
  const begun = event();
  const go = event();
  const worker = startedWorker(site, {
    // Each alone, from the first attempt on.
    maxAttempts: 1,
    handle: async () => {
      begun.happen();
      await go.happened;
    },
  });
  await begun.happened;
  const stopped = worker.stop();
  go.happen();
  await stopped;
  expect(Object.values(await site.redis.hgetall(keys.attempts(site.scope, set)))).toEqual(["0", "0"]);
  expect(await site.redis.zcard(keys.due(site.scope, set))).toBe(2);
});

test.each([
  ["an outcome that is none", { outcome: "Done" }],
  ["a delay that is none", { outcome: "retry", delayMs: Number.NaN }],
])("a handler that answers %s is told, and its items are tried again", async (_, wrong) => {
  const site = freshTenant();
  await track(site, ["offer"]);
  const errors: Error[] = [];
  const again = event();
  let calls = 0;
  startedWorker(site, {
    handle: async (items) => {
      if (++calls > 1) {
        again.happen();
        return;
      }
      return JSON.parse(
        JSON.stringify(items.map(({ item }) => ({ item, ...wrong }))),
        (key, value: unknown) => (key === "delayMs" ? Number.NaN : value),
      );
    },
    onError: (error) => errors.push(error),
  });
  await again.happened;
  expect(errors).toMatchObject([{ code: "ARGUMENT" }]);
});

test("a reason that is no text is stored as far as it is", async () => {
  const site = freshTenant();
  await track(site, ["offer"]);
  const parked = event();
  startedWorker(site, {
    handle: async () => [{ item: "offer", outcome: "dead", reason: "half a \ud800 letter" }],
    onParked: () => parked.happen(),
  });
  await parked.happened;
  const { items } = await site.tenant.expiry.dead({ set, limit: 1 });
  expect(items).toMatchObject([{ reason: "half a \ufffd letter" }]);
});

test.each([
  ["set", { set: "" }],
  ["handle", { handle: 5 }],
  ["retryDelayMs", { retryDelayMs: { firstMs: Number.NaN, mostMs: 5 } }],
  ["limit", { limit: 0 }],
])("a %s that can never work is refused", (argument, wrong) => {
  const { tenant } = freshTenant();
  const options = { set, handle: async () => {}, ...wrong };
  expect(() => Reflect.apply(createExpiryWorker, undefined, [tenant, options])).toThrow(
    expect.objectContaining({ code: "ARGUMENT", argument }),
  );
});
