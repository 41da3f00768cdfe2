import { describe, expect, test } from "vitest";
import type { Script } from "../../src/client/index.js";
import { createScriptClient } from "../../src/client/index.js";
import { type LockAcquireArgs, type LockAcquireReply, scripts } from "../../src/index.js";
import { createLock, type Lock } from "../../src/lock/index.js";
import { WaitQueues } from "../../src/lock/wait-queues.js";
import { userOn, users } from "../support/lock.js";
import { without } from "../support/lua/mutated.js";
import { freshNamespace, sharedCluster, sharedRedis } from "../support/redis.js";

const rounds = 3;

/** Fifty users over five connections, each inside for a round trip. */
async function race(locks: readonly Lock[], roundTrip: () => Promise<unknown>) {
  let inside = 0;
  let most = 0;
  const fences: number[] = [];
  const user = async (position: number) => {
    for (let round = 0; round < rounds; round++) {
      await locks[position % locks.length]?.using("till", { waitMs: 15_000 }, async ({ fence }) => {
        most = Math.max(most, ++inside);
        fences.push(fence);
        await roundTrip();
        inside--;
      });
    }
  };
  await Promise.all(Array.from({ length: 50 }, (_, position) => user(position)));
  const rising = fences.every((fence, position) => position === 0 || fence > (fences[position - 1] ?? 0));
  return { most, grants: fences.length, rising };
}

describe("a lock that fifty users want", () => {
  test("has one holder at a time, and rising fences", async () => {
    const all = users(5, { pollMs: 1_000 });
    const locks = all.map((user) => user.lock);
    const probe = sharedRedis();
    expect(await race(locks, () => probe.ping())).toEqual({ most: 1, grants: 50 * rounds, rising: true });
    // Each grant is asked for once and at most once more by each process's first in line.
    const asked = all.reduce((sum, { calls }) => sum + (calls["lock.acquire"] ?? 0), 0);
    expect(asked).toBeLessThan(50 * rounds * 12);
  });

  test("has one holder at a time on a cluster too", async () => {
    const namespace = freshNamespace();
    const locks = [1, 2].map(() => userOn(sharedCluster(), { namespace, pollMs: 1_000 }).lock);
    const probe = sharedRedis();
    expect(await race(locks, () => probe.ping())).toEqual({ most: 1, grants: 50 * rounds, rising: true });
  });

  test("has several holders at a time if its script does not compare owners", async () => {
    const acquire: Script<LockAcquireArgs, LockAcquireReply> = without(
      scripts.lock.acquire,
      'state ~= "released" and now_ms < lease_ends_ms',
      "false",
    );
    const namespace = freshNamespace();
    const locks = Array.from({ length: 5 }, () => {
      const client = createScriptClient(sharedRedis(), { lock: { ...scripts.lock, acquire } }, { namespace });
      const waitQueues = new WaitQueues(client.listen);
      const { lock } = client.tenant("acme");
      return createLock({ scope: { namespace, tenant: "acme" }, scripts: lock, waitQueues });
    });
    const probe = sharedRedis();
    expect((await race(locks, () => probe.ping())).most).toBeGreaterThan(1);
  });
});
