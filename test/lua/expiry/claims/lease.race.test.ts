import { expect, test } from "vitest";
import { createScriptClient, type Script } from "../../../../src/client/index.js";
import { scripts } from "../../../../src/index.js";
import { nowMs } from "../../../support/lua/commands.js";
import { connections } from "../../../support/lua/connections.js";
import { without } from "../../../support/lua/mutated.js";
import { inShard, keys, type ShardScripts } from "../../../support/lua/shard.js";
import { freshNamespace } from "../../../support/redis.js";

type Expiry = typeof scripts.expiry;
type Operations = ShardScripts;

const queue = "offers";
const hour = 3_600_000;
const items = Array.from({ length: 96 }, (_, position) => `offer-${position}`);

/**
 * One worker sleeps past its lease. Then it acknowledges, returns, dead-letters and renews the items
 * that it had, while two other workers get these items and work on them.
 */
async function overslept(expiry: Expiry) {
  const namespace = freshNamespace();
  const scope = { namespace, tenant: "acme" };
  const redises = await connections(6);
  const workers = redises.map((redis) =>
    inShard(createScriptClient(redis, { expiry }, { namespace, deadlineMs: 15_000 }).tenant("acme").expiry),
  );
  const [redis, worker] = [redises[0], workers[0]];
  if (!redis || !worker) throw new Error("no connection");
  const processing = keys.processing(scope, queue);
  await redis.zadd(keys.due(scope, queue), ...items.flatMap((item, position) => [position + 1, item]));
  await worker.claim({ queue: queue, claim: "slept", limit: items.length, leaseMs: hour });
  // The lease is over, and the claim's key not gone yet.
  const past = (await nowMs(redis)) - 1;
  await redis.zadd(processing, ...items.flatMap((item) => [past, item]));
  await redis.lset(keys.claim(scope, queue, "slept"), 0, past);

  const [acker = worker, retrier = worker, fourth = worker, ...others] = workers;
  const late = { queue, claim: "slept" };
  let accepted = 0;
  const having = new Map<string, number>();
  const sleeper = async () => {
    for (let from = 0; from < items.length; from += 12) {
      const part = (offset: number) => items.slice(from + offset, from + offset + 4);
      const replies = await Promise.all([
        acker.ack({ ...late, items: part(0) }),
        retrier.retry({ ...late, items: part(4), delayMs: 1 }),
        fourth.deadLetter({ ...late, items: part(8), reason: "too slow" }),
      ]);
      accepted += replies.filter(({ outcome }) => outcome !== "lost").length;
    }
    if ((await worker.renew({ ...late, leaseEndsMs: past, leaseMs: 1 })).outcome !== "lost") accepted++;
  };
  const other = async (one: typeof worker, name: string, limit = 5, rounds = items.length) => {
    for (let round = 0; round < rounds; round++) {
      const reply = await one.claim({ queue: queue, claim: `${name}-${round}`, limit, leaseMs: hour });
      if (reply.outcome !== "claimed") break;
      for (const { item } of reply.items) having.set(item, (having.get(item) ?? 0) + 1);
    }
  };
  // Some of the items are somebody else's before the sleeper wakes, the others change hands while
  // it speaks.
  await other(worker, "first", 24, 1);
  await Promise.all([sleeper(), ...others.slice(0, 2).map((one, position) => other(one, `run-${position}`))]);
  // Whatever was given back is handed out in the end.
  await other(worker, "last");
  const twice = [...having.values()].filter((times) => times > 1).length;
  const theirs = await redis.zcount(processing, await nowMs(redis), "+inf");
  return { accepted, had: having.size, twice, theirs };
}

test("a worker with an expired lease cannot end or return items that others have claimed", async () => {
  const books = { accepted: 0, had: items.length, twice: 0, theirs: items.length };
  expect(await overslept(scripts.expiry)).toEqual(books);
});

/** The script that checks neither the lease of the claim nor that of its items. */
function withoutLeases<Args, Reply>(script: Script<Args, Reply>): Script<Args, Reply> {
  const ofClaim = without(script, "if not lease_ends or lease_ends < now then", "if false then");
  return without(ofClaim, "tonumber(leases[position]) == lease_ends", "true");
}

test.each(["ack", "retry", "deadLetter"] as const)(
  "expiry.%s changes items of other workers if it checks neither lease",
  async (operation) => {
    const { ack, retry, deadLetter } = scripts.expiry;
    const guardless = {
      ack: () => ({ ack: withoutLeases(ack) }),
      retry: () => ({ retry: withoutLeases(retry) }),
      deadLetter: () => ({ deadLetter: withoutLeases(deadLetter) }),
    }[operation]();
    const { accepted, theirs, twice } = await overslept({ ...scripts.expiry, ...guardless });
    expect(accepted).toBeGreaterThan(0);
    expect(theirs < items.length || twice > 0).toBe(true);
  },
);

