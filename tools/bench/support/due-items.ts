import { keys } from "../../../src/index.js";
import type { Ground } from "../benchmark.js";

/** The benchmark fills one shard, so that all items are in one key. */
export const queueShard = "0";
const CHUNK = 10_000;
const HOUR_MS = 3_600_000;

/** Makes items due in a queue, as `track` writes them. Returns their names. */
export async function makeDue({ redis, acme }: Ground, set: string, count: number): Promise<string[]> {
  const offers = Array.from({ length: count }, (_, index) => `due-${index}`);
  await redis.zadd(
    keys.due(acme.scope, set, queueShard),
    ...offers.flatMap((offer, index) => [index + 1, offer]),
  );
  const index = keys.slotQueue(acme.scope, set, queueShard);
  await redis.zadd(index, 1, `${acme.scope.tenant}:${set}:${queueShard}`);
  return offers;
}

/** Adds offers that end in more than an hour, as `track` writes them, ten thousand at a time. */
export async function trackLater({ redis, acme }: Ground, set: string, count: number): Promise<void> {
  const from = Date.now() + HOUR_MS;
  for (let start = 0; start < count; start += CHUNK) {
    const length = Math.min(CHUNK, count - start);
    const pairs = Array.from({ length }, (_, index) => [from + start + index, `later-${start + index}`]);
    await redis.zadd(keys.due(acme.scope, set, queueShard), ...pairs.flat());
  }
}
