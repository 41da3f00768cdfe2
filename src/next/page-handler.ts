import { asError, notify } from "../core/notify.js";
import { nextDefaults as defaults } from "./defaults.js";
import { type FleetStore, type Found, type Judging, localNow } from "./fleet-store.js";
import type { ResolvedNextOptions } from "./options.js";
import type { StoredPage } from "./stored.js";
import type {
  CacheControl,
  CacheHandlerValue,
  GetContext,
  IncrementalCacheHandlerClass,
  NextValue,
  SetContext,
  TagDurations,
} from "./types.js";

/** The response header in which a page names its tags. */
const TAGS_HEADER = "x-next-cache-tags";

/**
 * The handler of pages, responses of route handlers, fetches and images. `get` and `set` never reject, also
 * if no client can be made.
 */
export function pageHandlerOf(
  storeOf: () => FleetStore,
  { maxKeepMs, onError }: ResolvedNextOptions,
): IncrementalCacheHandlerClass {
  return class MoonpathCacheHandler {
    async get(cacheKey: string, context: GetContext): Promise<CacheHandlerValue | null> {
      const isFetch = context.kind === "FETCH";
      try {
        const store = storeOf();
        const name = store.names.of(isFetch ? "fetch" : "page", cacheKey);
        const found = await store.find(name, isFetch ? fetchJudging(context) : pageJudging);
        if (!found) return null;
        return isFetch ? fetchOf(found, context) : pageOf(found);
      } catch (error) {
        notify(onError, asError(error));
        return null;
      }
    }

    async set(cacheKey: string, data: unknown, context: SetContext): Promise<void> {
      const value = valueIn(data);
      const isFetch = context.fetchCache === true || value?.kind === "FETCH";
      try {
        const store = storeOf();
        const name = store.names.of(isFetch ? "fetch" : "page", cacheKey);
        const { cacheControl } = context;
        const tags = isFetch ? (context.tags ?? []) : pageTagsOf(value);
        const page = { kind: "page", tags, cacheControl, value } as const;
        await store.store(name, { value: page, keepMs: keepMsOf(page, maxKeepMs), begunAt: undefined });
      } catch (error) {
        notify(onError, asError(error));
      }
    }

    async revalidateTag(tags: string | string[], durations?: TagDurations): Promise<void> {
      return storeOf().changeTags(typeof tags === "string" ? [tags] : tags, durations);
    }

    // Nothing is kept for one request.
    resetRequestCache(): void {}
  };
}

/** The tags of a page, which are in a header of it. */
export function pageTagsOf(value: NextValue | null): readonly string[] {
  const headers = value?.["headers"];
  const header: unknown =
    typeof headers === "object" && headers !== null ? Reflect.get(headers, TAGS_HEADER) : undefined;
  return typeof header === "string" && header !== "" ? header.split(",") : [];
}

/** For how long a page or a fetch is stored. */
export function keepMsOf(
  { value, cacheControl }: Pick<StoredPage, "value" | "cacheControl">,
  maxKeepMs: number,
): number {
  if (cacheControl?.expire !== undefined) return cacheControl.expire * 1_000;
  const revalidate = cacheControl ? cacheControl.revalidate : value?.["revalidate"];
  if (typeof revalidate !== "number") return maxKeepMs;
  return revalidate * 1_000 + defaults.staleKeepMs.value;
}

function valueIn(data: unknown): NextValue | null {
  return isValue(data) ? data : null;
}

function isValue(data: unknown): data is NextValue {
  return typeof data === "object" && data !== null && "kind" in data && typeof data.kind === "string";
}

const pageJudging: Judging<StoredPage> = {
  pathTags: [],
  accept: (stored, ageMs) => {
    if (stored.kind !== "page") return undefined;
    const expire = stored.cacheControl?.expire;
    return expire !== undefined && ageMs > expire * 1_000 ? undefined : stored;
  },
  isOld: ({ cacheControl }, ageMs) => {
    const revalidate = cacheControl?.revalidate;
    return typeof revalidate === "number" && ageMs > revalidate * 1_000;
  },
};

function fetchJudging({ tags = [], softTags = [], revalidate }: GetContext): Judging<StoredPage> {
  return {
    pathTags: [...tags, ...softTags],
    // A tag that the entry lacks could not invalidate it.
    accept: (stored) =>
      stored.kind === "page" && tags.every((tag) => stored.tags.includes(tag)) ? stored : undefined,
    isOld: ({ value }, ageMs) => ageMs > secondsOf(revalidate || value?.["revalidate"]) * 1_000,
  };
}

function secondsOf(revalidate: unknown): number {
  return typeof revalidate === "number" ? revalidate : Number.POSITIVE_INFINITY;
}

/** Next.js takes a fetch for stale by its age, also if only a tag is stale. */
function fetchOf(
  { entry, ageMs, isStale }: Found<StoredPage>,
  { revalidate }: GetContext,
): CacheHandlerValue {
  const limitMs = secondsOf(revalidate || entry.value?.["revalidate"]) * 1_000;
  const shownMs = isStale && Number.isFinite(limitMs) ? Math.max(ageMs, limitMs + STALE_BY_MS) : ageMs;
  return { lastModified: localNow() - shownMs, value: copyOf(entry.value) };
}

/**
 * A page that another request makes anew is shown as fresh, because one is enough. For one that Next.js
 * is to make anew, it gets a lifetime that has just ended.
 */
function pageOf({ entry, ageMs, isStale, isRefreshed }: Found<StoredPage>): CacheHandlerValue {
  const { cacheControl, value } = entry;
  const isOver = isStale && !isRefreshed;
  if (isOver && !pageJudging.isOld(entry, ageMs)) {
    const lifetime: CacheControl = { ...cacheControl, revalidate: 1 };
    const lastModified = localNow() - Math.max(ageMs, 1_000 + STALE_BY_MS);
    return { lastModified, cacheControl: lifetime, value: copyOf(value) };
  }
  const lastModified = localNow() - (isStale && isRefreshed ? 0 : ageMs);
  return { lastModified, cacheControl, value: copyOf(value) };
}

const STALE_BY_MS = 10;

/** Other requests may share the value with L1. */
function copyOf(value: NextValue | null): NextValue | null {
  if (value === null) return null;
  const { headers, segmentData } = value;
  return {
    ...value,
    ...(typeof headers === "object" && headers !== null ? { headers: { ...headers } } : {}),
    ...(segmentData instanceof Map ? { segmentData: new Map(segmentData) } : {}),
  };
}
