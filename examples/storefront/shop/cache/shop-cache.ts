import type {
  CacheMaker,
  FieldsOf,
  LoadContext,
  Loader,
  LoadMany,
  TenantCache,
  WriteOptions,
} from "moonpath";
import { ArgumentError, DeadlineError, OutcomeUnknownError, UNCHANGED, UnavailableError } from "moonpath";
import { type CacheFigures, type CacheReport, collectFigures } from "moonpath/tuning";
import { reasonsOf } from "../../reasons.js";
import type { ShopResources } from "../terms.js";
import type { PatternRow } from "./pattern-row.js";

/** What the shop calls of a cache. Without caches, every call goes to the source. */
export interface ShopCache<Fields, Value> {
  /** `load` is for patterns whose fields do not say what to load, such as a hash. */
  get(fields: Fields, load?: Loader<Fields, Value>): Promise<Value | undefined>;
  getMany(fields: readonly Fields[]): Promise<(Value | undefined)[]>;
  /** Writes to the source, and stores what the write returns. */
  write(fields: Fields, write: () => Promise<Value>): Promise<Value>;
  /** Writes to the source, and removes the entries before and after. */
  writeAround<Result>(fields: readonly Fields[], write: () => Promise<Result>): Promise<Result>;
  invalidate(fields: Fields): Promise<void>;
  warm(fields: readonly Fields[]): Promise<void>;
  prefetch(fields: readonly Fields[]): void;
}

/** How the source of a cache is read. Without both, each call of `get` has its loader. */
export interface Loaders<Fields, Value> {
  readonly load?: Loader<Fields, Value>;
  readonly loadMany?: LoadMany<Fields, Value>;
}

/** How often the entries of a pattern were asked for, and how often the source. */
export interface CacheCounts {
  reads: number;
  /** Readings that asked the source themselves. */
  misses: number;
  /** Entries that a loader was asked for, for a reading or before one. Of a batch, each entry counts. */
  loads: number;
}

const REPORT_EVERY_MS = 10_000;

/** Makes the shop's caches: those of Moonpath, or none. */
export class ShopCaches {
  readonly #moonpath: ShopResources["moonpath"];
  readonly #tenant: string;
  readonly #cacheTimeoutMs: number | undefined;
  readonly #warn: (message: string) => void;
  readonly #counts = new Map<string, CacheCounts>();
  /** Undefined without caches. */
  readonly #figures: CacheFigures | undefined;
  readonly #closes: ((graceMs: number) => Promise<unknown>)[] = [];
  #unanswered = 0;
  #reportedMs = Number.NEGATIVE_INFINITY;
  /** Whether the shop has caches. */
  readonly isOn: boolean;

