import type { Redis } from "ioredis";
import { keys } from "../../../src/index.js";
import { nowMs } from "./commands.js";
import type { TestTenant } from "./tenants.js";

const hour = 3_600_000;

/** The keys of a set of items and of one claim on it. */
export const keysOfSet = ({ scope }: TestTenant<Redis>, set: string, claim = "run") => ({
  due: keys.due(scope, set),
  processing: keys.processing(scope, set),
  attempts: keys.attempts(scope, set),
  dead: keys.dead(scope, set),
  reasons: keys.deadReason(scope, set),
  claim: keys.claim(scope, set, claim),
});

/** Makes items due, in this order, and claims them for an hour. */
export async function claimed(
  context: TestTenant<Redis>,
  set: string,
  items: readonly string[],
  claim = "run",
): Promise<void> {
  const { redis, tenant } = context;
  const scores = items.flatMap((item, position) => [position + 1, item]);
  await redis.zadd(keysOfSet(context, set).due, ...scores);
  await tenant.expiry.claim({ set, claim, limit: 1_000, leaseMs: hour });
}

/** Ends a claim's lease a millisecond ago, by Redis's clock; the claim's key stays. */
export async function endLease(context: TestTenant<Redis>, set: string, claim = "run"): Promise<void> {
  const { redis } = context;
  const held = keysOfSet(context, set, claim);
  const past = (await nowMs(redis)) - 1;
  for (const item of await redis.zrange(held.claim, "0", "-2")) {
    await redis.zadd(held.processing, past, String(item));
  }
  await redis.zadd(held.claim, past, "");
}
