import type { Cache, Moonpath } from "../../../src/index.js";
import type { WriteQueue } from "../../../src/writebehind/index.js";

/** The queue of the run. */
export const QUEUE = "writes";
/** The keys of appended events begin with this. */
export const EVENTS = "events";
/** The number of rows, and of keys of events. */
export const KEYS = 40;
/** The batch of a worker without a guard. */
export const PLACE = { limit: 100, maxBytes: 1_048_576 } as const;

/** The database refuses some events. */
export function noteOf(number: number): string {
  return number % 53 === 52 ? "refused" : "fine";
}

/** The cache whose values are written behind. */
export function rowsCache(
  moonpath: Moonpath,
  queue: WriteQueue,
): Cache<{ readonly row: string | number }, { readonly version: number }> {
  return moonpath.cache({
    pattern: "row:<row>",
    freshMs: 60_000,
    writeBehind: queue,
    load: async (): Promise<{ readonly version: number } | undefined> => undefined,
  });
}
