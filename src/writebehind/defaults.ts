import type { DefaultsTable } from "../core/defaults.js";

/** The defaults and limits of `createWriteQueue`, each with the reason for its value. */
export const writeQueueDefaults = {
  maxWrites: { value: 10_000, because: "160,000 writes in all shards: a database makes them in minutes." },
  maxBytes: { value: 16_777_216, because: "256 MiB in all shards at most, a part of a small server." },
  flushWrites: { value: 100, because: "A full batch needs no longer wait." },
  rememberMs: { value: 600_000, because: "Redis is usually back within ten minutes." },
} as const satisfies DefaultsTable;

/** The defaults and limits of `createWriteBehind`, each with the reason for its value. */
export const writeBehindDefaults = {
  flushMs: { value: 10_000, because: "Many writes of a key become one; the database is 10 s old at most." },
  limit: { value: 100, because: "The script takes at most 100 writes, so that Redis stays free." },
  maxBatchBytes: { value: 1_048_576, because: "Redis sends a megabyte in about a millisecond." },
  concurrency: { value: 4, because: "Four transactions leave most of a pool of 10 connections free." },
  maxAttempts: {
    value: 5,
    because: "An outage of half a minute passes before single writes are refused.",
  },
  minReplicas: { value: 0, because: "As in every call: the primary's reply is enough." },
  firstRetryMs: { value: 1_000, because: "A restart of a database takes some seconds." },
  maxRetryMs: { value: 60_000, because: "After an outage, the queue is flushed within a minute." },
  graceMs: { value: 10_000, because: "Kubernetes kills a process 30 s after SIGTERM." },
  maxRoundBatches: { value: 1_000, because: "A round must end even if writes arrive faster than it works." },
} as const satisfies DefaultsTable;
