/** Keeps a text out of the types: the declarations would repeat each of them. */
const text = (help: string): string => help;

/** What Redis says of itself. Each process exports the same figures, so several are not added. */
const ofRedis = { labels: [], prefix: "redis_", registeredBy: "redisMetrics", aggregator: "max" } as const;

/** The metrics that `redisMetrics` registers. On a cluster, each is the sum over all masters. */
export const redisRows = {
  redis_commands_processed_total: {
    ...ofRedis,
    type: "counter",
    help: text("Commands that Redis has processed."),
    unit: "calls",
  },
  redis_keyspace_hits_total: {
    ...ofRedis,
    type: "counter",
    help: text("Lookups of keys that Redis has found."),
    unit: "requests",
  },
  redis_keyspace_misses_total: {
    ...ofRedis,
    type: "counter",
    help: text("Lookups of keys that Redis has not found."),
    unit: "requests",
  },
  redis_evicted_keys_total: {
    ...ofRedis,
    type: "counter",
    help: text("Keys that Redis has removed because of maxmemory."),
    unit: "keys",
  },
  redis_memory_used_bytes: {
    ...ofRedis,
    type: "gauge",
    help: text("Memory that Redis uses."),
    unit: "bytes",
  },
  redis_memory_max_bytes: {
    ...ofRedis,
    type: "gauge",
    help: text("The setting maxmemory; 0 without a limit."),
    unit: "bytes",
  },
  redis_connected_clients: {
    ...ofRedis,
    type: "gauge",
    help: text("Connections of clients."),
    unit: "connections",
  },
  redis_max_clients: {
    ...ofRedis,
    type: "gauge",
    help: text("The setting maxclients."),
    unit: "connections",
  },
  redis_blocked_clients: {
    ...ofRedis,
    type: "gauge",
    help: text("Connections that wait in a blocking command."),
    unit: "connections",
  },
} as const;
