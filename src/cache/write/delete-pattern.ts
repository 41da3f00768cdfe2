import * as keys from "../../../generated/ts/keys.js";
import { scanKeys } from "../../client/index.js";
import { cacheDefaults as defaults } from "../defaults.js";
import type { CacheHost } from "../host.js";
import type { EntryMatcher } from "../pattern.js";
import { namesIn, scannedGlob } from "../scan-entries.js";
import type { TenantState } from "../tenant-state.js";

/**
 * Invalidates all entries whose names match, on every node. Leases come first: otherwise a load that began
 * before could fill an entry behind the scan, and its lease be removed only then.
 */
export async function deletePattern(
  host: CacheHost,
  state: TenantState,
  matcher: EntryMatcher,
): Promise<number> {
  const { tenant, scripts, invalidations } = state;
  const scope = host.scopeOf(tenant);
  let removed = 0;
  const remove = async (names: readonly string[]): Promise<void> => {
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
    const scanned = scannedGlob(scope, keyOf, matcher);
    await scanKeys(host.redis, scanned, defaults.scanCount.value, (found) =>
      remove(namesIn(found, scope, keyOf, matcher)),
    );
  }
  return removed;
}
