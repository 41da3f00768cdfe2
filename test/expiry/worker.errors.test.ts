import { setImmediate as turn } from "node:timers/promises";
import { expect, onTestFinished, test, vi } from "vitest";
import { createExpiryWorker, redrive } from "../../src/expiry/index.js";
import { keys } from "../../src/index.js";
import {
  freshSite,
  names,
  queue,
  queueShard,
  startedWorker,
  track,
  withScripts,
} from "../support/expiry/worker-under-test.js";
import { deferred } from "../support/wait.js";

test("a worker reports errors of Redis, tries again, and loses nothing", async () => {
  const site = freshSite();
  await track(site, ["offer"]);
  let refusals = 4;
  const refused = async () => {
    throw new Error("down");
  };
  const onError = vi.fn();
  const handled = vi.fn(async () => {});
  const acked = deferred("the item is acknowledged");
  const worker = startedWorker(
    withScripts(site, ({ claim, ack }) => ({
      claim: (...args) => (refusals-- > 2 ? refused() : claim(...args)),
      ack: async (...args) => {
        if (refusals-- > 0) return refused();
        const reply = await ack(...args);
        acked.resolve();
        return reply;
      },
    })),
    { handle: handled, onError },
  );
  await acked.promise;
  await worker.stop();
  expect(onError).toHaveBeenCalledTimes(3);
  expect(handled).toHaveBeenCalledTimes(1);
  expect(worker.status()).toMatchObject({ done: 1 });
});

test("a hook that throws does not end the worker", async () => {
  const site = freshSite();
  await track(site, ["offer"]);
  const twice = deferred("the item is handled a second time");
  let calls = 0;
  startedWorker(site, {
    handle: async () => {
      if (++calls === 2) twice.resolve();
      else throw new Error("once");
    },
    onError: () => {
      throw new Error("a hook's own");
    },
  });
  await twice.promise;
});

test("a hook that rejects ends neither the worker nor the process", async () => {
  const site = freshSite();
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
  const told = deferred("onDeadLetter is called");
  const worker = startedWorker(site, {
    maxAttempts: 1,
    handle: async () => {
      throw new Error("no");
    },
    onError: async () => {
      throw new Error("a log that is away");
    },
    onDeadLetter: async () => {
      told.resolve();
      throw new Error("a table that is locked");
    },
  });
  await told.promise;
  await worker.stop();
  // Node tells of rejections when the microtasks are over.
  await turn();
  expect(unheard).not.toHaveBeenCalled();
});

test("a redrive skips items that become dead letters again while it runs", async () => {
  const site = freshSite();
  const { expiry } = site.tenant;
  const dead = Array.from({ length: 2_500 }, (_, position) => [position, `offer-${position}`]).flat();
  await site.redis.zadd(keys.dead(site.scope, queue, queueShard), ...dead);
  // A worker that gives all of them up at once.
  const deadLettersAtOnce = {
    expiry: {
      ...expiry,
      redrive: async (...args: Parameters<typeof expiry.redrive>) => {
        const reply = await expiry.redrive(...args);
        const { scripts } = site.tenant;
        const claim = { queue, queueShard, claim: args[0].items.join().slice(0, 50) };
        const claimed = await scripts.expiry.claim({ ...claim, limit: 100, leaseMs: 10_000 });
        if (claimed.outcome === "claimed") {
          await scripts.expiry.deadLetter({ ...claim, items: names(claimed.items), reason: "no" });
        }
        return reply;
      },
    },
  };
  expect(await redrive(deadLettersAtOnce, queue)).toEqual({ redriven: 2_500 });
  expect(await redrive(deadLettersAtOnce, queue, { reason: "no" })).toEqual({ redriven: 2_500 });
});

test("a stop gives back the items that have not begun, and counts no attempt for them", async () => {
  const site = freshSite();
  await track(site, ["a", "b", "c"]);
  const begun = deferred("the handler begins");
  const go = deferred("the test lets the handler go on");
  const worker = startedWorker(site, {
    // Each alone, from the first attempt on.
    maxAttempts: 1,
    handle: async () => {
      begun.resolve();
      await go.promise;
    },
  });
  await begun.promise;
  const stopped = worker.stop();
  go.resolve();
  await stopped;
  expect(await site.redis.exists(keys.attempts(site.scope, queue, queueShard))).toBe(0);
  expect(await site.redis.zcard(keys.due(site.scope, queue, queueShard))).toBe(2);
});

test.each([
  ["an unknown outcome", { outcome: "Done" }],
  ["a delay of NaN", { outcome: "retry", delayMs: Number.NaN }],
])("a worker reports a handler that answers %s, and retries its items", async (_, wrong) => {
  const site = freshSite();
  await track(site, ["offer"]);
  const errors: Error[] = [];
  const again = deferred("the item is handled again");
  let calls = 0;
  startedWorker(site, {
    handle: async (items) => {
      if (++calls > 1) {
        again.resolve();
        return;
      }
      return JSON.parse(
        JSON.stringify(items.map(({ item }) => ({ item, ...wrong }))),
        (key, value: unknown) => (key === "delayMs" ? Number.NaN : value),
      );
    },
    onError: (error) => errors.push(error),
  });
  await again.promise;
  expect(errors).toMatchObject([{ code: "ARGUMENT" }]);
});

test("a worker stores a reason with a replacement for each lone surrogate", async () => {
  const site = freshSite();
  await track(site, ["offer"]);
  const deadLettered = deferred("the item becomes a dead letter");
  startedWorker(site, {
    handle: async () => [{ item: "offer", outcome: "dead", reason: "half a \ud800 letter" }],
    onDeadLetter: () => deadLettered.resolve(),
  });
  await deadLettered.promise;
  const { items } = await site.tenant.expiry.listDead({ queue, limit: 1 });
  expect(items).toMatchObject([{ reason: "half a \ufffd letter" }]);
});

test.each([
  ["queue", { queue: "" }],
  ["handle", { handle: 5 }],
  ["retryDelayMs", { retryDelayMs: { firstMs: Number.NaN, maxMs: 5 } }],
  ["limit", { limit: 0 }],
  ["concurrency", { concurrency: 0 }],
  ["deadMaxAgeMs", { deadMaxAgeMs: 0 }],
])("a worker with a wrong %s is refused", (argument, wrong) => {
  const { moonpath } = freshSite();
  const options = { queue, handle: async () => {}, ...wrong };
  expect(() => Reflect.apply(createExpiryWorker, undefined, [moonpath, options])).toThrow(
    expect.objectContaining({ code: "ARGUMENT", argument }),
  );
});
