import { asError, notify } from "../core/notify.js";
import { type FleetStore, type Judging, localNow } from "./fleet-store.js";
import type { ResolvedNextOptions } from "./options.js";
import type { StoredResult } from "./stored.js";
import { bytesOf, streamOf } from "./streams.js";
import type { CacheEntry, TagDurations, UseCacheHandler } from "./types.js";

/**
 * The handler of `'use cache'` and `'use cache: remote'`. `get` and `set` never reject, also if no client can
 * be made.
 */
export function useCacheHandlerOf(
  storeOf: () => FleetStore,
  { maxBytes, loadTimeoutMs, onError }: ResolvedNextOptions,
): UseCacheHandler {
  /** Entries that are being written: a reader waits for them. */
  const writing = new Map<string, Promise<void>>();

  async function write(cacheKey: string, pendingEntry: Promise<CacheEntry>): Promise<void> {
    let abandon = () => {};
    try {
      const store = storeOf();
      const name = store.names.of("result", cacheKey);
      abandon = () => store.abandon(name);
      const { value, tags, stale, timestamp, expire, revalidate } = await pendingEntry;
      const bytes = await bytesOf(value, maxBytes, loadTimeoutMs);
      if (!bytes) return abandon();
      const result = { kind: "result", tags, stale, expire, revalidate, bytes } as const;
      await store.store(name, { value: result, keepMs: expire * 1_000, begunAt: timestamp });
    } catch (error) {
      // An incomplete value would make an incomplete page.
      abandon();
      notify(onError, asError(error));
    }
  }

  return {
    async get(cacheKey, softTags) {
      try {
        const store = storeOf();
        await writing.get(cacheKey);
        const found = await store.find(store.names.of("result", cacheKey), judgingOf(softTags));
        if (!found) return undefined;
        const { stale, expire, revalidate, tags, bytes } = found.entry;
        // Past `revalidate`, Next.js sees it itself; a tag is stale without that.
        const isStale = found.isStale && found.ageMs <= revalidate * 1_000;
        return {
          value: streamOf(bytes),
          tags: [...tags],
          stale,
          expire,
          timestamp: localNow() - found.ageMs,
          revalidate: isStale ? -1 : revalidate,
        };
      } catch (error) {
        notify(onError, asError(error));
        return undefined;
      }
    },
    async set(cacheKey, pendingEntry) {
      const before = writing.get(cacheKey);
      const written = (before ?? Promise.resolve()).then(() => write(cacheKey, pendingEntry));
      writing.set(cacheKey, written);
      await written;
      if (writing.get(cacheKey) === written) writing.delete(cacheKey);
    },
    // Each `get` reads the tags with the entry.
    refreshTags: async () => undefined,
    // `get` compares the tags of paths.
    getExpiration: async () => Number.POSITIVE_INFINITY,
    updateTags: async (tags: string[], durations?: TagDurations) => storeOf().changeTags(tags, durations),
  };
}

function judgingOf(pathTags: readonly string[]): Judging<StoredResult> {
  return {
    pathTags,
    accept: (stored, ageMs) =>
      stored.kind === "result" && ageMs <= stored.expire * 1_000 ? stored : undefined,
    isOld: ({ revalidate }, ageMs) => ageMs > revalidate * 1_000,
  };
}
