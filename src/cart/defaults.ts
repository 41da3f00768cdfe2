import type { DefaultsTable } from "../core/defaults.js";

/** The defaults and limits of whole carts, each with the reason for its value. */
export const cartDefaults = {
  rememberMs: {
    value: 86_400_000,
    because: "A day: a late payment or a repeated message comes within hours.",
  },
  prepareLimitMs: {
    value: 10_000,
    because: "An attempt takes some milliseconds, so a caller that needs 10 s has stopped.",
  },
  ifExpired: { value: "refuse", because: "A shop must decide by itself to sell what it no longer holds." },
  maxLines: { value: 100, because: "It bounds the time for which one script blocks Redis." },
  maxSwept: { value: 100, because: "It is the limit of stock.sweep." },
  maxReserveCalls: {
    value: 10,
    because: "One call closes 100 ended leases; 1,000 of one product are more than a busy shop has at once.",
  },
} as const satisfies DefaultsTable;

/** The defaults of the worker of carts. */
export const cartWorkerDefaults = {
  concurrency: { value: 16, because: "Few carts need the worker, and services keep most of the server." },
  retryMs: { value: 5_000, because: "A worker that stops delays a cart by no more than this." },
  minReplicas: { value: 0, because: "As in every call: the primary's reply is enough." },
  graceMs: { value: 10_000, because: "Kubernetes kills a process 30 s after SIGTERM." },
} as const satisfies DefaultsTable;
