import type { DefaultsTable } from "../core/defaults.js";

/** The defaults and limits of versions, each with the reason for its value. */
export const versionDefaults = {
  timeoutMs: { value: 250, because: "As caches: a request without a tag costs less than a longer wait." },
  writeMs: {
    value: 30_000,
    because: "Requests end before it. If a process dies during a write, there is no tag for so long.",
  },
  endTimeoutMs: { value: 1_000, because: "The end of a write is worth a longer wait; then it is repeated." },
  recentMs: { value: 30_000, because: "A failover takes less, and replicas lag by less." },
  maxRecent: { value: 10_000, because: "About 2 MB of names." },
  maxPending: { value: 100_000, because: "About 20 MB of names, while Redis is away." },
} as const satisfies DefaultsTable;
