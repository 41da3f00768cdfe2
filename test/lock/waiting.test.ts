import { setTimeout as pause } from "node:timers/promises";
import { describe, expect, test } from "vitest";
import { AbortedError, BusyError, keys } from "../../src/index.js";
import { hold, isPending, NEVER_MS, userOn, users } from "../support/lock.js";
import { failure } from "../support/lua/errors.js";
import { isHeld } from "../support/lua/stored-lock.js";
import { freshNamespace, sharedCluster, sharedRedis } from "../support/redis.js";

// For longer than a test may take: none passes because of the question at the end of the wait.
const patient = { leaseMs: NEVER_MS, waitMs: NEVER_MS };

describe("a waiting caller", () => {
  test.each([
    ["Redis", sharedRedis],
    ["a cluster", sharedCluster],
  ])("is woken by the release of another process (%s)", async (_, connect) => {
    const namespace = freshNamespace();
    const [holder, waiter] = [1, 2].map(() => userOn(connect(), { namespace }));
    if (!holder || !waiter) throw new Error("two users were made");
    const first = await hold(holder, "till");
    const second = hold(waiter, "till", patient);
    // Asked once without a subscription and once with it: from here on only a message can help.
    await waiter.calledTimes("lock.acquire", 2);
    expect(await isPending(second)).toBe(true);
    const released = performance.now();
    first.open();
    const { held, open, done } = await second;
    // The fallback comes after an hour, so this is the message; a busy machine takes its time.
    expect(performance.now() - released).toBeLessThan(10_000);
    expect(held.fence).toBeGreaterThan(first.held.fence);
    expect(waiter.calls["lock.acquire"]).toBe(3);
    open();
    expect(await Promise.all([first.done, done])).toEqual(["done", "done"]);
  });

  test("is woken if the release comes between the busy answer and the subscription", async () => {
    const namespace = freshNamespace();
    const holder = userOn(sharedRedis(), { namespace });
    const first = await hold(holder, "till");
    const waiter = userOn(sharedRedis(), {
      namespace,
      listen: (tenant) => (channel, wake) => {
        first.open();
        const late = first.done.then(() => tenant.listen(channel, wake));
        return {
          ready: late.then(({ ready }) => ready),
          stop: () => void late.then((listening) => listening.stop()),
        };
      },
    });
    expect(await waiter.lock.using("till", patient, () => "in time")).toBe("in time");
  });

  test("asks again at intervals, in case a message is lost", async () => {
    const [holder, waiter] = users(2, { pollMs: 50 });
    const first = await hold(holder, "till");
    const second = waiter.lock.using("till", patient, () => "in the end");
    await waiter.calledTimes("lock.acquire", 3);
    await holder.redis.del(keys.lock(holder.tenant.scope, "till"));
    expect(await second).toBe("in the end");
    first.open();
    await first.done;
  });

  test("asks again when the holder's lease ends", async () => {
    const [holder, waiter] = users(2);
    await holder.tenant.scripts.lock.acquire({ lock: "till", owner: "crashed", leaseMs: 300 });
    expect(await waiter.lock.using("till", patient, () => "its turn")).toBe("its turn");
    expect(waiter.calls["lock.acquire"]).toBeLessThan(10);
  });
});

describe("many waiting callers", () => {
  test("send one request for a thousand of them, and at most two for each handover", async () => {
    const [holder, waiter] = users(2);
    const first = await hold(holder, "till");
    const order: number[] = [];
    const all = Array.from({ length: 1_000 }, (_, position) =>
      waiter.lock.using("till", patient, () => {
        order.push(position);
      }),
    );
    await waiter.calledTimes("lock.acquire", 2);
    await pause(200);
    expect(waiter.calls["lock.acquire"]).toBe(2);
    first.open();
    await Promise.all(all);
    expect(order).toEqual(order.map((_, position) => position));
    expect(order).toHaveLength(1_000);
    // Asked when the turn comes, while the one before still lets go, and once woken.
    expect(waiter.calls["lock.acquire"]).toBeLessThanOrEqual(2_002);
    await first.done;
  });

  test("give up together after waitMs, and all errors name the holder", async () => {
    const [holder, waiter] = users(2);
    const first = await hold(holder, "till", { owner: "cashier" });
    const all = await Promise.all(
      Array.from({ length: 100 }, () => failure(waiter.lock.using("till", { waitMs: 200 }, () => "never"))),
    );
    for (const error of all)
      expect(error).toMatchObject({ code: "BUSY", holder: expect.stringMatching(/^cashier\//) });
    expect(waiter.calls["lock.acquire"]).toBeLessThan(20);
    first.open();
    await first.done;
  });
});

describe("BusyError", () => {
  test("comes at once with waitMs 0, and has the holder and the remaining time", async () => {
    const [holder, waiter] = users(2);
    const first = await hold(holder, "till", { owner: "cashier", leaseMs: 60_000 });
    const error = await failure(waiter.lock.using("till", { waitMs: 0 }, () => "never"));
    expect(error).toBeInstanceOf(BusyError);
    expect(error).toMatchObject({
      holder: expect.stringMatching(/^cashier\//),
      retryable: true,
      status: 423,
    });
    const { retryAfterMs = 0 } = error instanceof BusyError ? error : {};
    expect(retryAfterMs).toBeGreaterThan(30_000);
    expect(retryAfterMs).toBeLessThanOrEqual(60_000);
    expect(error.message).not.toMatch(/till|cashier/);
    expect(waiter.calls).toEqual({ "lock.acquire": 1 });
    first.open();
    await first.done;
  });
});

describe("an AbortSignal", () => {
  test("ends the wait at once, and the next waiter gets the lock", async () => {
    const [holder, waiter] = users(2);
    const first = await hold(holder, "till");
    const controller = new AbortController();
    const options = { ...patient, signal: controller.signal };
    const given = [1, 2].map(() => failure(waiter.lock.using("till", options, () => "never")));
    const next = waiter.lock.using("till", patient, () => "its turn");
    await waiter.calledTimes("lock.acquire", 2);
    controller.abort(new Error("shop closed"));
    for (const error of await Promise.all(given)) expect(error).toBeInstanceOf(AbortedError);
    first.open();
    expect(await next).toBe("its turn");
    await first.done;
  });

  test("that has aborted before the call lets the client send nothing", async () => {
    const [user] = users(2);
    const signal = AbortSignal.abort();
    for (const waitMs of [0, 1_000]) {
      expect(await failure(user.lock.using("till", { signal, waitMs }, () => 1))).toBeInstanceOf(
        AbortedError,
      );
      expect(await failure(user.lock.acquire("till", { signal, waitMs }))).toBeInstanceOf(AbortedError);
    }
    expect(user.calls).toEqual({});
  });

  test("that aborts during the grant makes the client release the lock", async () => {
    const [user] = users(2);
    const controller = new AbortController();
    const taken = failure(user.lock.using("till", { signal: controller.signal }, () => "never"));
    const released = user.called("lock.release");
    controller.abort();
    expect(await taken).toBeInstanceOf(AbortedError);
    await released;
    expect(await isHeld(user.redis, keys.lock(user.tenant.scope, "till"))).toBe(false);
  });

  test("aborts the function's own signal, and the function's result counts", async () => {
    const [user] = users(2);
    const controller = new AbortController();
    const reason = new Error("shop closed");
    const result = user.lock.using("till", { signal: controller.signal }, ({ signal }) => {
      controller.abort(reason);
      return signal.aborted && signal.reason;
    });
    expect(await result).toBe(reason);
  });
});
