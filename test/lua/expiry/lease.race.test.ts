import { expect, test } from "vitest";
import { createScriptClient } from "../../../src/client/index.js";
import { keys, scripts } from "../../../src/index.js";
import { nowMs } from "../../support/lua/commands.js";
import { connections } from "../../support/lua/connections.js";
import { without } from "../../support/lua/mutated.js";
import { freshNamespace } from "../../support/redis.js";

type Expiry = typeof scripts.expiry;

const queue = "offers";
const hour = 3_600_000;
const items = Array.from({ length: 120 }, (_, position) => `offer-${position}`);

/**
 * One worker sleeps past its lease. Then it acknowledges, returns, dead-letters and renews the items
 * that it had, while two other workers get these items and work on them.
 */
async function overslept(expiry: Expiry) {
  const namespace = freshNamespace();
  const scope = { namespace, tenant: "acme" };
  const redises = await connections(6);
  const workers = redises.map(
    (redis) => createScriptClient(redis, { expiry }, { namespace, deadlineMs: 15_000 }).tenant("acme").expiry,
  );
  const [redis, worker] = [redises[0], workers[0]];
  if (!redis || !worker) throw new Error("no connection");
  const processing = keys.processing(scope, queue);
  await redis.zadd(keys.due(scope, queue), ...items.flatMap((item, position) => [position + 1, item]));
  await worker.claim({ queue: queue, claim: "slept", limit: items.length, leaseMs: hour });
  // The lease is over, and the claim's key not gone yet.
  const past = (await nowMs(redis)) - 1;
  await redis.zadd(processing, ...items.flatMap((item) => [past, item]));
  await redis.zadd(keys.claim(scope, queue, "slept"), past, "");

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
    if ((await worker.renew({ ...late, leaseMs: 1 })).outcome !== "lost") accepted++;
  };
  const other = async (one: typeof worker, name: string, limit = 5, rounds = items.length) => {
    for (let round = 0; round < rounds; round++) {
      const reply = await one.claim({ queue: queue, claim: `${name}-${round}`, limit, leaseMs: hour });
      if (reply.outcome === "idle") break;
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

test.each(["ack", "retry", "deadLetter"] as const)(
  "expiry.%s changes items of other workers if it does not check the lease",
  async (operation) => {
    const guard = "if not claim_lease(claim_key) then";
    const { ack, retry, deadLetter } = scripts.expiry;
    const guardless = {
      ack: () => ({ ack: without(ack, guard, "if false then") }),
      retry: () => ({ retry: without(retry, guard, "if false then") }),
      deadLetter: () => ({ deadLetter: without(deadLetter, guard, "if false then") }),
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
    const one = client.tenant("acme").expiry;
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
