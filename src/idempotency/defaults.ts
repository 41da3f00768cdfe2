import type { DefaultsTable } from "../core/defaults.js";

/** The defaults and limits of idempotent requests, each with the reason for its value. */
export const idempotencyDefaults = {
  leaseMs: {
    value: 30_000,
    because: "Renewals come every 10 s, so one slow call does not end the lease.",
  },
  rememberMs: { value: 86_400_000, because: "A day: clients retry for hours, and rarely for days." },
  waitMs: { value: 0, because: "A caller of HTTP can retry itself, and no connection stays open." },
  onError: { value: "release", because: "Most functions fail before their effect, in a transaction." },
  minPollMs: { value: 50, because: "A short request ends within some tens of ms." },
  maxPollMs: { value: 500, because: "Longer delays would keep a caller waiting after the reply is there." },
  minLeaseMs: { value: 1_000, because: "A shorter lease could end during one slow call to Redis." },
  maxLeaseMs: { value: 86_400_000, because: "A day: longer work should be a job." },
} as const satisfies DefaultsTable;
