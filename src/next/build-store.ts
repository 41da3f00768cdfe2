import { nextDefaults as defaults } from "./defaults.js";
import { bytesOf, streamOf } from "./streams.js";
import type { CacheEntry, IncrementalCacheHandlerClass, NextValue, UseCacheHandler } from "./types.js";

/** Entries in memory. The oldest go first. */
class BoundedEntries<Entry> {
  readonly #entries = new Map<string, { readonly entry: Entry; readonly bytes: number }>();
  #bytes = 0;

  get(key: string): Entry | undefined {
    return this.#entries.get(key)?.entry;
  }

  set(key: string, entry: Entry, bytes: number): void {
    this.#delete(key);
    this.#entries.set(key, { entry, bytes });
    this.#bytes += bytes;
    for (const oldest of this.#entries.keys()) {
      if (this.#bytes <= defaults.buildBytes.value) break;
      this.#delete(oldest);
    }
  }

  #delete(key: string): void {
    this.#bytes -= this.#entries.get(key)?.bytes ?? 0;
    this.#entries.delete(key);
  }
}

/** The handlers of the build and of `next dev`: results are in the memory of the process. */
export function buildUseCacheHandler(maxBytes: number, loadTimeoutMs: number): UseCacheHandler {
  const entries = new BoundedEntries<Omit<CacheEntry, "value"> & { readonly bytes: Uint8Array }>();
  return {
    async get(cacheKey) {
      const known = entries.get(cacheKey);
      if (!known) return undefined;
      const { bytes, ...entry } = known;
      return { ...entry, value: streamOf(bytes) };
    },
    async set(cacheKey, pendingEntry) {
      const { value, ...entry } = await pendingEntry;
      const bytes = await bytesOf(value, maxBytes, loadTimeoutMs).catch(() => undefined);
      if (bytes) entries.set(cacheKey, { ...entry, bytes }, bytes.length);
    },
    refreshTags: async () => undefined,
    getExpiration: async () => 0,
    updateTags: async () => undefined,
  };
}

interface KeptFetch {
  readonly lastModified: number;
  readonly value: NextValue;
}

/** Pages of the build are files, so only its fetches are kept. */
export function buildPageHandler(): IncrementalCacheHandlerClass {
  const fetches = new BoundedEntries<KeptFetch>();
  return class MoonpathBuildHandler {
    async get(cacheKey: string): Promise<KeptFetch | null> {
      return fetches.get(cacheKey) ?? null;
    }

    async set(cacheKey: string, data: unknown): Promise<void> {
      if (isFetch(data))
        fetches.set(cacheKey, { lastModified: Date.now(), value: data }, JSON.stringify(data).length);
    }

    async revalidateTag(): Promise<void> {}

    resetRequestCache(): void {}
  };
}

function isFetch(data: unknown): data is NextValue {
  return typeof data === "object" && data !== null && "kind" in data && data.kind === "FETCH";
}
