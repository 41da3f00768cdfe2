import type { DefaultsTable } from "../core/defaults.js";

/** The defaults and limits of a scheduler, each with the reason for its value. */
export const schedulerDefaults = {
  name: { value: "scheduler", because: "Most tenants have one scheduler." },
  leaseMs: { value: 10_000, because: "Another process takes over within 10 s after a crash." },
  graceMs: { value: 10_000, because: "Kubernetes kills a process 30 s after SIGTERM." },
  leaderWaitMs: { value: 60_000, because: "It only bounds one wait for the lock; the next wait follows." },
  minLeaseMs: { value: 50, because: "The lock's own minimum." },
} as const satisfies DefaultsTable;

/** The defaults and limits of a job, each with the reason for its value. */
export const jobDefaults = {
  timeZone: { value: "UTC", because: "The machines of a fleet may have different time zones." },
  timeoutMs: { value: 3_600_000, because: "An hour is longer than most jobs, and shorter than a day." },
  maxFinishAttempts: { value: 5, because: "With the delays between them they take less than a second." },
  maxClockStepMs: { value: 60_000, because: "Smaller steps of a clock are usual corrections." },
} as const satisfies DefaultsTable;
