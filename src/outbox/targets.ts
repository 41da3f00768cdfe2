import * as types from "../../generated/ts/types.js";
import { checkedTags, EntryPattern, EVERY_ENTRY, type FieldsOf } from "../cache/index.js";
import { checkedScope } from "../client/index.js";
import { ArgumentError } from "../core/errors.js";
import { type OptionNames, refuseUnknownOptions } from "../core/known-options.js";
import { readFrom } from "../core/read-from.js";

/** What all invalidations have. */
interface ForTenant {
  readonly tenant: string;
  /** As `expire` does: the old values are stale, and callers get them while one loads. Default false. */
  readonly soft?: boolean | undefined;
}

/** Invalidates entries of one pattern. */
interface ForEntries extends ForTenant {
  /** Milliseconds for which no load fills the entries. Not with `soft`. */
  readonly settleMs?: number | undefined;
}

/** A cache, as `moonpath.cache` returns it, with values of any type. */
export interface NamedCache<Fields> {
  readonly pattern: string;
  tenant(name: string): { exists(fields: Fields): Promise<boolean> };
}

/** Invalidates entries of a cache. */
export interface CacheInvalidation<Fields> extends ForEntries {
  readonly cache: NamedCache<Fields>;
  readonly fields: readonly NoInfer<Fields>[];
}

/** Invalidates entries by their pattern, for a process that has no cache of it. */
export interface PatternInvalidation<Pattern extends string> extends ForEntries {
  /** The same text as in the definition of the cache, such as `product:<product>`. */
  readonly pattern: Pattern;
  readonly fields: readonly NoInfer<FieldsOf<Pattern>>[];
}

/** Invalidates all entries with one of the tags. */
export interface TagInvalidation extends ForTenant {
  readonly tags: readonly string[];
}

/** Invalidates everything that is stored for the tenant. */
export interface AllInvalidation extends ForTenant {
  readonly all: true;
}

/** A row of the outbox. */
export interface OutboxTarget {
  readonly tenant: string;
  readonly kind: "entry" | "tag";
  readonly name: string;
  readonly isSoft: boolean;
  readonly settleMs: number | undefined;
}

export type AnyInvalidation =
  | CacheInvalidation<unknown>
  | PatternInvalidation<string>
  | TagInvalidation
  | AllInvalidation;

const known = { tenant: true, soft: true } as const satisfies OptionNames<ForTenant>;
const knownOfEntries = { ...known, settleMs: true, fields: true } as const;
const cacheNames: OptionNames<CacheInvalidation<unknown>> = { ...knownOfEntries, cache: true };
const patternNames: OptionNames<PatternInvalidation<string>> = { ...knownOfEntries, pattern: true };
const tagNames: OptionNames<TagInvalidation> = { ...known, tags: true };
const allNames: OptionNames<AllInvalidation> = { ...known, all: true };

/**
 * The rows of an invalidation, in its order and without duplicates.
 *
 * @throws ArgumentError that names what the relay could never deliver
 */
export function targetsOf(namespace: string, invalidation: AnyInvalidation): readonly OutboxTarget[] {
  return readFrom("invalidation", () => {
    if (typeof invalidation !== "object" || invalidation === null) {
      throw new ArgumentError("invalidation", "an object with tenant, and cache, pattern, tags or all");
    }
    const { tenant, soft: isSoft = false } = invalidation;
    checkedScope({ namespace, tenant });
    if (typeof isSoft !== "boolean") throw new ArgumentError("soft", "true or false");
    const targetsFor = (
      kind: OutboxTarget["kind"],
      names: readonly string[],
      settleMs?: number,
    ): readonly OutboxTarget[] =>
      [...new Set(names)].map((name) => ({ tenant, kind, name, isSoft, settleMs }));
    if ("tags" in invalidation) {
      refuseUnknownOptions(invalidation, tagNames);
      return targetsFor("tag", checkedTags(invalidation.tags, "a list"));
    }
    if ("all" in invalidation) {
      refuseUnknownOptions(invalidation, allNames);
      if (invalidation.all !== true) throw new ArgumentError("all", "true");
      return targetsFor("tag", [EVERY_ENTRY]);
    }
    if ("cache" in invalidation) refuseUnknownOptions(invalidation, cacheNames);
    else refuseUnknownOptions(invalidation, patternNames);
    const { settleMs, fields } = invalidation;
    const text = "cache" in invalidation ? patternOf(invalidation.cache) : invalidation.pattern;
    const pattern = new EntryPattern<unknown>(text);
    if (settleMs !== undefined) {
      types.ms.encode("settleMs", settleMs);
      if (isSoft)
        throw new ArgumentError("settleMs", "none with soft, because soft invalidations keep the entry");
    }
    const names = checkedList("fields", fields).map((one) => pattern.nameOf(one));
    return targetsFor("entry", names, settleMs);
  });
}

function patternOf(cache: NamedCache<unknown>): string {
  if (typeof cache?.pattern === "string") return cache.pattern;
  throw new ArgumentError("cache", "a cache, as moonpath.cache returns it");
}

function checkedList<Item>(argument: string, list: readonly Item[]): readonly Item[] {
  if (Array.isArray(list)) return list;
  throw new ArgumentError(argument, "a list");
}
