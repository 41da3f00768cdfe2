import { LRUCache } from "lru-cache";
import { checkedInteger } from "../../core/checks.js";
import { ArgumentError } from "../../core/errors.js";
import { type OptionNames, refuseUnknownOptions } from "../../core/known-options.js";
import { MAX_TIMER_MS } from "../../core/limits.js";
import { readFrom } from "../../core/read-from.js";
import { cacheDefaults as defaults } from "../defaults.js";
import type { L1Options, StoredValue } from "./values.js";

/** The options of `memoryL1`. All may be left out. */
export interface MemoryL1Options {
  /** The most bytes that values may take, as they are coded in Redis. Default 67,108,864. */
  readonly maxBytes?: number | undefined;
  /**
   * `freeze`, the default: callers share one frozen object. `copy`: each caller gets a copy, which it may
   * change.
   */
  readonly sharing?: "freeze" | "copy" | undefined;
  /**
   * A connection that falls silent is found within so many milliseconds. Until then, L1 may serve what others
   * have invalidated. 50 to 60,000. Default 1,000.
   */
  readonly heartbeatMs?: number | undefined;
}

const memoryL1Options: OptionNames<MemoryL1Options> = { maxBytes: true, sharing: true, heartbeatMs: true };

/**
 * Keeps values in the memory of the process, the most recently used ones. Each client that gets
 * these options has values of its own. It needs the package `lru-cache`.
 *
 * ```ts
 * const moonpath = createMoonpath(redis, { cache: { l1: memoryL1({ maxBytes: 64_000_000 }) } });
 * ```
 *
 * @throws ArgumentError if an option is out of bounds
 */
export function memoryL1(options: MemoryL1Options = {}): L1Options {
  const resolved = readFrom("options", () => {
    refuseUnknownOptions(options, memoryL1Options);
    const { maxBytes = defaults.l1MaxBytes.value, sharing = "freeze" } = options;
    const { heartbeatMs = defaults.heartbeatMs.value } = options;
    return { maxBytes, sharing, heartbeatMs };
  });
  const { sharing } = resolved;
  if (sharing !== "freeze" && sharing !== "copy") throw new ArgumentError("sharing", "freeze or copy");
  const maxSize = checkedInteger("maxBytes", resolved.maxBytes, 1_000, Number.MAX_SAFE_INTEGER);
  return {
    sharing,
    heartbeatMs: checkedInteger("heartbeatMs", resolved.heartbeatMs, 50, Math.min(60_000, MAX_TIMER_MS)),
    createValues: (removed) => {
      const cache = new LRUCache<string, StoredValue>({ maxSize, dispose: removed });
      return {
        get: (key) => cache.get(key),
        set: (key, value, bytes) => void cache.set(key, value, { size: bytes }),
        delete: (key) => void cache.delete(key),
        clear: () => cache.clear(),
      };
    },
  };
}
