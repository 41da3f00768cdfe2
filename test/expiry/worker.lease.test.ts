import { expect, test, vi } from "vitest";
import type { ClaimedItem } from "../../src/expiry/index.js";
import { keys, LostError } from "../../src/index.js";
import {
  freshSite,
  leftOf,
  queue,
  queueShard,
  startedWorker,
  track,
  withScripts,
} from "../support/expiry/worker-under-test.js";
import { aborted, deferred, eventually } from "../support/wait.js";

test("a worker renews the lease of a long batch", async () => {
  const site = freshSite();
  await track(site, ["slow"]);
  const renewals = deferred("the lease is renewed three times");
  let renewed = 0;
  const done = deferred("the handler ends");
  const handled = vi.fn(async () => {
    await renewals.promise;
    done.resolve();
  });
  const worker = startedWorker(
    withScripts(site, ({ renew }) => ({
      renew: async (...args) => {
        const reply = await renew(...args);
        if (++renewed === 3) renewals.resolve();
        return reply;
      },
    })),
    { leaseMs: 2_400, handle: handled },
  );
  await done.promise;
  await worker.stop();
  expect(handled).toHaveBeenCalledTimes(1);
  expect(worker.status()).toMatchObject({ done: 1, lost: 0 });
  expect(await leftOf(site)).toEqual([]);
});

test("a lost lease aborts the signal, and the worker acknowledges nothing", async () => {
  const site = freshSite();
  await track(site, ["offer"]);
  const abortReason = deferred<unknown>("the handler's signal aborts");
  const lost = deferred<Error>("onError is called");
  const second = deferred("the item is handled again");
  let calls = 0;
  const worker = startedWorker(site, {
    leaseMs: 2_400,
    handle: async (_, { signal, claim }) => {
      if (++calls > 1) {
        second.resolve();
        return;
      }
      // The lease ends as if Redis had not been reached for as long.
      await site.redis.del(keys.claim(site.scope, queue, queueShard, claim));
      await aborted(signal);
      abortReason.resolve(signal.reason);
    },
    onError: (error) => lost.resolve(error),
  });
  expect(await abortReason.promise).toBeInstanceOf(LostError);
  expect(await lost.promise).toMatchObject({ code: "LOST" });
  await second.promise;
  await worker.stop();
  expect(worker.status()).toMatchObject({ done: 1, lost: 1 });
});

test.each(["claim", "renewal"])(
  "a worker does not handle items whose %s is answered after the lease",
  async (late) => {
    const site = freshSite();
    await track(site, ["offer"]);
    const leaseMs = 1_000;
    const { expiry } = site.tenant.scripts;
    const first = deferred<string>("the worker claims the item");
    /** Until another worker has the item, and the clock of this process agrees that the lease is over. */
    async function leaseOver(sentAt: number): Promise<void> {
      await eventually("another worker claims the item", async () => {
        const other = { queue, queueShard, claim: `another-${++others}`, limit: 1, leaseMs: 3_600_000 };
        expect(await expiry.claim(other)).toMatchObject({ outcome: "claimed" });
      });
      await eventually("the lease ends by this process's clock", () =>
        expect(performance.now()).toBeGreaterThan(sentAt + leaseMs),
      );
    }
    let others = 0;
    let claims = 0;
    let renewals = 0;
    const handled = vi.fn();
    const again = deferred("the item is handled");
    startedWorker(
      withScripts(site, () => ({
        claim: async (args) => {
          const sentAt = performance.now();
          const reply = await expiry.claim(args);
          claims++;
          if (claims === 1) first.resolve(args.claim);
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
      })),
      {
        leaseMs,
        handle: async (_, { claim }) => {
          handled(claim);
          again.resolve();
        },
      },
    );
    const lateClaim = await first.promise;
    await eventually("the other worker gives the item back", async () => {
      const claim = `another-${others}`;
      const given = await expiry.retry({ queue, queueShard, claim, items: ["offer"], delayMs: 1 });
      expect(given.outcome).not.toBe("lost");
    });
    await again.promise;
    expect(handled).not.toHaveBeenCalledWith(lateClaim);
  },
);

test("stop waits for the batch in flight", async () => {
  const site = freshSite();
  await track(site, ["offer"]);
  const begun = deferred("the handler begins");
  const goOn = deferred("the test lets the handler go on");
  const worker = startedWorker(site, {
    handle: async () => {
      begun.resolve();
      await goOn.promise;
    },
  });
  await begun.promise;
  expect(worker.status()).toMatchObject({ state: "working", inFlight: 1 });
  const stopped = worker.stop();
  expect(worker.status().state).toBe("stopping");
  goOn.resolve();
  expect(await stopped).toBe("finished");
  expect(await leftOf(site)).toEqual([]);
});

test("stop gives the batch back after its grace, and another worker gets it at once", async () => {
  const site = freshSite();
  await track(site, ["offer"]);
  const begun = deferred("the handler begins");
  const worker = startedWorker(site, {
    leaseMs: 3_600_000,
    handle: async (_, { signal }) => {
      begun.resolve();
      await new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason)));
    },
  });
  await begun.promise;
  expect(await worker.stop({ graceMs: 1 })).toBe("finished");
  const handled = deferred<readonly ClaimedItem[]>("another worker handles the item");
  startedWorker(site, { handle: async (batch) => handled.resolve(batch) });
  expect(await handled.promise).toEqual([{ item: "offer", attempts: 2 }]);
});

