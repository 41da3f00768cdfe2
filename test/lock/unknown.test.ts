import { setTimeout as pause } from "node:timers/promises";
import { Redis } from "ioredis";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { BusyError, keys, NotReplicatedError, OutcomeUnknownError } from "../../src/index.js";
import { createLock, WaitQueues } from "../../src/lock/index.js";
import type { LockScripts } from "../../src/lock/lease.js";
import {
  type Proxy as FaultyProxy,
  type ReplicaPair,
  startProxy,
  startReplicaPair,
} from "../../src/testing/index.js";
import { afterTest } from "../support/cleanup.js";
import { hold, NEVER_MS, type User, userBehind, users } from "../support/lock.js";
import { failure } from "../support/lua/errors.js";
import { isHeld, leaseLeftMs, storedLock } from "../support/lua/stored-lock.js";

let pair: ReplicaPair;
let proxy: FaultyProxy;
let admin: Redis;
beforeAll(async () => {
  pair = await startReplicaPair({ own: true });
  proxy = await startProxy(pair.primary);
  admin = new Redis({ host: "127.0.0.1", port: pair.primary.port, password: pair.primary.password });
});
afterAll(async () => {
  admin.disconnect();
  await proxy.stop();
  await pair.stop();
});

afterEach(() => proxy.heal());

const keyOf = ({ tenant }: User) => keys.lock(tenant.scope, "till");

describe("a missing answer", () => {
  test("to the acquire makes the client release a lock that it may have got", async () => {
    const user = await userBehind(proxy, 1_000);
    proxy.cutReplies({ probability: 1 });
    const taken = failure(user.lock.using("till", { leaseMs: NEVER_MS }, () => "never"));
    await user.called("lock.acquire OUTCOME_UNKNOWN");
    expect(await isHeld(admin, keyOf(user))).toBe(true);
    proxy.heal();
    expect(await taken).toBeInstanceOf(OutcomeUnknownError);
    expect(await isHeld(admin, keyOf(user))).toBe(false);
  });

  test("to the acquire ends in bounded time even if Redis stays away", async () => {
    const user = await userBehind(proxy, 1_000);
    proxy.blackHole();
    const startedAt = performance.now();
    expect(await failure(user.lock.acquire("till"))).toBeInstanceOf(OutcomeUnknownError);
    expect(performance.now() - startedAt).toBeLessThan(5_000);
  });

  test("to the release keeps the function's result, and the lock ends with its lease", async () => {
    const user = await userBehind(proxy, 1_000);
    const result = user.lock.using("till", { leaseMs: 60_000 }, () => {
      proxy.blackHole();
      return "written";
    });
    expect(await result).toBe("written");
    expect(await isHeld(admin, keyOf(user))).toBe(true);
  });

  test("to the release keeps the function's error", async () => {
    const user = await userBehind(proxy, 1_000);
    const own = new Error("own");
    const result = user.lock.using("till", {}, () => {
      proxy.blackHole();
      throw own;
    });
    await expect(result).rejects.toBe(own);
  });
});

test("a lock that a late copy of an earlier request has acquired is renewed at once", async () => {
  const [user] = users(2);
  const { lock: scripts } = user.tenant.scripts;
  const acquire: LockScripts["acquire"] = async (args, options) => {
    await scripts.acquire(args, options);
    await pause(300);
    return scripts.acquire(args, options);
  };
  const waitQueues = new WaitQueues(user.tenant.listen);
  const lock = createLock({ scope: user.tenant.scope, scripts: { ...scripts, acquire }, waitQueues });
  const held = await lock.acquire("till", { leaseMs: 60_000 });
  expect(user.calls).toMatchObject({ "lock.acquire": 2, "lock.renew": 1 });
  expect(held.leaseEndsInMs).toBeLessThanOrEqual(await leaseLeftMs(user.redis, keyOf(user)));
  await held.release();
});

describe("a lock with minReplicas", () => {
  test("is on the replica before the function runs", async () => {
    const user = await userBehind(proxy, 15_000);
    const replica = new Redis({
      host: "127.0.0.1",
      port: pair.replica.port,
      password: pair.replica.password,
    });
    afterTest(() => replica.disconnect());
    const options = { minReplicas: 1, replicaWaitMs: 10_000, leaseMs: NEVER_MS };
    const seen = await user.lock.using("till", options, async ({ fence }) => {
      expect(await storedLock(replica, keyOf(user))).toMatchObject({ fence });
      return "seen";
    });
    expect(seen).toBe("seen");
  });

  test("is given back without a run of the function if too few replicas confirm it", async () => {
    const [user] = users(2);
    const options = { minReplicas: 1, replicaWaitMs: 20 };
    const error = await failure(user.lock.using("till", options, () => "never"));
    expect(error).toBeInstanceOf(NotReplicatedError);
    expect(await isHeld(user.redis, keyOf(user))).toBe(false);
    expect(user.calls).toMatchObject({ "lock.renew NOT_REPLICATED": 1, "lock.release": 1 });
  });

  test("asks no replica if another owner has it", async () => {
    const [holder, user] = users(2);
    const first = await hold(holder, "till");
    const options = { minReplicas: 1, replicaWaitMs: 20, waitMs: 0 };
    expect(await failure(user.lock.using("till", options, () => "never"))).toBeInstanceOf(BusyError);
    first.open();
    await first.done;
  });
});
