import type { DefaultsTable } from "../core/defaults.js";

/** The defaults and limits of the cache of responses, each with the reason for its value. */
export const httpCacheDefaults = {
  maxBytes: { value: 1_048_576, because: "A larger body passes by: it would block Redis while it is read." },
  maxForwards: {
    value: 256,
    because: "So many requests run at the origin at once, also while Redis is away.",
  },
  loadTimeoutMs: { value: 10_000, because: "A client rarely waits longer for its turn." },
  maxVariants: { value: 16, because: "Enough for codings and languages, and no client can fill Redis." },
  staleKeepMs: { value: 3_600_000, because: "For an hour, the origin can confirm an entry with a 304." },
  maxKeepMs: { value: 604_800_000, because: "What nobody has asked for in a week is not worth its memory." },
} as const satisfies DefaultsTable;
