/** Every default and limit of locks, with the reason for its number. */
export const lockDefaults = {
  leaseMs: {
    value: 10_000,
    because: "Long enough for three renewals, short enough that a crashed holder's lock is soon free.",
  },
  waitMs: {
    value: 5_000,
    because: "Half of the default lease: who waits longer than that waits for a holder in trouble.",
  },
  pollMs: {
    value: 1_000,
    because: "A release wakes who waits; this bounds the wait when its message was lost.",
  },
  cleanupMs: {
    value: 1_000,
    because:
      "For each of two calls that give back what may have been taken; the caller's error waits for them.",
  },
  minLeaseMs: { value: 50, because: "Of less, nothing would be left after a slow answer." },
  maxKeys: { value: 100, because: "They are taken one after the other, each with its own renewals." },
} as const;

/** The longest that a timer of Node can wait. */
export const LONGEST_MS = 2 ** 31 - 1;
