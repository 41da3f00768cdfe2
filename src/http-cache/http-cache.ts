import { hostOf } from "../cache/index.js";
import { HttpCacheCore } from "./core/http-cache.js";
import { type HttpCacheOptions, resolveOptions } from "./core/options.js";
import type { EventTable, PayloadOf } from "./policies/events.js";

/** What an invalidation has reached: `pending` is repeated until Redis confirms it. */
export type InvalidationOutcome = "done" | "pending";

/** One cache of responses. Adapters take it: `cacheFastify`, `cacheNode`, `cacheFetch`, `createProxy`. */
export interface HttpCache<Events extends EventTable = EventTable> {
  /**
   * Something has happened, once or several times: all data and pages that it makes old are invalidated in
   * one
   * round trip; on a cluster in four.
   *
   * @throws ArgumentError for an unknown event, or another payload
   */
  changed<Name extends keyof Events & string>(
    event: Name,
    payload: PayloadOf<Events[Name]> | readonly PayloadOf<Events[Name]>[],
    options?: { readonly tenant?: string | undefined },
  ): Promise<InvalidationOutcome>;
  /** From now on, no process serves a page or an entry with one of the tags. */
  invalidateTags(
    tags: readonly string[],
    options?: { readonly tenant?: string | undefined },
  ): Promise<InvalidationOutcome>;
  /** For adapters. */
  readonly core: HttpCacheCore;
}

/**
 * Makes a cache of responses in the Redis of a client, for all processes together.
 *
 * @throws ArgumentError that names the option
 */
export function createHttpCache<const Events extends EventTable = Record<never, never>>(
  moonpath: object,
  options: HttpCacheOptions & { readonly events?: Events | undefined },
): HttpCache<Events> {
  const core = new HttpCacheCore(hostOf(moonpath), resolveOptions(options));
  return {
    core,
    changed: async (event, payload, more) => core.changed(event, [payload].flat(), more?.tenant),
    invalidateTags: async (tags, more) => core.invalidateTags(tags, more?.tenant),
  };
}
