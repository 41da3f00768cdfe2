import { expect, onTestFinished, test, vi } from "vitest";
import { type ClaimedItem, createExpiryWorker } from "../../src/expiry/index.js";
import { keys, LostError } from "../../src/index.js";
import { leftOf, queue, startedWorker, track } from "../support/expiry/worker-under-test.js";
import { freshTenant } from "../support/tenant.js";
import { aborted, deferred, eventually } from "../support/wait.js";

test("a worker renews the lease of a long batch", async () => {
  const site = freshTenant();
  await track(site, ["slow"]);
  const renewals = deferred("the lease is renewed three times");
  const renew = vi.fn(site.tenant.expiry.renew);
  const done = deferred("the handler ends");
  const handled = vi.fn(async () => {
    await renewals.promise;
    done.resolve();
  });
  const worker = createExpiryWorker(
    {
      ...site.tenant,
      expiry: {
        ...site.tenant.expiry,
        renew: async (...args) => {
          const reply = await renew(...args);
          if (renew.mock.calls.length === 3) renewals.resolve();
          return reply;
        },
      },
    },
    { queue: queue, leaseMs: 2_400, handle: handled },
  );
  worker.start();
  await done.promise;
  await worker.stop();
  expect(handled).toHaveBeenCalledTimes(1);
  expect(worker.status()).toMatchObject({ done: 1, lost: 0 });
  expect(await leftOf(site)).toEqual([]);
});

test("a lost lease aborts the signal, and the worker acknowledges nothing", async () => {
  const site = freshTenant();
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
      await site.redis.del(keys.claim(site.scope, queue, claim));
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
    const site = freshTenant();
    await track(site, ["offer"]);
    const leaseMs = 1_000;
    const { expiry } = site.tenant;
    const first = deferred<string>("the worker claims the item");
    /** Until another worker has the item, and the clock of this process agrees that the lease is over. */
    async function leaseOver(sentAt: number): Promise<void> {
      await eventually("another worker claims the item", async () => {
        const other = { queue, claim: `another-${++others}`, limit: 1, leaseMs: 3_600_000 };
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
    const worker = createExpiryWorker(
      {
        ...site.tenant,
        expiry: {
          ...expiry,
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
        },
      },
      {
        queue: queue,
        leaseMs,
        handle: async (_, { claim }) => {
          handled(claim);
          again.resolve();
        },
      },
    );
    onTestFinished(async () => {
      await worker.stop({ graceMs: 0 });
    });
    worker.start();
    const lateClaim = await first.promise;
    await eventually("the other worker gives the item back", async () => {
      const claim = `another-${others}`;
      const given = await expiry.retry({ queue, claim, items: ["offer"], delayMs: 1 });
      expect(given.outcome).not.toBe("lost");
    });
    await again.promise;
    expect(handled).not.toHaveBeenCalledWith(lateClaim);
  },
);

test("stop waits for the batch in flight", async () => {
  const site = freshTenant();
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
  const site = freshTenant();
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
