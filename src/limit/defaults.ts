import type { DefaultsTable } from "../core/defaults.js";

/** The defaults and limits of rate limits and permits, each with the reason for its value. */
export const limitDefaults = {
  cost: { value: 1, because: "Most limits count calls." },
  rememberMs: {
    value: 10_000,
    because: "No copy of a call that ends after 50 ms is so late. A later one takes a unit too many.",
  },
  onUnavailable: {
    value: "{ local: 1 }",
    because: "The shop stays open, and each process still has a limit.",
  },
  timeoutMs: {
    value: 50,
    because: "Redis answers within a millisecond, and a visitor hardly notices 50.",
  },
  retryAfterMs: {
    value: 1_000,
    because: "Without Redis nobody knows when a limit has units again. A second spreads the retries.",
  },
  maxFailures: {
    value: 5,
    because: "A few lost calls say little; after five, each further wait of 50 ms tells nothing new.",
  },
  maxNodes: { value: 1_000, because: "Redis Cluster is made for at most so many nodes." },
  minLocalShare: {
    value: 0.0001,
    because: "10,000 processes may share a limit. A smaller share allows hardly any call.",
  },
  maxLocalNames: {
    value: 10_000,
    because: "About 2 MB. Above that, the name that was used longest ago starts anew.",
  },
  maxLimits: { value: 8, because: "The scripts keep so many limits of a name." },
  maxUnitsPerMs: {
    value: 10,
    because: "The time of a unit is whole microseconds, so above that, rounding lowers a quota by over 1 %.",
  },
  leaseMs: {
    value: 10_000,
    because: "It allows three renewals, and the permit of a crashed holder is free soon.",
  },
  waitMs: { value: 5_000, because: "Half of the default lease: a longer wait shows too few permits." },
  firstPollMs: { value: 20, because: "Work under a permit often takes less than that." },
  maxPollMs: { value: 500, because: "Many callers may wait at the same time, and each asks Redis." },
  cleanupMs: {
    value: 1_000,
    because: "One call gives back what may have been acquired, and the caller's error waits for it.",
  },
  minLeaseMs: { value: 50, because: "A slow reply would use up a shorter lease." },
} as const satisfies DefaultsTable;
