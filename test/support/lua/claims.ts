import { nowMs } from "./commands.js";
import { keys, type ShardContext } from "./shard.js";

const hour = 3_600_000;

/** The keys of a queue and of one claim on it. */
export const keysOfSet = ({ scope }: Pick<ShardContext, "scope">, queue: string, claim = "run") => ({
  due: keys.due(scope, queue),
  processing: keys.processing(scope, queue),
  attempts: keys.attempts(scope, queue),
  dead: keys.dead(scope, queue),
  index: keys.slotQueue(scope, queue),
  reasons: keys.deadReason(scope, queue),
  claim: keys.claim(scope, queue, claim),
});

/** Makes items due, in this order, and claims them for an hour. Resolves with the end of the lease. */
export async function claimed(
  context: ShardContext,
  queue: string,
  items: readonly string[],
  claim = "run",
): Promise<number> {
  const { redis, tenant } = context;
  const scores = items.flatMap((item, position) => [position + 1, item]);
  await redis.zadd(keysOfSet(context, queue).due, ...scores);
  const reply = await tenant.expiry.claim({ queue, claim, limit: 100, leaseMs: hour });
  if (reply.outcome !== "claimed") throw new Error(`the claim is ${reply.outcome}`);
  return reply.leaseEndsMs;
}

/** Ends a claim's lease a millisecond ago, by Redis's clock; the claim's key stays. */
export async function endLease(context: ShardContext, queue: string, claim = "run"): Promise<void> {
  const { redis } = context;
  const held = keysOfSet(context, queue, claim);
  const past = (await nowMs(redis)) - 1;
  for (const item of await redis.lrange(held.claim, 1, -1)) await redis.zadd(held.processing, past, item);
  await redis.lset(held.claim, 0, past);
}
