import type { CacheStrategy } from "../client/index.js";
import { checkedInteger } from "../core/checks.js";
import { ArgumentError } from "../core/errors.js";
import { type OptionNames, refuseUnknownOptions } from "../core/known-options.js";
import { MAX_DURATION_MS, MAX_TIMER_MS } from "../core/limits.js";
import { readFrom } from "../core/read-from.js";
import type { WriteQueue } from "../writebehind/index.js";
import { type Codec, jsonCodec } from "./coding/codec.js";
import { type Compression, checkedCompression } from "./coding/compression.js";
import type { ConsistencyObserver } from "./consistency/observer.js";
import { cacheDefaults as defaults } from "./defaults.js";
import type { Loader } from "./load/load-context.js";
import { type LoadMany, loaderOfOne } from "./load/load-many.js";
import type { CacheObserver, CacheObservers } from "./observed.js";
import { ObservedCalls } from "./observed-calls.js";
import { EntryPattern, type FieldsOf } from "./pattern.js";
import { checkedFreshLimits } from "./record/fresh-limits.js";
import type { CacheRecorder, EntryRecorder, FreshLimits } from "./record/recorder.js";
import { checkedTags } from "./tags.js";

/** What a cache of one pattern is. All but `pattern` and `freshMs` may be left out. */
export interface CacheDefinition<Pattern extends string, Value> {
  /**
   * Segments between colons; a segment in angle brackets is a field: `list:<organisation>:<page>`. The
   * first segment is plain text, and names the kind of entry. Patterns of two caches must differ.
   */
  readonly pattern: Pattern;
  /** Milliseconds for which a value is fresh. */
  readonly freshMs: number;
  /** Milliseconds after that for which callers get the old value while one of them loads. Default 0. */
  readonly staleMs?: number | undefined;
  /** Each entry's fresh time differs by up to this part of it: 0 to 0.5. Default 0.05. */
  readonly jitter?: number | undefined;
  /**
   * How early a fresh entry is refreshed, by XFetch (Vattani and others, 2015): 0 never, 1 as in the
   * paper, more earlier. Default 1.
   */
  readonly earlyRefresh?: number | undefined;
  /** Milliseconds for which "the source has none" is stored. Default: it is not stored. */
  readonly negativeMs?: number | undefined;
  /** Milliseconds that all calls to Redis for one caller may take. Default 250. */
  readonly cacheTimeoutMs?: number | undefined;
  /** Milliseconds for which a caller waits for a refresh before it gets the stale value. Default 0. */
  readonly softTimeoutMs?: number | undefined;
  /** Milliseconds for a load, and before it for the pattern's turn. Default 10,000. */
  readonly loadTimeoutMs?: number | undefined;
  /** The most loads of this pattern that run at once in this process. Default 64. */
  readonly maxLoads?: number | undefined;
  /** A larger value is returned and not stored. Default 1,048,576. */
  readonly maxBytes?: number | undefined;
  /** The tags of an entry, known before it is loaded. */
  readonly tags?: readonly string[] | ((fields: FieldsOf<Pattern>) => readonly string[]) | undefined;
  /** The loader adds tags itself, one more call to Redis a load. It excludes `loadMany`. Default false. */
  readonly loaderTags?: boolean | undefined;
  /** Default JSON. The compiler asks for another one if JSON does not keep the values. */
  readonly codec?: Codec<Value> | undefined;
  /**
   * Default `none`. Entries with any compression are read. `zstd` needs Node 22.15; another runtime loads
   * without storing until the entry ends.
   */
  readonly compression?: Compression | undefined;
  /** A value with fewer bytes is not compressed. Default 1,024. */
  readonly compressFromBytes?: number | undefined;
  /** Loads one value. A call may pass its own. */
  readonly load?: Loader<FieldsOf<Pattern>, Value> | undefined;
  /** Loads what `getMany` misses in one call. Without `load`, it also loads single values. */
  readonly loadMany?: LoadMany<FieldsOf<Pattern>, Value> | undefined;
  /**
   * The queue of `moonpath/writebehind` that `writeBehind` uses. A load then asks the queue before the
   * source.
   */
  readonly writeBehind?: WriteQueue | undefined;
  /** Compares some of the entries with the source: `observeConsistency` makes it. Default: none. */
  readonly consistency?: ConsistencyObserver | undefined;
  /** Records figures of the entries: `collectFigures` of `moonpath/tuning` makes it. Default: none. */
  readonly figures?: CacheRecorder | undefined;
  /** The limits in which a tuner of `moonpath/tuning` may change `freshMs`, with `figures`. Default: none. */
  readonly tuning?: FreshLimits | undefined;
  /** Receives errors of Redis, of refreshes in the background, and of values that cannot be read. */
  readonly onError?: ((error: Error) => void) | undefined;
}

