import { setImmediate as turn } from "node:timers/promises";
import { expect, test } from "vitest";
import { BusyError, createMoonpath, keys, type Lock, LostError } from "../../src/index.js";
import { block, users } from "../support/lock.js";
import { failure } from "../support/lua/errors.js";
import { isHeld, storedLock } from "../support/lua/stored-lock.js";
import { freshNamespace, sharedCluster, sharedRedis } from "../support/redis.js";
import { eventually } from "../support/wait.js";

test("an acquired lock is renewed and released by its own methods", async () => {
  const [user, other] = users(2);
  const lock = await user.lock.acquire("till", { leaseMs: 60_000, owner: "cashier" });
  expect(lock).toMatchObject({ key: "till", owner: expect.stringMatching(/^cashier\//) });
  const left = lock.leaseEndsInMs;
  expect(left).toBeGreaterThan(30_000);
  // The margin for two clocks that drift apart.
  expect(left).toBeLessThanOrEqual(60_000 * 0.99 - 2);
  expect(await failure(other.lock.acquire("till", { waitMs: 0 }))).toBeInstanceOf(BusyError);
  block(20);
  const shorter = lock.leaseEndsInMs;
  await lock.renew();
  expect(lock.leaseEndsInMs).toBeGreaterThan(shorter);
  expect(await lock.release()).toBe("released");
  expect(lock.leaseEndsInMs).toBe(0);
  expect(await lock.release()).toBe("lost");
  expect(await isHeld(user.redis, keys.lock(user.tenant.scope, "till"))).toBe(false);
});

test("a lost lock's next renewal fails with LostError", async () => {
  const [user, other] = users(2);
  const lock = await user.lock.acquire("till", { leaseMs: 100 });
  const next = await other.lock.acquire("till", { leaseMs: 60_000 });
  expect(lock.leaseEndsInMs).toBe(0);
  expect(await failure(lock.renew())).toBeInstanceOf(LostError);
  expect(lock.leaseEndsInMs).toBe(0);
  expect(await lock.release()).toBe("lost");
  expect(next.fence).toBeGreaterThan(lock.fence);
  await next[Symbol.asyncDispose]();
  expect(next.leaseEndsInMs).toBe(0);
  expect(await isHeld(other.redis, keys.lock(user.tenant.scope, "till"))).toBe(false);
});

test("a renewal whose answer comes after the new lease fails with LostError", async () => {
  const [user] = users(2);
  const lock = await user.lock.acquire("till", { leaseMs: 200 });
  const renewing = failure(lock.renew());
  // Sent by then.
  await turn();
  block(250);
  expect(await renewing).toBeInstanceOf(LostError);
});

test.each([
  ["null as options", (locks: Lock) => Reflect.apply(locks.using, locks, ["till", null, () => {}])],
  ["no function", (locks: Lock) => Reflect.apply(locks.using, locks, ["till", {}])],
  [
    "an object that is no signal",
    (locks: Lock) => Reflect.apply(locks.acquire, locks, ["till", { signal: {} }]),
  ],
])("a call with %s takes no lock", async (_, wrong) => {
  const [user] = users(2);
  expect(await failure(wrong(user.lock))).toMatchObject({ code: "ARGUMENT" });
  expect(await isHeld(user.redis, keys.lock(user.tenant.scope, "till"))).toBe(false);
});

test("a signal of another library ends the wait, and keeps no listener", async () => {
  const [user, other] = users(2);
  const held = await other.lock.acquire("till", { leaseMs: 60_000 });
  const listeners = new Set<() => void>();
  const signal = {
    aborted: false,
    addEventListener: (_type: string, listener: () => void) => void listeners.add(listener),
    removeEventListener: (_type: string, listener: () => void) => void listeners.delete(listener),
  };
  const waiting = failure(Reflect.apply(user.lock.acquire, user.lock, ["till", { waitMs: 60_000, signal }]));
  await eventually("the waiter listens to the signal", () => expect(listeners.size).toBeGreaterThan(0));
  signal.aborted = true;
  for (const listener of listeners) listener();
  expect(await waiting).toMatchObject({ code: "ABORTED" });
  expect(listeners.size).toBe(0);
  await held.release();
});

test("await using releases the lock at the end of the block", async () => {
  const [user] = users(2);
  const key = keys.lock(user.tenant.scope, "till");
  {
    await using lock = await user.lock.acquire("till");
    expect(await storedLock(user.redis, key)).toMatchObject({ fence: lock.fence, owner: lock.owner });
  }
  expect(await isHeld(user.redis, key)).toBe(false);
});

test("each acquired lock has a new owner by default", async () => {
  const [user] = users(2);
  const [one, two] = [await user.lock.acquire("one"), await user.lock.acquire("two")];
  expect(one.owner).not.toBe(two.owner);
  await Promise.all([one.release(), two.release()]);
});

test.each([
  ["Redis", sharedRedis],
  ["a cluster", sharedCluster],
])("all copies of one tenant share one wait queue (%s)", async (_, connect) => {
  let asked = 0;
  const onCall = ({ script }: { readonly script: string }) => {
    if (script === "lock.acquire") asked++;
  };
  const moonpath = createMoonpath(connect(), {
    namespace: freshNamespace(),
    deadlineMs: 15_000,
    observers: [{ onCall }],
  });
  const lock = await moonpath.tenant("acme").lock.acquire("till", { leaseMs: 60_000 });
  const waiting = Array.from({ length: 200 }, () =>
    moonpath.tenant("acme").lock.using("till", { waitMs: 15_000 }, () => "its turn"),
  );
  expect(await moonpath.tenant("other").lock.using("till", {}, () => "its own")).toBe("its own");
  await lock.release();
  expect(new Set(await Promise.all(waiting))).toEqual(new Set(["its turn"]));
  // At most one every second beside what the handovers take.
  expect(asked).toBeLessThanOrEqual(2 + 2 * 200 + 20);
  moonpath.close();
});
