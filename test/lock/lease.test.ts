import { setTimeout as pause } from "node:timers/promises";
import { Redis } from "ioredis";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { keys, LostError } from "../../src/index.js";
import {
  type Proxy as FaultyProxy,
  type RedisServer,
  startProxy,
  startRedis,
} from "../../src/testing/index.js";
import { waitUntil } from "../../src/testing/wait.js";
import { block, hold, userBehind, users } from "../support/lock.js";
import { failure } from "../support/lua/errors.js";
import { isHeld, leaseLeftMs, storedLock } from "../support/lua/stored-lock.js";
import { aborted } from "../support/wait.js";

let server: RedisServer;
let proxy: FaultyProxy;
let admin: Redis;
beforeAll(async () => {
  server = await startRedis({ own: true });
  proxy = await startProxy(server);
  admin = new Redis({ host: "127.0.0.1", port: server.port, password: server.password });
});
afterAll(async () => {
  admin.disconnect();
  await proxy.stop();
  await server.stop();
});

afterEach(() => proxy.heal());

/** A user behind the proxy whose calls are given up before the test is. */
const distant = (deadlineMs = 1_000) => userBehind(proxy, deadlineMs);

describe("a renewal", () => {
  test("keeps a lock for longer than its lease", async () => {
    const [user, other] = users(2);
    const leaseMs = 2_000;
    await user.lock.using("till", { leaseMs }, async ({ signal }) => {
      const startedAt = performance.now();
      while (performance.now() - startedAt < leaseMs * 1.2) await user.called("lock.renew");
      expect(signal.aborted).toBe(false);
      expect(await failure(other.lock.using("till", { waitMs: 0 }, () => "no"))).toMatchObject({
        code: "BUSY",
      });
    });
    expect(user.calls["lock.renew"]).toBeGreaterThanOrEqual(3);
    expect(await isHeld(user.redis, keys.lock(user.tenant.scope, "till"))).toBe(false);
  });

  test("is tried again within the lease if it fails", async () => {
    const user = await distant(1_000);
    const leaseMs = 4_000;
    await user.lock.using("till", { leaseMs }, async ({ signal }) => {
      proxy.blackHole();
      await user.called("lock.renew OUTCOME_UNKNOWN");
      proxy.heal();
      await user.called("lock.renew");
      expect(signal.aborted).toBe(false);
      expect(await leaseLeftMs(admin, keys.lock(user.tenant.scope, "till"))).toBeGreaterThan(leaseMs / 2);
    });
  }, 10_000);
});

describe("a lock", () => {
  test("is lost if Redis cannot be reached before the lease ends", async () => {
    const user = await distant();
    const heard: LostError[] = [];
    const leaseMs = 300;
    const options = {
      leaseMs,
      onLost: (error: LostError) => {
        heard.push(error);
        throw new Error("of the listener's own");
      },
    };
    const result = user.lock.using("till", options, async ({ signal }) => {
      proxy.blackHole();
      await aborted(signal);
      expect(signal.reason).toBeInstanceOf(LostError);
      expect(heard).toEqual([signal.reason]);
      return "not known to be alone";
    });
    const error = await failure(result);
    expect(error).toBeInstanceOf(LostError);
    expect(heard).toEqual([error]);
    expect(error.message).not.toContain("till");
  });

  test("is lost if a renewal finds another owner", async () => {
    const [user] = users(2);
    const { scripts } = user.tenant;
    const result = user.lock.using("till", { leaseMs: 1_000 }, async ({ signal }) => {
      await user.redis.del(keys.lock(user.tenant.scope, "till"));
      await scripts.lock.acquire({ lock: "till", owner: "bob", leaseMs: 60_000 });
      await aborted(signal);
    });
    expect(await failure(result)).toBeInstanceOf(LostError);
    // The other one keeps it.
    expect(await storedLock(user.redis, keys.lock(user.tenant.scope, "till"))).toMatchObject({
      owner: "bob",
    });
  });

  test("ends with the function's own error after a loss, but not with errors that the loss causes", async () => {
    const [user] = users(2);
    const lose = (work: (signal: AbortSignal) => Promise<unknown>) =>
      user.lock.using("till", { leaseMs: 100 }, async ({ signal }) => {
        await user.redis.del(keys.lock(user.tenant.scope, "till"));
        await work(signal);
      });
    const own = new Error("the printer is out of paper");
    const error = lose(async (signal) => {
      await aborted(signal);
      throw own;
    });
    await expect(error).rejects.toBe(own);
    const wrapped = lose(async (signal) => {
      await aborted(signal);
      throw new Error("order failed", { cause: signal.reason });
    });
    await expect(wrapped).rejects.toThrow("order failed");
    await expect(lose((signal) => pause(60_000, 0, { signal }))).rejects.toBeInstanceOf(LostError);
    await expect(
      lose((signal) => aborted(signal).then(() => signal.throwIfAborted())),
    ).rejects.toBeInstanceOf(LostError);
  });

  test("is lost while the caller waits for the next one of several, which ends the wait", async () => {
    const [holder, user] = users(2);
    const second = await hold(holder, "b");
    const result = failure(user.lock.using(["a", "b"], { leaseMs: 300, waitMs: 15_000 }, () => "never"));
    await waitUntil(
      async () => (await user.redis.del(keys.lock(user.tenant.scope, "a"))) === 1,
      15_000,
      "the first lock to be acquired",
      undefined,
      5,
    );
    expect(await result).toBeInstanceOf(LostError);
    second.open();
    await second.done;
  });
});

