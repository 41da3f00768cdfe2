import { describe, expect, test } from "vitest";
import { BusyError, keys } from "../../src/index.js";
import { hold, NEVER_MS, userOn, users } from "../support/lock.js";
import { failure } from "../support/lua/errors.js";
import { isHeld, storedLock } from "../support/lua/stored-lock.js";
import { freshNamespace, sharedCluster } from "../support/redis.js";

describe("several locks at once", () => {
  test("are acquired once each in one order, and the highest fence stands for all", async () => {
    const [user, other] = users(2);
    await other.lock.using("b", {}, () => "so that b's fence is not the latest of all");
    await user.lock.using(["c", "b", "a", "b"], {}, async ({ fence, fences }) => {
      expect([...fences.keys()]).toEqual(["a", "b", "c"]);
      expect(fence).toBe(Math.max(...fences.values()));
      expect(new Set(fences.values()).size).toBe(3);
      for (const [key, own] of fences) {
        expect(await storedLock(user.redis, keys.lock(user.tenant.scope, key))).toMatchObject({ fence: own });
      }
    });
    expect(user.calls).toEqual({ "lock.acquire": 3, "lock.release": 3 });
  });

  test("never wait for each other in a cycle", async () => {
    const all = users(6);
    const inside = new Map<string, number>();
    let most = 0;
    const enter = (key: string, by: 1 | -1) => {
      const count = (inside.get(key) ?? 0) + by;
      inside.set(key, count);
      most = Math.max(most, count);
    };
    const wishes = [
      ["a", "b"],
      ["b", "a"],
      ["b", "c"],
      ["c", "a"],
      ["a", "b", "c"],
      ["c", "b", "a"],
    ];
    const work = all.flatMap((user, position) => {
      const wanted = wishes[position] ?? [];
      return Array.from({ length: 8 }, () =>
        user.lock.using(wanted, { leaseMs: NEVER_MS, waitMs: 15_000 }, async () => {
          for (const key of wanted) enter(key, 1);
          await user.redis.ping();
          for (const key of wanted) enter(key, -1);
        }),
      );
    });
    await Promise.all(work);
    expect(most).toBe(1);
  });

  test("are all given back if a later one is busy", async () => {
    const [holder, user] = users(2);
    const second = await hold(holder, "b", { owner: "cashier" });
    const error = await failure(user.lock.using(["b", "a"], { waitMs: 50 }, () => "never"));
    expect(error).toBeInstanceOf(BusyError);
    expect(error).toMatchObject({ holder: expect.stringMatching(/^cashier\//) });
    expect(await isHeld(user.redis, keys.lock(user.tenant.scope, "a"))).toBe(false);
    second.open();
    await second.done;
  });

  test("may lie in different slots of a cluster", async () => {
    const user = userOn(sharedCluster(), { namespace: freshNamespace() });
    const wanted = Array.from({ length: 10 }, (_, position) => `shelf-${position}`);
    expect(await user.lock.using(wanted, {}, ({ fences }) => fences.size)).toBe(10);
  });
});

describe("lock.using", () => {
  const wrong: { name: string; argument: string; keys: string | string[]; options: object }[] = [
    { name: "no key", argument: "keys", keys: [], options: {} },
    { name: "too many keys", argument: "keys", keys: Array.from({ length: 101 }, String), options: {} },
    { name: "an empty key", argument: "lock", keys: "", options: {} },
    { name: "a key with braces", argument: "lock", keys: ["fine", "{till}"], options: {} },
    { name: "a lease that is too short", argument: "leaseMs", keys: "till", options: { leaseMs: 49 } },
    { name: "a fractional lease", argument: "leaseMs", keys: "till", options: { leaseMs: 100.5 } },
    { name: "a negative wait", argument: "waitMs", keys: "till", options: { waitMs: -1 } },
    {
      name: "a fractional number of replicas",
      argument: "minReplicas",
      keys: "till",
      options: { minReplicas: 0.5 },
    },
    { name: "no time for replicas", argument: "replicaWaitMs", keys: "till", options: { replicaWaitMs: 0 } },
    { name: "an empty owner", argument: "owner", keys: "till", options: { owner: "" } },
  ];

  test.each(wrong)("refuses $name before it sends anything", async ({ argument, keys, options }) => {
    const [user] = users(2);
    const error = await failure(user.lock.using(keys, options, () => "never"));
    expect(error).toMatchObject({ code: "ARGUMENT", argument });
    expect(user.calls).toEqual({});
  });
});
