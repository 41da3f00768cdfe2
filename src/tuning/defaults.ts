import type { DefaultsTable } from "../core/defaults.js";

/** The defaults and limits of figures and of tuning, each with the reason for its value. */
export const tuningDefaults = {
  publishMs: { value: 10_000, because: "A report is ten seconds old at most, and a write each is cheap." },
  sampleEvery: {
    value: 16,
    because: "A hit in L1 costs little more than a count, and hot keys show all the same.",
  },
  maxTrackedKeys: {
    value: 512,
    because: "About 150 kB for each cache, and the error of a share is near 2 %.",
  },
  maxHotKeys: {
    value: 512,
    because: "The error of a count is at most 0.2 % of the requests, in about 0.1 MB.",
  },
  maxCaches: { value: 200, because: "What a process publishes stays below the size of an entry." },
  maxProcesses: { value: 128, because: "One command reads the figures of so many processes." },
  publishedKeys: {
    value: 200,
    because: "More than a person reads, and enough to add those of all processes.",
  },
  slotTries: { value: 16, because: "With half of the places taken, 16 tries fail once in 65,000 times." },
  recentStepMs: { value: 300_000, because: "Twelve of them are the hour that a report covers." },
  recentSteps: { value: 12, because: "An hour has the usual load and not that of last week." },
  periodMs: { value: 30_000, because: "A change of the fresh time reaches all processes within it." },
  keepMs: { value: 604_800_000, because: "A fleet that is stopped over a holiday goes on where it was." },
  keptSteps: { value: 50, because: "The log of steps stays small, and is read by people." },
  leaseMs: { value: 10_000, because: "Another process decides soon after one has died." },
  graceMs: { value: 10_000, because: "Kubernetes kills a process 30 s after SIGTERM." },
} as const satisfies DefaultsTable;