/** A definition, checked and with its defaults. */
export interface ResolvedDefinition<Fields, Value> {
  readonly pattern: EntryPattern<Fields>;
  readonly freshMs: number;
  readonly staleMs: number;
  readonly jitter: number;
  readonly earlyRefresh: number;
  readonly negativeMs: number;
  readonly cacheTimeoutMs: number;
  readonly softTimeoutMs: number;
  readonly loadTimeoutMs: number;
  readonly maxLoads: number;
  readonly maxBytes: number;
  readonly tagsOf: (fields: Fields) => readonly string[];
  readonly loaderTags: boolean;
  readonly codec: Codec<Value>;
  readonly compression: Compression;
  readonly compressFromBytes: number;
  readonly load: Loader<Fields, Value> | undefined;
  readonly loadMany: LoadMany<Fields, Value> | undefined;
  readonly writeBehind: WriteQueue | undefined;
  readonly onError: ((error: Error) => void) | undefined;
  readonly consistency: ConsistencyObserver | undefined;
  readonly observer: CacheObserver | undefined;
  readonly recorder: EntryRecorder | undefined;
  readonly calls: ObservedCalls;
  /** The strategy of its reads. */
  readonly strategy: CacheStrategy;
}

const definitionNames: OptionNames<CacheDefinition<string, unknown>> = {
  pattern: true,
  freshMs: true,
  staleMs: true,
  jitter: true,
  earlyRefresh: true,
  negativeMs: true,
  cacheTimeoutMs: true,
  softTimeoutMs: true,
  loadTimeoutMs: true,
  maxLoads: true,
  maxBytes: true,
  tags: true,
  loaderTags: true,
  codec: true,
  compression: true,
  compressFromBytes: true,
  load: true,
  loadMany: true,
  writeBehind: true,
  consistency: true,
  figures: true,
  tuning: true,
  onError: true,
};

/** The largest value that the scripts accept. */
const MAX_VALUE_BYTES = 4_194_304;

