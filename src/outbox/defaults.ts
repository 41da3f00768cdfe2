import type { DefaultsTable } from "../core/defaults.js";

/** The defaults and limits of the outbox of invalidations, each with the reason for its value. */
export const outboxDefaults = {
  minReplicas: { value: 0, because: "Replicas are not everywhere. Without them, a failover may lose it." },
  deadlineMs: { value: 1_000, because: "The default of other calls. The relay calls again in any case." },
  pollMs: {
    value: 1_000,
    because: "A notification wakes the relay. This bounds the delay if one was lost.",
  },
  takeoverMs: { value: 1_000, because: "Another relay takes over a second after a process has died." },
  batch: {
    value: 500,
    because: "So many calls at once take a few milliseconds, and are repeated if the relay dies.",
  },
  maxAttempts: {
    value: 10,
    because: "With the delays between them they take about three minutes, longer than most mistakes last.",
  },
  retryFirstMs: { value: 500, because: "Most failures are short, so the first retry comes soon." },
  retryMaxMs: { value: 60_000, because: "A repaired key is invalidated within a minute." },
  limitMs: { value: 10_000, because: "The same limit as that of a statement of `inTransaction`." },
  graceMs: { value: 10_000, because: "Kubernetes kills a process 30 s after SIGTERM." },
  maxRetries: { value: 64, because: "A server that is away gets few calls besides those of new rows." },
  openFirstMs: { value: 5, because: "Most transactions that the relay waits for end within milliseconds." },
  openMaxMs: { value: 50, because: "Twenty small queries a second while a long transaction is open." },
  maxTenants: { value: 1_000, because: "About a megabyte for the functions of tenants." },
  rowsAtOnce: { value: 1_000, because: "A statement of about 200 kB." },
  maxCounted: { value: 100_000, because: "Counting so many rows takes about 20 ms." },
  maxListed: { value: 1_000, because: "More rows than a person reads." },
} as const satisfies DefaultsTable;
