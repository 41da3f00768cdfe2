import type { DefaultsTable } from "../core/defaults.js";

/** The defaults and limits of `countViews`, each with the reason for its value. */
export const counterDefaults = {
  flushMs: { value: 1_000, because: "A crash loses the views of a second at most." },
  maxProducts: { value: 100, because: "The script accepts at most 100 products, so that Redis stays free." },
  maxBatches: { value: 500, because: "50,000 products may wait while Redis is away, some MB of memory." },
  rememberMs: { value: 600_000, because: "Redis is usually back within ten minutes." },
  graceMs: {
    value: 5_000,
    because: "The last batches need few calls; without Redis, waiting does not help.",
  },
} as const satisfies DefaultsTable;

/** The defaults and limits of `createViewSync`, each with the reason for its value. */
export const syncDefaults = {
  limit: { value: 100, because: "The script takes at most 100 products, so that Redis stays free." },
  concurrency: { value: 4, because: "Four transactions leave most of a pool of 10 connections free." },
  graceMs: { value: 10_000, because: "Kubernetes kills a process 30 s after SIGTERM." },
  maxRoundBatches: { value: 1_000, because: "A round must end even if views arrive faster than it works." },
} as const satisfies DefaultsTable;
