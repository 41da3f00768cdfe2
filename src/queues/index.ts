/** Expiry queues over their shards: `tenant.expiry`. */
export { queueDefaults } from "./defaults.js";
export { createExpiry, type Expiry } from "./expiry.js";
export { recheckAfterFailover } from "./failover.js";
export { checkedShards, type QueueOptions, type Queues } from "./options.js";
export { ShardCounts } from "./shard-counts.js";
export type { Track, TrackArgs } from "./track.js";
