import { randomUUID } from "node:crypto";
import type { L1Options } from "../../../src/cache/index.js";
import { createMoonpath, type Moonpath } from "../../../src/index.js";
import {
  type CacheEntry,
  createNextCache,
  type NextCache,
  type NextCacheOptions,
} from "../../../src/next/index.js";
import { afterTest } from "../cleanup.js";
import { freshNamespace, sharedRedis } from "../redis.js";

/** The handlers of one process, over a connection of their own. */
export interface Handlers {
  readonly next: NextCache;
  readonly moonpath: Moonpath;
  readonly pages: InstanceType<NextCache["cacheHandler"]>;
  readonly results: NextCache["useCacheHandler"];
  readonly errors: Error[];
}

/** The handlers of as many processes of one app as are asked for. */
export function openHandlers(count: number, options: NextCacheOptions = {}): readonly Handlers[] {
  const namespace = freshNamespace();
  return Array.from({ length: count }, () => openIn(namespace, options));
}

export function openIn(namespace: string, options: NextCacheOptions = {}, l1?: L1Options): Handlers {
  const cache = l1 ? { l1 } : {};
  const moonpath = createMoonpath(sharedRedis(), { namespace, deadlineMs: 10_000, cache });
  const errors: Error[] = [];
  const next = createNextCache(() => moonpath, {
    name: randomUUID(),
    buildId: "build-1",
    tenant: "acme",
    cacheTimeoutMs: 10_000,
    onError: (error) => errors.push(error),
    ...options,
  });
  afterTest(() => next.close());
  const pages = new next.cacheHandler({});
  return { next, moonpath, pages, results: next.useCacheHandler, errors };
}

/** A result of `'use cache'` that has just been made. Its stream ends at once. */
export function resultOf(text: string, more: Partial<CacheEntry> = {}): CacheEntry {
  const value = new ReadableStream<Uint8Array>({
    start(controller) {
      controller.enqueue(Buffer.from(text));
      controller.close();
    },
  });
  const timestamp = performance.timeOrigin + performance.now();
  return { value, tags: [], stale: 300, expire: 7_200, revalidate: 3_600, timestamp, ...more };
}

/** The text of an entry; undefined without one. */
export async function textOf(entry: CacheEntry | undefined): Promise<string | undefined> {
  return entry && new Response(entry.value).text();
}
