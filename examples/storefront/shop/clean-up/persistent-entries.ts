import type { Cluster, Redis } from "ioredis";
import type { ShopResources } from "../terms.js";
import { keysOf } from "./scan.js";

/** The reply of PTTL for a key without a TTL. */
const NO_TTL = -1;

/**
 * Removes the tenant's keys of caches that have no TTL: entries, leases, blocks, tags and the clock. The
 * scripts give each of them a TTL, so somebody has written it by hand or called PERSIST. Without a tag or
 * an entry, callers load again. Returns the number.
 */
export async function removePersistentEntries(
  { redis, moonpath, acme }: Pick<ShopResources, "moonpath" | "acme"> & { readonly redis: Redis | Cluster },
  signal?: AbortSignal,
): Promise<number> {
  const { tenant } = acme.scope;
  let removed = 0;
  for await (const keys of keysOf(redis, `${moonpath.namespace}:{${tenant}*}:cache*`, signal)) {
    // The star behind the tenant also matches tenants whose names begin with this one.
    const own = keys.filter((key) => /^[^{]*\{([^:}]+)[:}]/.exec(key)?.[1] === tenant);
    await Promise.all(
      own.map(async (key) => {
        if ((await redis.pttl(key)) === NO_TTL) removed += await redis.unlink(key);
      }),
    );
  }
  return removed;
}
