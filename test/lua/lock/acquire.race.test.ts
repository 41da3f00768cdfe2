import { expect, test } from "vitest";
import { createScriptClient, type Script } from "../../../src/client/index.js";
import {
  type LockAcquireArgs,
  type LockAcquireReply,
  type LockReleaseArgs,
  type LockReleaseReply,
  scripts,
} from "../../../src/index.js";
import { connections } from "../../support/lua/connections.js";
import { without } from "../../support/lua/mutated.js";
import { freshNamespace } from "../../support/redis.js";

const { acquire, release } = scripts.lock;

type Scripts = {
  readonly acquire: Script<LockAcquireArgs, LockAcquireReply>;
  readonly release: Script<LockReleaseArgs, LockReleaseReply>;
};

const rounds = 10;

/**
 * Owners on connections of their own fight for one lock; each holds it over a round trip before
 * letting go.
 */
async function race(lock: Scripts) {
  const namespace = freshNamespace();
  const owners = await connections(8);
  let inside = 0;
  let most = 0;
  const fences: number[] = [];
  await Promise.all(
    owners.map(async (redis, position) => {
      const client = createScriptClient(redis, { lock }, { namespace, deadlineMs: 15_000 });
      for (let left = rounds; left > 0; ) {
        const mine = { lock: "till", owner: `owner-${position}-${left}` };
        const reply = await client.tenant("acme").lock.acquire({ ...mine, leaseMs: 60_000_000, waits: true });
        if (reply.outcome === "ended") throw new Error("an owner ended before it held the lock");
        if (reply.outcome === "busy") {
          // A client that does not hold the lock tries to release it. The guard refuses that.
          await client.tenant("acme").lock.release({ lock: "till", owner: `other-${position}`, fence: 1 });
          continue;
        }
        most = Math.max(most, ++inside);
        fences.push(reply.fence);
        await redis.ping();
        inside--;
        left--;
        await client.tenant("acme").lock.release({ ...mine, fence: reply.fence });
      }
    }),
  );
  const rising = fences.every((fence, position) => position === 0 || fence > (fences[position - 1] ?? 0));
  return { most, grants: fences.length, rising };
}

test("one owner at a time holds the lock, and every grant has a higher fence", async () => {
  expect(await race({ acquire, release })).toEqual({ most: 1, grants: 8 * rounds, rising: true });
});

test("several owners hold the lock if lock.acquire does not compare the owner", async () => {
  const guardless = without(acquire, "if holder == owner then", "if is_held then");
  expect((await race({ acquire: guardless, release })).most).toBeGreaterThan(1);
});

test("several owners hold the lock if lock.acquire does not check for a holder", async () => {
  const guardless = without(acquire, 'state ~= "released" and now_ms < lease_ends_ms', "false");
  expect((await race({ acquire: guardless, release })).most).toBeGreaterThan(1);
});

test("fences do not rise if lock.acquire does not add 1 to the last fence", async () => {
  const guardless = without(
    acquire,
    "if fence and fence >= clock_us then new_fence = fence + 1",
    "if fence then new_fence = fence",
  );
  const { most, rising } = await race({ acquire: guardless, release });
  expect(most).toBe(1);
  expect(rising).toBe(false);
});

test("any client can release the lock if lock.release does not check owner and fence", async () => {
  const guardless = without(
    release,
    "if holder ~= owner then",
    "owner, fence = holder, stored_fence if false then",
  );
  expect((await race({ acquire, release: guardless })).most).toBeGreaterThan(1);
});
