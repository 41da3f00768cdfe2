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
  maxSleepMs: { value: 60_000, because: "It bounds the delay of an item whose wake message was lost." },
  graceMs: { value: 10_000, because: "Kubernetes kills a process 30 s after SIGTERM." },
  abortGraceMs: { value: 1_000, because: "A handler that obeys its signal ends within a second." },
  maxLimit: { value: 250, because: "A claim of 250 items blocks Redis for less than 2 ms." },
  minLeaseMs: { value: 10, because: "A shorter lease ends before its claim's reply arrives." },
} as const satisfies DefaultsTable;

/** The default and the limit of `redrive`. */
export const redriveDefaults = {
  limit: { value: 10_000, because: "Forty calls to Redis; a larger queue is redriven in several steps." },
  pageSize: { value: 250, because: "The scripts accept at most 250 items in one call." },
} as const satisfies DefaultsTable;

/** The times of reservations and their sweeper. */
export const reservationDefaults = {
  recheckMs: {
    value: 60_000,
    because: "`reserve` writes its reservation well within a minute after it has tracked the product.",
  },
  retryMs: { value: 1_000, because: "A failed sweep delays the return of units by a second." },
  pageSize: { value: 250, because: "It bounds the run time of one `stock.sweep`." },
  maxPages: { value: 1_000, because: "250,000 reservations; the next sweep continues." },
} as const satisfies DefaultsTable;
