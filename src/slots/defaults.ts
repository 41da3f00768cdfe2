import type { DefaultsTable } from "../core/defaults.js";

/** The defaults and limits of workers that serve the slots of a namespace. */
export const slotDefaults = {
  concurrency: { value: 32, because: "Calls in flight: enough for several nodes, and few for one server." },
  readCount: { value: 100, because: "Members of a slot in one read: 61 products a slot are a million." },
  queuedPerTenant: {
    value: 1_000,
    because: "It bounds the memory for a tenant with a million due products.",
  },
  reReadMs: { value: 250, because: "Due members behind ones that must wait are read again soon." },
  deferredPerRead: { value: 256, because: "One read refills the queue of a tenant with many due products." },
  sweepMs: { value: 60_000, because: "It bounds the delay of an entry whose wake message was lost." },
  memberLeaseMs: { value: 10_000, because: "Other workers serve the slots of one that died after 10 s." },
  retryFirstMs: { value: 50, because: "Most failures are a lost connection, and are over soon." },
  retryMaxMs: { value: 60_000, because: "A failing member is tried once a minute, not in a loop." },
  abortGraceMs: { value: 1_000, because: "Work that obeys its signal ends within a second." },
  graceMs: { value: 10_000, because: "Kubernetes kills a process 30 s after SIGTERM." },
  rangeSize: { value: 64, because: "256 ranges divide evenly among up to 250 workers." },
} as const satisfies DefaultsTable;