describe("a blocked event loop", () => {
  const leaseMs = 200;
  test("does not keep throwIfLost from noticing the loss before any timer has run", async () => {
    const [user] = users(2);
    const losses: LostError[] = [];
    const onLost = (error: LostError) => {
      losses.push(error);
    };
    let writes = 0;
    const result = user.lock.using("till", { leaseMs, onLost }, ({ signal, throwIfLost }) => {
      throwIfLost();
      writes++;
      block(leaseMs);
      // Without an await, no timer has run.
      expect(signal.aborted).toBe(false);
      expect(throwIfLost).toThrow(LostError);
      expect(signal.aborted).toBe(true);
      expect(signal.reason).toBe(losses[0]);
      throwIfLost();
      writes++;
    });
    expect(await failure(result)).toBe(losses[0]);
    expect(losses).toHaveLength(1);
    expect(writes).toBe(1);
  });

  test("leads to LostError at the end if the function never checks", async () => {
    const [user] = users(2);
    const result = user.lock.using("till", { leaseMs }, () => {
      block(leaseMs);
      return "as if nothing had happened";
    });
    expect(await failure(result)).toBeInstanceOf(LostError);
  });

  test("does not replace the function's own error", async () => {
    const [user] = users(2);
    const result = user.lock.using("till", { leaseMs }, () => {
      block(leaseMs);
      throw new RangeError("own");
    });
    await expect(result).rejects.toThrow(RangeError);
  });
});

describe("a grant that comes after its lease", () => {
  const leaseMs = 200;

  test("is given back, and the client asks again", async () => {
    const user = await distant(15_000);
    const key = keys.lock(user.tenant.scope, "till");
    await admin.client("PAUSE", leaseMs * 2, "WRITE");
    let granted = 0;
    const result = await user.lock.using("till", { leaseMs, waitMs: 15_000 }, async ({ fence }) => {
      granted = fence;
      expect(await storedLock(admin, key)).toMatchObject({ fence, state: "held" });
      return "in time";
    });
    expect(result).toBe("in time");
    expect(user.calls["lock.acquire"]).toBeGreaterThanOrEqual(2);
    expect(user.calls["lock.release"]).toBe(user.calls["lock.acquire"]);
    expect(await storedLock(admin, key)).toMatchObject({ fence: granted, state: "released" });
  });

  test("is given back, and ends with LostError after waitMs", async () => {
    const user = await distant(15_000);
    await admin.client("PAUSE", leaseMs * 2, "WRITE");
    const error = await failure(user.lock.using("till", { leaseMs, waitMs: 0 }, () => "never"));
    expect(error).toBeInstanceOf(LostError);
    expect(user.calls).toMatchObject({ "lock.acquire": 1, "lock.release": 1 });
    expect(await isHeld(admin, keys.lock(user.tenant.scope, "till"))).toBe(false);
  });

  test("never starts the function over a slow network", async () => {
    const user = await distant(15_000);
    proxy.delay(leaseMs);
    let ran = 0;
    const work = () => {
      ran++;
    };
    expect(await failure(user.lock.using("till", { leaseMs, waitMs: 500 }, work))).toBeInstanceOf(LostError);
    expect(ran).toBe(0);
  });
});
