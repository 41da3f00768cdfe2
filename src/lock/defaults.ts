/** The defaults and limits of locks, each with the reason for its number. */
export const lockDefaults = {
  leaseMs: {
    value: 10_000,
    because: "Long enough for three renewals, short enough that a crashed holder's lock is soon free.",
  },
  waitMs: {
    value: 5_000,
    because: "Half of the default lease: a longer wait usually means that the holder has a problem.",
  },
  pollMs: {
    value: 1_000,
    because: "A release wakes the waiters; this bounds the wait when its message was lost.",
  },
  cleanupMs: {
    value: 1_000,
    because:
      "For each of two calls that release what may have been taken; the caller's error waits for them.",
  },
  minLeaseMs: { value: 50, because: "A slow reply would leave nothing of a shorter lease." },
  maxKeys: { value: 100, because: "They are acquired one after the other, each with its own renewals." },
} as const;
