import type { DefaultsTable } from "../core/defaults.js";

/** The defaults and limits of the handlers for Next.js, each with the reason for its value. */
export const nextDefaults = {
  name: { value: "next", because: "A process usually runs one app." },
  distDir: { value: ".next", because: "Next.js has this default." },
  maxBytes: { value: 2_097_152, because: "Next.js stores no larger fetch itself, and pages are smaller." },
  maxKeepMs: {
    value: 2_592_000_000,
    because: "Thirty days: builds come more often, and each has entries of its own.",
  },
  waitMs: { value: 1_000, because: "Longer than most renders, and a caller bears it once." },
  loadTimeoutMs: { value: 30_000, because: "Next.js gives a page of the build 60 s, and a request less." },
  staleKeepMs: { value: 86_400_000, because: "A fetch that nobody has asked for in a day is fetched anew." },
  maxLogged: { value: 2_000, because: "A log of revalidated paths of 200 KB is read after each change." },
  unfilledMs: { value: 10_000, because: "What was not stored just now is not waited for again." },
  registerMs: {
    value: 5_000,
    because: "A process connects in less. Without Redis, it starts to serve after that.",
  },
  buildBytes: { value: 52_428_800, because: "As much as the memory cache of Next.js." },
  buildMarginMs: {
    value: 60_000,
    because: "A page has read its data for at most 60 s when the build writes it, and clocks differ.",
  },
} as const satisfies DefaultsTable;