  constructor({
    moonpath,
    acme,
    hasCaches = true,
    cacheTimeoutMs,
    warn = () => undefined,
  }: Pick<ShopResources, "moonpath" | "acme" | "hasCaches" | "cacheTimeoutMs" | "warn">) {
    this.#moonpath = moonpath;
    this.#tenant = acme.scope.tenant;
    this.isOn = hasCaches;
    this.#cacheTimeoutMs = cacheTimeoutMs;
    this.#warn = warn;
    const maker: CacheMaker = moonpath;
    this.#figures = hasCaches
      ? collectFigures(maker, { onError: (error) => this.#report("of figures", error) })
      : undefined;
    this.#figures?.start();
  }

  /** What the caches of all processes of the shop do, and what to change. */
  async report(): Promise<readonly CacheReport[]> {
    await this.#figures?.publish();
    return (await this.#figures?.report()) ?? [];
  }

  /** Calls of the caches that Redis did not answer in time. Then the database answered. */
  get unanswered(): number {
    return this.#unanswered;
  }

  /** The counts so far, by pattern. */
  get counts(): ReadonlyMap<string, Readonly<CacheCounts>> {
    return this.#counts;
  }

  /** The cache of one row of the table. Make it once. */
  of<const Pattern extends string, Value>(
    row: PatternRow<Pattern>,
    loaders: Loaders<FieldsOf<Pattern>, Value>,
  ): ShopCache<FieldsOf<Pattern>, Value> {
    const counts = { reads: 0, misses: 0, loads: 0 };
    this.#counts.set(row.pattern, counts);
    const counted = countedLoaders(loaders, counts);
    if (!this.isOn) return withoutCache(counted, counts, this.#tenant);
    const { pattern, freshMs, staleMs, negativeMs, tags } = row;
    // The rows are of values that JSON keeps, and the compiler cannot see that of every value.
    const maker: CacheMaker = this.#moonpath;
    const cache = maker.cache<Pattern, Value>({
      pattern,
      freshMs,
      staleMs,
      negativeMs,
      cacheTimeoutMs: this.#cacheTimeoutMs,
      tags: tags.length === 0 ? [] : (fields) => tags.map((tag) => filledIn(tag, fields)),
      ...counted,
      figures: this.#figures,
      onError: (error) => this.#report(pattern, error),
    });
    this.#closes.push((graceMs) => cache.close({ graceMs }));
    return withCache(cache.tenant(this.#tenant), counted.load, counts);
  }

  /**
   * A Redis that is slow or away makes an error for each call, so those are counted. Of the others, one in a
   * while is enough.
   */
  #report(pattern: string, error: unknown): void {
    if (isUnanswered(error)) {
      this.#unanswered += 1;
      return;
    }
    const nowMs = performance.now();
    if (nowMs - this.#reportedMs < REPORT_EVERY_MS) return;
    this.#reportedMs = nowMs;
    this.#warn(`the cache ${pattern}: ${reasonsOf(error)}`);
  }

  /** Waits for loads that are not stored yet, at most so many milliseconds. */
  async close(graceMs: number): Promise<void> {
    await Promise.all(this.#closes.map((close) => close(graceMs)));
    await this.#figures?.stop({ graceMs });
  }

  /** From now on, nobody is served an entry with one of these tags. */
  async invalidateTags(tags: readonly string[]): Promise<void> {
    if (!this.isOn || tags.length === 0) return;
    await this.#moonpath.tenant(this.#tenant).cache.invalidateTags(tags);
  }
}

function isUnanswered(error: unknown): boolean {
  return (
    error instanceof UnavailableError ||
    error instanceof DeadlineError ||
    error instanceof OutcomeUnknownError
  );
}

/** The write to the database may take this long. */
const WRITE: WriteOptions = { blockMs: 20_000 };

function withCache<Fields, Value>(
  cache: TenantCache<Fields, Value>,
  load: Loader<Fields, Value> | undefined,
  counts: CacheCounts,
): ShopCache<Fields, Value> {
  return {
    get(fields, own) {
      counts.reads += 1;
      const loader = own === undefined ? load : countedLoader(own, counts);
      if (loader === undefined) return cache.getOrLoad(fields);
      return cache.getOrLoad(fields, {
        load(asked, context) {
          counts.misses += 1;
          return loader(asked, context);
        },
      });
    },
    getMany(fields) {
      counts.reads += fields.length;
      return cache.getMany(fields);
    },
    write: async (fields, write) => (await cache.writeThrough(fields, write, WRITE)).value,
    writeAround: async (fields, write) => (await cache.writeAround(fields, write, WRITE)).value,
    invalidate: async (fields) => {
      await cache.invalidate(fields);
    },
    warm: (fields) => cache.warm(fields),
    prefetch: (fields) => cache.prefetch(fields),
  };
}

function withoutCache<Fields, Value>(
  { load, loadMany }: Loaders<Fields, Value>,
  counts: CacheCounts,
  tenant: string,
): ShopCache<Fields, Value> {
  const context = withoutEntry<Value>(tenant);
  const one = async (fields: Fields, loader = load): Promise<Value | undefined> => {
    if (loader === undefined) return (await loadMany?.([fields], context))?.[0];
    const value = await loader(fields, context);
    return value === UNCHANGED ? undefined : value;
  };
  return {
    get(fields, loader) {
      counts.reads += 1;
      counts.misses += loader === undefined && load === undefined ? 0 : 1;
      return one(fields, loader && countedLoader(loader, counts));
    },
    async getMany(fields) {
      counts.reads += fields.length;
      counts.misses += load === undefined ? 0 : fields.length;
      if (loadMany === undefined) return Promise.all(fields.map((each) => one(each)));
      return [...(await loadMany(fields, context))];
    },
    write: (_fields, write) => write(),
    writeAround: (_fields, write) => write(),
    invalidate: async () => undefined,
    warm: async () => undefined,
    prefetch: () => undefined,
  };
}

/** What a loader is given if there is no entry. */
function withoutEntry<Value>(tenant: string): LoadContext<Value> {
  return {
    tenant,
    signal: new AbortController().signal,
    stale: undefined,
    tag: () => undefined,
    freshMs: () => undefined,
    doNotStore: () => undefined,
  };
}

function countedLoader<Fields, Value>(
  load: Loader<Fields, Value>,
  counts: CacheCounts,
): Loader<Fields, Value> {
  return (fields, context) => {
    counts.loads += 1;
    return load(fields, context);
  };
}

function countedLoaders<Fields, Value>(
  { load, loadMany }: Loaders<Fields, Value>,
  counts: CacheCounts,
): Loaders<Fields, Value> {
  return {
    ...(load && { load: countedLoader(load, counts) }),
    ...(loadMany && {
      loadMany: (list, context) => {
        counts.loads += list.length;
        counts.misses += list.length;
        return loadMany(list, context);
      },
    }),
  };
}

/** `org:<organisation>` with the field's value. */
function filledIn(tag: string, fields: object): string {
  return tag.replace(/<(\w+)>/g, (_, name: string) => {
    const value: unknown = Reflect.get(fields, name);
    if (typeof value === "string" || typeof value === "number") return String(value);
    throw new ArgumentError(name, "text or a number");
  });
}
