import type { Redis } from "ioredis";
import { keys } from "../../../src/index.js";

/** The number of views in some shards that are counted and not yet taken. */
export async function countedViews(
  redis: Redis,
  namespace: string,
  shards: readonly string[],
): Promise<number> {
  const scope = { namespace, tenant: "shop" };
  const counts = await Promise.all(shards.map((shard) => redis.hvals(keys.views(scope, shard))));
  return counts.flat().reduce((sum, count) => sum + Number(count), 0);
}
