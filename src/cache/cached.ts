import { ArgumentError } from "../core/errors.js";
import { SHARED_TENANT } from "../core/shared-tenant.js";
import type { CodecFor } from "./coding/json-value.js";
import type { CacheDefinition } from "./definition.js";
import type { FieldsOf } from "./pattern.js";
import type { Cache, TenantCache } from "./types.js";
import type { InvalidateOptions, InvalidationOutcome } from "./write/invalidations.js";

/** Arguments that name an entry by themselves. */
type NamingArgument = string | number | boolean | null | undefined;

/** The options of `cached`: those of a cache, and how arguments name an entry. */
export interface CachedOptions<Args extends readonly unknown[], Value>
  extends Omit<CacheDefinition<string, Value>, "pattern" | "load" | "loadMany" | "tags" | "loaderTags"> {
  /** The first segment of the entries' names. Two functions need two names. */
  readonly name: string;
  /** The text that names the entry of a call. Needed for arguments other than texts, numbers and flags. */
  readonly key?: ((...args: Args) => string) | undefined;
  /** The tenant of a call. Default: one for all. */
  readonly tenant?: string | ((...args: Args) => string) | undefined;
  /** The tags of a call's entry. */
  readonly tags?: ((...args: Args) => readonly string[]) | undefined;
}

/** A function whose results are cached. */
export interface CachedFunction<Args extends readonly unknown[], Value> {
  (...args: Args): Promise<Value | undefined>;
  /** From now on, nobody is served the old result of these arguments. */
  invalidate(args: Args, options?: InvalidateOptions): Promise<InvalidationOutcome>;
}

/** What makes caches: the client of `createMoonpath` or `createCacheClient`. */
export interface CacheMaker {
  cache<const Pattern extends string, Value>(
    definition: CacheDefinition<Pattern, Value>,
  ): Cache<FieldsOf<Pattern>, Value>;
}

/** Without `key`, the arguments must name the entry. */
type KeyFor<Args extends readonly unknown[], Value> = Args extends readonly NamingArgument[]
  ? unknown
  : { readonly key: NonNullable<CachedOptions<Args, Value>["key"]> };

/**
 * Caches the results of a function, by its arguments. Make it once, and keep it: its callers share loads.
 *
 * ```ts
 * const rate = cached(moonpath, { name: "rate", freshMs: 60_000 }, async (from: string, to: string) =>
 *   bank.rate(from, to),
 * );
 * console.log(await rate("EUR", "USD"));
 * await rate.invalidate(["EUR", "USD"]);
 * ```
 *
 * @throws ArgumentError that names the option
 */
export function cached<Args extends readonly unknown[], Value>(
  caches: CacheMaker,
  options: CachedOptions<Args, Value> & KeyFor<Args, Value> & CodecFor<Value>,
  load: (...args: Args) => Promise<Value | undefined>,
): CachedFunction<Args, Value> {
  const { name, key = keyOf, tenant = SHARED_TENANT, tags, ...definition } = options;
  if (typeof load !== "function") throw new ArgumentError("load", "a function");
  if (typeof name !== "string" || !/^[A-Za-z0-9_.-]{1,60}$/.test(name)) {
    throw new ArgumentError("name", "1 to 60 letters, digits, underscores, dots and hyphens");
  }
  const argsOf = new WeakMap<object, Args>();
  const entries: Cache<{ readonly key: string | number }, Value> = caches.cache({
    ...definition,
    pattern: `${name}:<key>`,
    tags: (fields) => tagsOf(fields),
  });
  const tagsOf = (fields: object): readonly string[] => {
    const args = argsOf.get(fields);
    return args && tags ? tags(...args) : [];
  };
  const of = (args: Args): TenantCache<{ readonly key: string | number }, Value> =>
    entries.tenant(typeof tenant === "function" ? tenant(...args) : tenant);
  const fieldsOf = (args: Args) => {
    const fields = { key: key(...args) };
    argsOf.set(fields, args);
    return fields;
  };
  const call = async (...args: Args) => of(args).getOrLoad(fieldsOf(args), { load: () => load(...args) });
  return Object.assign(call, {
    invalidate: async (args: Args, more?: InvalidateOptions) => of(args).invalidate(fieldsOf(args), more),
  });
}

/** @throws ArgumentError for an argument that is no text, number or flag */
function keyOf(...args: readonly unknown[]): string {
  const parts = args.map((arg) => {
    if (typeof arg === "string") return JSON.stringify(arg);
    if (arg === undefined || arg === null || typeof arg === "number" || typeof arg === "boolean")
      return String(arg);
    throw new ArgumentError("key", "a function, because an argument is no text, number or flag");
  });
  return parts.join(",") || "()";
}
