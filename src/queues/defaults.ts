import type { DefaultsTable } from "../core/defaults.js";

/** The defaults of expiry queues, each with the reason for its value. */
export const queueDefaults = {
  shards: { value: 16, because: "So many keys hold 1,600,000 items of a tenant, 100,000 each." },
  checkMs: {
    value: 60_000,
    because: "A number that a failover lost is noticed within a minute, for one call a minute.",
  },
} as const satisfies DefaultsTable;
