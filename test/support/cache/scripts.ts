import type { Redis } from "ioredis";
import type { Scope } from "../../../src/client/index.js";
import { keys, type Tenant } from "../../../src/index.js";
import { Messages } from "../lua/messages.js";
import { freshTenant } from "../lua/tenants.js";

/** Ids of loads and writers: 12 hexadecimal digits. */
export const [a, b, c] = ["aaaaaaaaaaaa", "bbbbbbbbbbbb", "cccccccccccc"] as const;

export const hour = 3_600_000;
export const token = "41c7e0b95d18.20e6f7c3";

export const bytes = (text: string) => new TextEncoder().encode(text);
export const text = (stored: Uint8Array) => new TextDecoder().decode(stored);

/** What a load stores. */
export const content = (value = "{}") => ({
  coding: "j-",
  tokens: "9b1e64d02a77.5d0c31aa",
  value: bytes(value),
  freshMs: hour,
  keepMs: 2 * hour,
});

/** The scripts of the cache on one tenant, and what they store. */
export interface CacheScripts {
  readonly redis: Redis;
  readonly scope: Scope;
  readonly cache: Tenant["scripts"]["cache"];
  readonly quota: Tenant["scripts"]["quota"];
  keysOf(entry: string): { readonly entry: string; readonly lease: string; readonly block: string };
  /** The header and the value of a stored entry, without the time; undefined if there is none. */
  stored(entry: string): Promise<string | undefined>;
  /** Stores an entry that is stale, or fresh for an hour. */
  given(entry: string, isFresh?: boolean, value?: string): Promise<void>;
  /** What callers that wait were sent since the last call of this. */
  heard(entry: string): Promise<readonly string[]>;
  /** Marks a lease as waited for. */
  wait(entry: string): Promise<void>;
}

export async function cacheScripts(): Promise<CacheScripts> {
  const { redis, scope, tenant } = freshTenant();
  const { cache, quota } = tenant.scripts;
  const messages = await Messages.of(redis, scope.namespace);
  const keysOf = (entry: string) => ({
    entry: keys.cacheEntry(scope, entry),
    lease: keys.cacheLease(scope, entry),
    block: keys.cacheBlock(scope, entry),
  });
  const known = new Map<string, number>();
  return {
    redis,
    scope,
    cache,
    quota,
    keysOf,
    async stored(entry) {
      const found = await redis.get(keysOf(entry).entry);
      return found?.replace(/^(1.{2}) \d{13} /, "$1 ");
    },
    async given(entry, isFresh = false, value = "{}") {
      const until = isFresh ? Date.now() + hour : 1_000_000_000_000;
      const stored = `1j- ${until} 0123456789ab 9b1e64d02a77.5d0c31aa\n${value}`;
      await redis.set(keysOf(entry).entry, stored, "PX", 2 * hour);
    },
    async heard(entry) {
      const { lease } = keysOf(entry);
      const all = await messages.on(lease);
      const isNew = all.slice(known.get(lease) ?? 0);
      known.set(lease, all.length);
      return isNew;
    },
    async wait(entry) {
      await cache.read({ entry, fillId: "ffffffffffff", leaseMs: hour, waits: true });
    },
  };
}
