import type { DefaultsTable } from "../core/defaults.js";

/** The defaults and limits of webhooks, each with the reason for its value. */
export const webhookDefaults = {
  toleranceMs: {
    value: 300_000,
    because: "The reference libraries of Standard Webhooks allow five minutes.",
  },
  maxBodyBytes: { value: 262_144, because: "The specification advises less than 20 kB." },
  bodyMs: { value: 10_000, because: "A small body arrives within a second on a slow line." },
  rememberMs: {
    value: 345_600_000,
    because: "Four days: longer than a sender retries by default.",
  },
  leaseMs: { value: 30_000, because: "The default lease of `idempotency.run`; it is renewed meanwhile." },
  maxSignatures: { value: 16, because: "A rotation has two or three. More would only cost time." },
  deadlineMs: { value: 15_000, because: "The specification advises to wait 15 to 30 s for an answer." },
  concurrency: { value: 10, because: "So many connections do not hurt a small receiver." },
  pollMs: { value: 1_000, because: "A webhook leaves within a second after its commit." },
  maxAttempts: { value: 18, because: "With the delays between them they take about three days." },
  retryFirstMs: { value: 5_000, because: "A receiver that restarts is back within seconds." },
  retryMaxMs: { value: 21_600_000, because: "A repaired receiver gets its messages within six hours." },
  retryFactor: { value: 4, because: "Seven attempts in the first two hours, and few after that." },
  leaseMarginMs: {
    value: 15_000,
    because: "After its deadline, a delivery needs only one statement, unless the process is stopped.",
  },
  graceMs: { value: 10_000, because: "Kubernetes kills a process 30 s after SIGTERM." },
  maxListed: { value: 1_000, because: "More rows than a person reads." },
  maxCounted: { value: 100_000, because: "Counting so many rows takes about 20 ms." },
} as const satisfies DefaultsTable;
