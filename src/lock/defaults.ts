import type { DefaultsTable } from "../core/defaults.js";

/** The defaults and limits of locks, each with the reason for its value. */
export const lockDefaults = {
  leaseMs: {
    value: 10_000,
    because: "It allows three renewals, and a crashed holder's lock is free soon.",
  },
  waitMs: {
    value: 5_000,
    because: "Half of the default lease: after a longer wait the holder usually has a problem.",
  },
  minReplicas: { value: 0, because: "On a server without replicas, a higher number would fail every call." },
  pollMs: {
    value: 1_000,
    because: "A release wakes the waiters. This bounds the wait if its message was lost.",
  },
  cleanupMs: {
    value: 1_000,
    because: "One call releases what may have been acquired, and the caller's error waits for it.",
  },
  maxOwnerBytes: { value: 200, because: "The client adds a unique part, and scripts accept 256 bytes." },
  minLeaseMs: { value: 50, because: "A slow reply would use up a shorter lease." },
  maxKeys: { value: 100, because: "`using` acquires them one by one, and renews each of them." },
} as const satisfies DefaultsTable;