test("a handler that asks for its signal after the lease was lost gets an aborted one", async () => {
  const site = freshSite();
  await track(site, ["offer"]);
  const lost = deferred<Error>("onError is called");
  const asked = deferred<AbortSignal>("the first handler asks for its signal");
  let calls = 0;
  startedWorker(site, {
    leaseMs: 300,
    handle: async (_, context) => {
      if (++calls > 1) return;
      await site.redis.del(keys.claim(site.scope, queue, queueShard, context.claim));
      await lost.promise;
      asked.resolve(context.signal);
    },
    onError: (error) => lost.resolve(error),
  });
  const signal = await asked.promise;
  expect(signal.aborted).toBe(true);
  expect(signal.reason).toBe(await lost.promise);
});

test.each([
  ["asks for its signal after the grace time of stop gets an aborted one", true],
  ["never asks for its signal may give the batch back after the grace time of stop", false],
])("a handler that %s", async (_, asks) => {
  const site = freshSite();
  await track(site, ["offer"]);
  const begun = deferred("the handler begins");
  const goOn = deferred("the test lets the handler go on");
  const isAborted = deferred<boolean>("the handler goes on");
  const worker = startedWorker(site, {
    handle: async (_items, context) => {
      begun.resolve();
      await goOn.promise;
      isAborted.resolve(!asks || context.signal.aborted);
      throw new Error("the work stops");
    },
  });
  await begun.promise;
  const stopped = worker.stop({ graceMs: 1 });
  setTimeout(() => goOn.resolve(), 300);
  expect(await isAborted.promise).toBe(true);
  // On a busy machine stop() may give up before the worker has ended.
  await stopped;
  await eventually("the worker has stopped", () => expect(worker.status().state).toBe("stopped"));
  // The item was returned at once, and not retried as after a failure.
  expect(worker.status()).toMatchObject({ done: 0, retried: 0 });
});

test("a worker whose handler ignores stop reports the loss when the lease ends", async () => {
  const site = freshSite();
  await track(site, ["offer"]);
  const begun = deferred("the handler begins");
  const goOn = deferred("the test lets the handler go on");
  const lost = deferred<Error>("onError is called", 10_000);
  const worker = startedWorker(site, {
    // stop() ends the renewals before the first one is due, at 1.5 s.
    leaseMs: 4_500,
    handle: async () => {
      begun.resolve();
      await goOn.promise;
    },
    onError: (error) => lost.resolve(error),
  });
  await begun.promise;
  expect(await worker.stop({ graceMs: 1 })).toBe("timedOut");
  expect(await lost.promise).toBeInstanceOf(LostError);
  expect(worker.status().lost).toBe(1);
  goOn.resolve();
});

test("a worker whose lease is shorter than the way to Redis counts losses, reports them, and backs off", async () => {
  const site = freshSite();
  await track(site, ["offer"]);
  const { expiry } = site.tenant.scripts;
  let claims = 0;
  const late = async <Reply>(reply: Promise<Reply>): Promise<Reply> => {
    const value = await reply;
    await new Promise((resolve) => setTimeout(resolve, 25));
    return value;
  };
  const onError = vi.fn();
  const handle = vi.fn(async () => {});
  const worker = startedWorker(
    withScripts(site, () => ({
      claim: (args) => {
        claims++;
        return late(expiry.claim(args));
      },
      renew: (args) => late(expiry.renew(args)),
    })),
    { leaseMs: 10, handle, onError },
  );
  await eventually("four claims are lost", () => expect(worker.status().lost).toBeGreaterThanOrEqual(4));
  const begun = performance.now();
  const before = claims;
  await eventually("another one is lost", () => expect(worker.status().lost).toBeGreaterThanOrEqual(6));
  // The fifth delay is at least 400 ms.
  expect(performance.now() - begun).toBeGreaterThan(400);
  expect(claims - before).toBeLessThanOrEqual(3);
  expect(handle).not.toHaveBeenCalled();
  expect(onError).toHaveBeenCalledWith(
    expect.objectContaining({ code: "LOST", message: expect.stringContaining("leaseMs may be too short") }),
  );
});

test("stop after close of the client does not wait for a lease", async () => {
  const site = freshSite();
  await track(site, ["offer"]);
  const begun = deferred("the handler begins");
  const goOn = deferred("the test lets the handler go on");
  const onError = vi.fn();
  const worker = startedWorker(site, {
    leaseMs: 8_000,
    onError,
    handle: async () => {
      begun.resolve();
      await goOn.promise;
    },
  });
  await begun.promise;
  site.moonpath.close();
  const startedAt = performance.now();
  goOn.resolve();
  expect(await worker.stop()).toBe("finished");
  expect(performance.now() - startedAt).toBeLessThan(4_000);
  expect(onError).toHaveBeenCalledWith(expect.objectContaining({ code: "CLOSED" }));
});