test("expiry.redrive runs a finished item again if expiry.track does not end its earlier life", async () => {
  const outcomeAfter = async (expiry: Expiry) => {
    const namespace = freshNamespace();
    const [redis] = await connections(1);
    if (!redis) throw new Error("no connection");
    const client = createScriptClient(redis, { expiry }, { namespace, deadlineMs: 15_000 });
    const one = inShard(client.tenant("acme").expiry);
    const claim = (name: string) => ({ queue, claim: name, limit: 1, leaseMs: hour });
    const offer = { queue, item: "offer", dueMs: 1 };
    await one.track(offer);
    await one.claim(claim("first"));
    await one.deadLetter({ queue, claim: "first", items: ["offer"], reason: "no such offer" });
    await one.track(offer);
    await one.claim(claim("second"));
    await one.ack({ queue, claim: "second", items: ["offer"] });
    await one.redrive({ queue, items: ["offer"] });
    return (await one.claim(claim("third"))).outcome;
  };
  expect(await outcomeAfter(scripts.expiry)).toBe("idle");
  const track = without(
    scripts.expiry.track,
    'local is_dead = redis.call("ZSCORE", dead, item)',
    "local is_dead = false",
  );
  expect(await outcomeAfter({ ...scripts.expiry, track })).toBe("claimed");
});

/**
 * A worker's claim key comes back after its lease, as after a failover to a replica whose clock is
 * behind. Another worker has claimed the items. How many of them does it keep?
 */
async function keptAfterRevival(expiry: Expiry, speak: (one: Operations) => Promise<unknown>) {
  const namespace = freshNamespace();
  const scope = { namespace, tenant: "acme" };
  const [redis] = await connections(1);
  if (!redis) throw new Error("no connection");
  const one = inShard(
    createScriptClient(redis, { expiry }, { namespace, deadlineMs: 15_000 }).tenant("acme").expiry,
  );
  const processing = keys.processing(scope, queue);
  const claimKey = keys.claim(scope, queue, "revived");
  await redis.zadd(keys.due(scope, queue), 1, "a", 2, "b");
  await one.claim({ queue, claim: "revived", limit: 2, leaseMs: hour });
  const revived = await redis.dumpBuffer(claimKey);
  await redis.zadd(processing, 1, "a", 1, "b");
  await redis.del(claimKey);
  const other = await one.claim({ queue, claim: "other", limit: 2, leaseMs: 2 * hour });
  if (!revived || other.outcome !== "claimed") throw new Error("nothing was claimed");
  await redis.restore(claimKey, hour, revived);
  await speak(one);
  return redis.zcount(processing, other.leaseEndsMs, other.leaseEndsMs);
}

const spoken = { queue, claim: "revived", items: ["a", "b"] };

test.each([
  { name: "ack" as const, speak: (one: Operations) => one.ack(spoken) },
  { name: "retry" as const, speak: (one: Operations) => one.retry({ ...spoken, delayMs: 1 }) },
  { name: "deadLetter" as const, speak: (one: Operations) => one.deadLetter({ ...spoken, reason: "slow" }) },
])("expiry.$name of a claim that comes back changes no item of another worker", async ({ name, speak }) => {
  expect(await keptAfterRevival(scripts.expiry, speak)).toBe(2);
  const guard = "elseif position > 1 and tonumber(leases[position]) == lease_ends then";
  const unguarded = {
    [name]: without<Script<never, unknown>>(scripts.expiry[name], guard, "elseif position > 1 then"),
  };
  expect(await keptAfterRevival({ ...scripts.expiry, ...unguarded }, speak)).toBe(0);
});

test("expiry.renew of a claim that comes back takes no item from another worker", async () => {
  const speak = async (one: Operations) => {
    const known = await one.claim({ queue, claim: "revived", limit: 1, leaseMs: 1 });
    expect(known).toMatchObject({ outcome: "claimed", items: [] });
    if (known.outcome !== "claimed") return;
    const { leaseEndsMs } = known;
    await one.renew({ queue, claim: "revived", leaseEndsMs, leaseMs: 9 * hour });
  };
  expect(await keptAfterRevival(scripts.expiry, speak)).toBe(2);
  const guard = "if position > 1 and tonumber(leases[position]) == stored_end then";
  const renew = without(scripts.expiry.renew, guard, "if position > 1 then");
  expect(await keptAfterRevival({ ...scripts.expiry, renew }, speak)).toBe(0);
});
