import type { DefaultsTable } from "../core/defaults.js";

/** The defaults and limits of calls to other services, each with the reason for its value. */
export const syncDefaults = {
  deadlineMs: { value: 10_000, because: "A job can wait so long; a page needs a shorter one." },
  attemptMs: { value: 3_000, because: "Three attempts that hang fit in the deadline." },
  maxAttempts: { value: 4, because: "If 30 % of attempts fail, fewer than 1 % of calls do." },
  retryFirstMs: { value: 100, because: "Most failures are over after one lost connection." },
  retryMaxMs: { value: 5_000, because: "Half of the deadline, so that an attempt follows." },
  maxReplyBytes: { value: 1_048_576, because: "A page of a catalogue has less than 1 MB." },
  maxHosts: { value: 100, because: "A shop calls a few services; each host costs about 1 kB." },
  openMs: { value: 1_000, because: "A service that restarts is asked again after a second." },
  maxOpenMs: { value: 30_000, because: "A repaired service is found within half a minute." },
  breakerSize: { value: 20, because: "So many results are a sample that one bad second does not fill." },
  breakerMinimum: { value: 10, because: "Fewer results say too little about a host." },
  breakerPercent: {
    value: 80,
    because: "A host with 30 % of failures works with retries; above 80 % retries no longer help.",
  },
  overloadMs: {
    value: 10_000,
    because: "A host that has refused work is spared for some seconds, whatever it answers meanwhile.",
  },
  budgetPercent: { value: 10, because: "Retries must not keep an overloaded host overloaded." },
  budgetBurst: { value: 10, because: "So many retries at once, saved up by 100 calls." },
  countedTimeoutMs: {
    value: 1_000,
    because: "A time-out after less time tells more about the caller than about the host.",
  },
  discardedBytes: { value: 65_536, because: "The connection is reused after an error page of this size." },
} as const satisfies DefaultsTable;
