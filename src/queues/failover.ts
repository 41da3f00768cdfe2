import type { RedisLike } from "../client/index.js";
import type { ShardCounts } from "./shard-counts.js";

/** Events of a connection and of a cluster after which other servers may answer. */
const failoverEvents = ["ready", "+node", "-node"];

/** Reads the numbers of shards again after a failover. Returns a function that ends this. */
export function recheckAfterFailover(redis: RedisLike, counts: ShardCounts): () => void {
  const recheck = () => counts.recheck();
  for (const event of failoverEvents) redis.on(event, recheck);
  return () => {
    for (const event of failoverEvents) redis.off(event, recheck);
  };
}
