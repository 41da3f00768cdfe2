/** What `'use cache'` stores, as in `next/cache`. Durations are seconds, instants epoch milliseconds. */
export interface CacheEntry {
  value: ReadableStream<Uint8Array>;
  tags: string[];
  stale: number;
  timestamp: number;
  expire: number;
  revalidate: number;
}

/** The interface of `cacheHandlers` of Next.js 16. */
export interface UseCacheHandler {
  get(cacheKey: string, softTags: string[]): Promise<undefined | CacheEntry>;
  set(cacheKey: string, pendingEntry: Promise<CacheEntry>): Promise<void>;
  refreshTags(): Promise<void>;
  getExpiration(tags: string[]): Promise<number>;
  updateTags(tags: string[], durations?: TagDurations): Promise<void>;
}

/** With durations, the tags are stale from now on. They expire after so many seconds. */
export interface TagDurations {
  readonly expire?: number | undefined;
}

/** A page, a response of a route handler, a fetch or an image. Its fields may hold buffers and maps. */
export interface NextValue {
  readonly kind: string;
  readonly [field: string]: unknown;
}

/** The lifetime of a response, in seconds. */
export interface CacheControl {
  readonly revalidate: number | false;
  readonly expire?: number | undefined;
}

/** What Next.js says when it reads. */
export interface GetContext {
  readonly kind?: string | undefined;
  readonly tags?: readonly string[] | undefined;
  readonly softTags?: readonly string[] | undefined;
  readonly revalidate?: number | false | undefined;
}

/** What Next.js says when it stores. */
export interface SetContext {
  readonly kind?: string | undefined;
  readonly fetchCache?: boolean | undefined;
  readonly tags?: readonly string[] | undefined;
  readonly cacheControl?: CacheControl | undefined;
}

/** What `get` of `cacheHandler` returns. */
export interface CacheHandlerValue {
  readonly lastModified: number;
  readonly value: NextValue | null;
  readonly cacheControl?: CacheControl | undefined;
}

/** The interface of `cacheHandler` of Next.js 16. */
export interface IncrementalCacheHandler {
  get(cacheKey: string, context: GetContext): Promise<CacheHandlerValue | null>;
  set(cacheKey: string, data: unknown, context: SetContext): Promise<void>;
  revalidateTag(tags: string | string[], durations?: TagDurations): Promise<void>;
  resetRequestCache(): void;
}

/** Next.js makes an instance of it for each request. */
export type IncrementalCacheHandlerClass = new (context: object) => IncrementalCacheHandler;
