/** Expiry queues over their shards: `tenant.expiry`. */
export { queueDefaults } from "./defaults.js";
export { createExpiry, type Expiry, type TrackArgs } from "./expiry.js";
export { checkedShards, type QueueOptions, type Queues } from "./options.js";
export { ShardCounts } from "./shard-counts.js";
