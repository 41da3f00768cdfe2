import type { DefaultsTable } from "../core/defaults.js";

/** The defaults and limits of the cache, each with the reason for its value. */
export const cacheDefaults = {
  staleMs: { value: 0, because: "Old values are served only where you have said for how long." },
  jitter: { value: 0.05, because: "Entries that were filled together do not all end together." },
  earlyRefresh: {
    value: 1,
    because: "XFetch's own value: a refresh begins early in proportion to the time of a load.",
  },
  cacheTimeoutMs: { value: 250, because: "A slow Redis must not cost more than a slow database." },
  softTimeoutMs: { value: 0, because: "A stale answer takes the time of a hit." },
  loadTimeoutMs: { value: 10_000, because: "A load that takes longer rarely has a caller left." },
  leaseMs: {
    value: 3_000,
    because: "Renewals come every second, and others take over soon after a process has died.",
  },
  failedRefreshMs: { value: 1_000, because: "A source that fails is asked once a second for each entry." },
  pollMs: { value: 100, because: "A fill wakes the waiters. This bounds the wait if its message was lost." },
  maxLoads: { value: 64, because: "A database takes so many queries of one kind while Redis is away." },
  maxBytes: { value: 1_048_576, because: "A larger entry blocks Redis for longer than a script may." },
  compression: { value: "none", because: "It costs each hit the time to expand the value." },
  compressFromBytes: { value: 1_024, because: "Less becomes hardly smaller." },
  blockMs: { value: 10_000, because: "Longer than a write, and a writer that died blocks fills no longer." },
  enqueueTimeoutMs: { value: 2_000, because: "A write waits longer than a read, and ends before its block." },
  settleTimeoutMs: { value: 5_000, because: "A worker in the background has time, but not without end." },
  maxFailures: { value: 5, because: "One lost packet stops nothing, and an outage is seen in a second." },
  maxPending: {
    value: 10_000,
    because: "Above that, the process invalidates the whole tenant: it needs no list.",
  },
  maxRecent: { value: 10_000, because: "A megabyte for what is repeated after a failover." },
  recentMs: {
    value: 30_000,
    because: "Longer than the node timeout, the election and the detection of a failover together.",
  },
  maxKnownTags: { value: 100_000, because: "About 20 MB for the tokens that a process knows." },
  l1MaxBytes: { value: 67_108_864, because: "64 MiB: a small part of what a process may use." },
  heartbeatMs: {
    value: 1_000,
    because: "A silent connection is rare, and four heartbeats a second cost nothing.",
  },
  memoryShare: {
    value: 0.85,
    because: "The rest of the memory is for stock and locks, also while several processes fill at once.",
  },
  memoryPeriodMs: { value: 1_000, because: "INFO costs a server less than 0.1 ms of each second." },
  memoryTimeoutMs: { value: 100, because: "A fill waits in the background, and no caller waits for it." },
  memoryReportMs: { value: 60_000, because: "One report a minute tells that values are not stored." },
  consistencyWatchMs: { value: 60_000, because: "After a minute, the length matters less than the fact." },
  consistencyEntries: { value: 4, because: "Comparisons take a small part of the loads of a pattern." },
  graceMs: { value: 10_000, because: "Kubernetes kills a process 30 s after SIGTERM." },
  scanCount: { value: 500, because: "Each SCAN blocks a node for less than a millisecond." },
} as const satisfies DefaultsTable;
