import type { DefaultsTable } from "../core/defaults.js";

/** The times of `fileRoutes`, and the defaults of the CDN's functions, each with the reason for its value. */
export const cdnDefaults = {
  hashedMs: { value: 31_536_000_000, because: "A year: the name changes with the content." },
  imageMs: { value: 86_400_000, because: "A day: a browser keeps an image that was replaced so long." },
  pageMs: { value: 3_600_000, because: "An hour: a page that no purge reaches is old for so long." },
  timeoutMs: { value: 10_000, because: "Purges take less than a second; two attempts fit in." },
  attemptMs: { value: 4_000, because: "A connection that answers nothing leaves time for another one." },
  maxFiles: { value: 10_000, because: "A wrong folder ends with an error, not after minutes." },
} as const satisfies DefaultsTable;
