import type { DefaultsTable } from "../core/defaults.js";

/** The defaults and limits of workers for due items, each with the reason for its value. */
export const expiryDefaults = {
  limit: { value: 100, because: "One claim costs one call, and a batch of 100 rows suits a database." },
  leaseMs: {
    value: 30_000,
    because: "Renewals come every 10 s, so one slow call does not end the lease.",
  },
  maxAttempts: {
    value: 5,
    because: "With the delays below they take about 85 s, longer than most short outages.",
  },
  retryFirstMs: { value: 1_000, because: "Most failures are short, so the first retry comes soon." },
  retryMaxMs: { value: 900_000, because: "15 minutes: a repaired dependency is used again soon." },
  retryFactor: { value: 4, because: "A factor of 4 reaches the maximum delay after six failures." },
  concurrency: { value: 32, because: "Claims at once: enough for 10,000 tenants that fall due at one time." },
  graceMs: { value: 10_000, because: "Kubernetes kills a process 30 s after SIGTERM." },
  maxLimit: { value: 100, because: "It bounds the time for which one claim blocks Redis." },
  discardLimit: {
    value: 100,
    because: "One call discards so many dead items, and takes under a millisecond.",
  },
  minLeaseMs: { value: 10, because: "A shorter lease ends before its claim's reply arrives." },
} as const satisfies DefaultsTable;

/** The default and the limit of `redrive`. */
export const redriveDefaults = {
  limit: { value: 10_000, because: "A hundred calls to Redis; a larger queue is redriven in several steps." },
  pageSize: { value: 100, because: "The scripts accept at most 100 items in one call." },
} as const satisfies DefaultsTable;

/** The defaults of the sweeper of reservations. */
export const reservationDefaults = {
  limit: { value: 100, because: "One call takes less than a millisecond of the server's time." },
  concurrency: { value: 32, because: "It keeps a server busy, and leaves room for the calls of services." },
  graceMs: { value: 10_000, because: "Kubernetes kills a process 30 s after SIGTERM." },
} as const satisfies DefaultsTable;
