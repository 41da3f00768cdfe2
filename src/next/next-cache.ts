import { resolve } from "node:path";
import { hostOf } from "../cache/index.js";
import { ArgumentError } from "../core/errors.js";
import { buildIdIn } from "./build-files.js";
import { buildPageHandler, buildUseCacheHandler } from "./build-store.js";
import { FleetStore } from "./fleet-store.js";
import { type InitialCacheResult, registerPages } from "./initial-cache.js";
import { type NextCacheOptions, type ResolvedNextOptions, resolveOptions } from "./options.js";
import { pageHandlerOf } from "./page-handler.js";
import type { IncrementalCacheHandlerClass, UseCacheHandler } from "./types.js";
import { useCacheHandlerOf } from "./use-cache-handler.js";

/** The handlers of one Next.js app. */
export interface NextCache {
  /** For the file of `cacheHandler`: pages, route handlers, fetches and images. */
  readonly cacheHandler: IncrementalCacheHandlerClass;
  /** For the files of `cacheHandlers`: `'use cache'` and `'use cache: remote'`. */
  readonly useCacheHandler: UseCacheHandler;
  /**
   * Stores the pages of the build, once in the fleet, so that the first request after a deploy is a hit.
   * Call it in `register` of `instrumentation.ts`. It never rejects; errors go to `onError`.
   */
  registerInitialCache(): Promise<InitialCacheResult>;
  /** Gives the leases of renders back. Call it before the client is closed. */
  close(): void;
}

declare global {
  /** By name. Next.js may load the file of the app more than once. */
  var moonpathNextCaches: Map<string, NextCache> | undefined;
}

/**
 * Makes the handlers of a Next.js 16 app. The client is made at the first request, and not in `next build`,
 * which opens no connection.
 *
 * ```ts
 * const nextCache = createNextCache(() => createMoonpath(new Redis(), { namespace: "shop" }));
 * ```
 *
 * @throws ArgumentError that names the option, or for a folder without a build
 */
export function createNextCache(makeClient: () => object, options: NextCacheOptions = {}): NextCache {
  const resolved = resolveOptions(options);
  if (typeof makeClient !== "function")
    throw new ArgumentError("makeClient", "a function that returns what createMoonpath returns");
  globalThis.moonpathNextCaches ??= new Map();
  const caches = globalThis.moonpathNextCaches;
  const cache = caches.get(resolved.name) ?? cacheOf(makeClient, resolved);
  caches.set(resolved.name, cache);
  return cache;
}

function cacheOf(makeClient: () => object, options: ResolvedNextOptions): NextCache {
  const { maxBytes, maxKeepMs, loadTimeoutMs } = options;
  if (isBuild()) {
    return {
      cacheHandler: buildPageHandler(),
      useCacheHandler: buildUseCacheHandler(maxBytes, loadTimeoutMs),
      registerInitialCache: async () => NOTHING,
      close: () => undefined,
    };
  }
  const distDir = resolve(options.distDir);
  const buildId = options.buildId ?? buildIdIn(distDir);
  let store: FleetStore | undefined;
  const storeOf = () => {
    store ??= new FleetStore(hostOf(makeClient()), options, buildId);
    return store;
  };
  return {
    cacheHandler: pageHandlerOf(storeOf, options),
    useCacheHandler: useCacheHandlerOf(storeOf, options),
    registerInitialCache: async () => registerPages(storeOf(), distDir, maxKeepMs),
    close: () => {
      store?.close();
      globalThis.moonpathNextCaches?.delete(options.name);
    },
  };
}

/** The result in the build. */
const NOTHING: InitialCacheResult = { outcome: "done", stored: 0, left: 0 };

/** In `next build` and `next dev`, entries live as long as the process. */
function isBuild(): boolean {
  return process.env["NEXT_PHASE"] === "phase-production-build" || process.env["NODE_ENV"] === "development";
}