/** @throws ArgumentError that names the option */
export function resolveDefinition<Pattern extends string, Value>(
  definition: CacheDefinition<Pattern, Value>,
  observers?: CacheObservers | undefined,
): ResolvedDefinition<FieldsOf<Pattern>, Value> {
  if (typeof definition !== "object" || definition === null)
    throw new ArgumentError("definition", "an object");
  return readFrom("definition", () => {
    refuseUnknownOptions(definition, definitionNames);
    const { pattern, tags = [], codec = jsonCodec<Value>(), load, loadMany, onError } = definition;
    for (const [name, value] of Object.entries({ load, loadMany, onError })) {
      if (value !== undefined && typeof value !== "function") throw new ArgumentError(name, "a function");
    }
    checkCodec(codec);
    if (typeof tags !== "function") checkedTags(tags, "a list of names, or a function that returns one");
    const { loaderTags = false, writeBehind, consistency } = definition;
    if (consistency !== undefined && typeof consistency?.sample !== "function")
      throw new ArgumentError("consistency", "what observeConsistency returns");
    if (writeBehind !== undefined && typeof writeBehind?.tenant !== "function")
      throw new ArgumentError("writeBehind", "a queue, as createWriteQueue returns it");
    if (typeof loaderTags !== "boolean") throw new ArgumentError("loaderTags", "true or false");
    if (loaderTags && loadMany)
      throw new ArgumentError("loadMany", "no loadMany with loaderTags, because it cannot add tags");
    const named = new EntryPattern<FieldsOf<Pattern>>(pattern);
    const freshMs = checkedInteger("freshMs", definition.freshMs, 1, MAX_DURATION_MS);
    const recorder = recorderOf(definition, freshMs);
    const strategy = writeBehind ? "write_behind" : load || loadMany ? "read_through" : "cache_aside";
    const observer = observers?.of(pattern, strategy);
    return {
      pattern: named,
      get freshMs() {
        return recorder?.freshMs ?? freshMs;
      },
      staleMs: integer("staleMs", definition.staleMs, defaults.staleMs.value, 0, MAX_DURATION_MS),
      jitter: part("jitter", definition.jitter, defaults.jitter.value, 0.5),
      earlyRefresh: part("earlyRefresh", definition.earlyRefresh, defaults.earlyRefresh.value, 100),
      negativeMs: integer("negativeMs", definition.negativeMs, 0, 0, MAX_DURATION_MS),
      cacheTimeoutMs: timeout("cacheTimeoutMs", definition.cacheTimeoutMs, 1),
      softTimeoutMs: timeout("softTimeoutMs", definition.softTimeoutMs, 0),
      loadTimeoutMs: timeout("loadTimeoutMs", definition.loadTimeoutMs, 1),
      maxLoads: integer("maxLoads", definition.maxLoads, defaults.maxLoads.value, 1, 100_000),
      maxBytes: integer("maxBytes", definition.maxBytes, defaults.maxBytes.value, 1, MAX_VALUE_BYTES),
      tagsOf: typeof tags === "function" ? tags : () => tags,
      loaderTags,
      codec,
      compression: checkedCompression(definition.compression ?? defaults.compression.value),
      compressFromBytes: integer(
        "compressFromBytes",
        definition.compressFromBytes,
        defaults.compressFromBytes.value,
        1,
        MAX_VALUE_BYTES,
      ),
      load: load ?? (loadMany && loaderOfOne(loadMany)),
      loadMany,
      writeBehind,
      consistency,
      onError,
      observer,
      recorder,
      calls: new ObservedCalls(pattern, observer, observers?.all ?? []),
      strategy,
    };
  });
}

/** What a recorder needs of a definition. */
type RecordedDefinition = Pick<
  CacheDefinition<string, unknown>,
  "figures" | "tuning" | "pattern" | "staleMs"
>;

/** @throws ArgumentError */
function recorderOf(
  { figures, tuning, pattern, staleMs = 0 }: RecordedDefinition,
  freshMs: number,
): EntryRecorder | undefined {
  if (figures === undefined) {
    if (tuning === undefined) return undefined;
    throw new ArgumentError("figures", "what collectFigures returns, because of tuning");
  }
  if (typeof figures?.recorderOf !== "function")
    throw new ArgumentError("figures", "what collectFigures returns");
  const limits = tuning && checkedFreshLimits(tuning, freshMs);
  return figures.recorderOf({ pattern, freshMs, staleMs, limits });
}

/** @throws ArgumentError */
function checkCodec(codec: unknown): void {
  const isObject = typeof codec === "object" && codec !== null && "id" in codec;
  if (!isObject || !hasFunctions(codec)) {
    throw new ArgumentError("codec", "an object with an id, encode and decode");
  }
  if (typeof codec.id !== "string" || !/^[A-Za-z1-9]$/.test(codec.id)) {
    throw new ArgumentError("codec", "an id of one letter, or 1 to 9");
  }
}

function hasFunctions(codec: object): boolean {
  return ["encode", "decode"].every((name) => typeof Reflect.get(codec, name) === "function");
}

function integer(
  name: string,
  value: number | undefined,
  byDefault: number,
  min: number,
  max: number,
): number {
  return value === undefined ? byDefault : checkedInteger(name, value, min, max);
}

function timeout(
  name: "cacheTimeoutMs" | "softTimeoutMs" | "loadTimeoutMs",
  value: number | undefined,
  min: number,
): number {
  return integer(name, value, defaults[name].value, min, MAX_TIMER_MS);
}

function part(name: string, value: number | undefined, byDefault: number, max: number): number {
  if (value === undefined) return byDefault;
  if (typeof value === "number" && value >= 0 && value <= max) return value;
  throw new ArgumentError(name, `a number from 0 to ${max}`);
}
