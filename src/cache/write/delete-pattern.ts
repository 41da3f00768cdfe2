import * as keys from "../../../generated/ts/keys.js";
import { scanKeys } from "../../client/index.js";
import { cacheDefaults as defaults } from "../defaults.js";
import type { CacheHost } from "../host.js";
import type { TenantState } from "../tenant-state.js";

interface Matcher {
  readonly glob: string;
  matches(name: string): boolean;
}

/**
 * Invalidates all entries whose names match, on every node. Leases come first: otherwise a load that began
 * before could fill an entry behind the scan, and its lease be removed only then.
 */
export async function deletePattern(host: CacheHost, state: TenantState, matcher: Matcher): Promise<number> {
  const { tenant, scripts, invalidations } = state;
  const scope = host.scopeOf(tenant);
  let removed = 0;
  const remove = async (found: readonly string[], suffix: string): Promise<void> => {
    const [before = "", after = ""] = keys.cacheEntry(scope, MARK).split(MARK);
    const names = found.flatMap((key) => {
      const isOne = key.startsWith(before) && key.endsWith(suffix) && after !== "";
      const name = isOne ? key.slice(before.length, key.length - suffix.length) : "";
      return isOne && matcher.matches(name) ? [name] : [];
    });
    for (const entry of names) {
      invalidations.note({ tenant, kind: "entry", name: entry, isSoft: false, settleMs: undefined });
    }
    for (const entry of names) state.forget("entry", entry);
    const results = await scripts.invalidate.many(names.map((entry) => ({ entry })));
    for (const entry of names) {
      state.forget("entry", entry);
      state.removed("entry", entry);
    }
    for (const result of results) {
      if (!result.ok) throw result.error;
      if (result.reply.outcome === "removed") removed++;
    }
  };
  for (const keyOf of [keys.cacheLease, keys.cacheBlock, keys.cacheEntry]) {
    const [, suffix = ""] = keyOf(scope, MARK).split(MARK);
    const glob = keyOf(scope, MARK).replace(MARK, matcher.glob);
    await scanKeys(host.redis, glob, defaults.scanCount.value, (found) => remove(found, suffix));
  }
  return removed;
}

/** Stands for the name of an entry in a key. */
const MARK = "entry-name";
