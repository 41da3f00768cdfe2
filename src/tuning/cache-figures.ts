import type { CacheMaker, CacheRecorder, EntryRecorder, RecordedCache } from "../cache/index.js";
import { graceMsOf } from "../core/checks.js";
import { ArgumentError } from "../core/errors.js";
import { asError, notify } from "../core/notify.js";
import { readFrom } from "../core/read-from.js";
import { stopsWithin } from "../core/wait.js";
import { FrequentKeys } from "./collect/frequent-keys.js";
import { KeyBuckets } from "./collect/key-buckets.js";
import { PatternRecorder, type RecorderParts } from "./collect/pattern-recorder.js";
import { Recorded } from "./collect/recorded.js";
import { Sampler } from "./collect/sampler.js";
import { tuningDefaults as defaults } from "./defaults.js";
import { ProcessSlots } from "./fleet/process-slots.js";
import type { Published } from "./fleet/published.js";
import { type FiguresOptions, type ResolvedFiguresOptions, resolveFiguresOptions } from "./options.js";
import type { CacheReport } from "./report/cache-report.js";
import { type HotKey, hottestOf } from "./report/hot-keys.js";
import { reportOf } from "./report/report.js";

/** The answer of `hottestKeys`. */
export type HottestKeys =
  | { readonly outcome: "read"; readonly keys: readonly HotKey[] }
  /** `mayReadKeys` has not allowed it, or there is no such option. */
  | { readonly outcome: "refused" };

/**
 * Collects figures of caches in this process, publishes them in Redis, and reads those of all processes;
 * `collectFigures` makes it.
 */
export class CacheFigures implements CacheRecorder {
  readonly #options: ResolvedFiguresOptions;
  readonly #parts: RecorderParts;
  readonly #slots: ProcessSlots;
  readonly #recorded = new Map<string, Recorded>();
  #timer: NodeJS.Timeout | undefined;
  #publishing: Promise<void> | undefined;
  #halvedAt: number;

  constructor(caches: CacheMaker, options: ResolvedFiguresOptions) {
    this.#options = options;
    const now = () => performance.now();
    this.#parts = {
      sampler: new Sampler(options.sampleEvery),
      frequent: options.mayReadKeys && new FrequentKeys(defaults.maxHotKeys.value),
      maxTrackedKeys: options.maxTrackedKeys,
      now,
    };
    this.#halvedAt = now();
    this.#slots = new ProcessSlots(caches, options.publishMs, options.onError);
  }

  /** For caches: a definition with `figures` calls it. */
  recorderOf(cache: RecordedCache): EntryRecorder {
    return this.#record(cache, "", undefined);
  }

  /** For experiments: the recorder of one arm. */
  recorderOfArm(cache: RecordedCache, arm: string, seed: number): EntryRecorder {
    return this.#record(cache, arm, new KeyBuckets(seed));
  }

  /** Begins to publish. A second call does nothing. */
  start(): void {
    this.#timer ??= setInterval(() => void this.publish(), this.#options.publishMs).unref();
  }

  /**
   * Ends publishing, and removes the figures of this process from Redis, within `graceMs` milliseconds
   * (default 10,000). Otherwise they end by themselves. Errors go to `onError`.
   */
  async stop(options?: { readonly graceMs?: number | undefined }): Promise<void> {
    const graceMs = graceMsOf(options, defaults.graceMs.value);
    clearInterval(this.#timer);
    this.#timer = undefined;
    const cleared = (async () => {
      await this.#publishing;
      await this.#slots.clear();
    })();
    cleared.catch((error: unknown) => notify(this.#options.onError, asError(error)));
    await stopsWithin(
      cleared.catch(() => undefined),
      graceMs,
    );
  }

  /** Publishes now, for example before a report. Errors go to `onError`. */
  publish(): Promise<void> {
    this.#publishing ??= this.#publish().finally(() => {
      this.#publishing = undefined;
    });
    return this.#publishing;
  }

  /**
   * The figures of all processes, and what they suggest, by cache.
   *
   * ```ts
   * for (const { pattern, advice } of await figures.report()) console.log(pattern, advice);
   * ```
   */
  async report(): Promise<readonly CacheReport[]> {
    return reportOf(await this.#slots.read());
  }

  /** The hottest keys of all processes, for one person, whom `mayReadKeys` decides about. */
  async hottestKeys({
    by,
    most = 20,
  }: {
    readonly by: string;
    readonly most?: number;
  }): Promise<HottestKeys> {
    const { mayReadKeys } = this.#options;
    if (typeof by !== "string" || by === "") throw new ArgumentError("by", "the name of a person");
    if (!mayReadKeys || (await mayReadKeys(by)) !== true) return { outcome: "refused" };
    return { outcome: "read", keys: hottestOf(await this.#slots.read(), most) };
  }

  /** For tuners and experiments: what all processes have published. */
  readAll(): Promise<readonly Published[]> {
    return this.#slots.read();
  }

  /** For tuners: the caches of this process whose fresh time may change. */
  tunable(): readonly RecordedCache[] {
    return [...this.#recorded.values()].flatMap(({ recorder }) =>
      recorder.cache.limits && !recorder.buckets ? [recorder.cache] : [],
    );
  }

  /** For tuners: the fresh time of a cache from now on. */
  follow(pattern: string, step: number, freshMs: number): void {
    this.#recorded.get(pattern)?.follow(step, freshMs);
  }

  #record(cache: RecordedCache, arm: string, buckets: KeyBuckets | undefined): EntryRecorder {
    const name = arm === "" ? cache.pattern : `${cache.pattern} ${arm}`;
    if (this.#recorded.has(name)) throw new ArgumentError("figures", "one cache of each pattern");
    if (this.#recorded.size >= defaults.maxCaches.value)
      throw new ArgumentError("figures", `at most ${defaults.maxCaches.value} caches`);
    const recorder = new PatternRecorder(cache, this.#parts, buckets);
    this.#recorded.set(name, new Recorded(recorder, arm, this.#parts.now));
    return recorder;
  }

  async #publish(): Promise<void> {
    const { frequent, now } = this.#parts;
    if (now() - this.#halvedAt >= defaults.recentStepMs.value) {
      this.#halvedAt = now();
      frequent?.halve();
    }
    try {
      await this.#slots.publish({
        process: this.#slots.process,
        caches: [...this.#recorded.values()].map((recorded) => recorded.published()),
        keys: frequent?.top(defaults.publishedKeys.value) ?? [],
        sampleEvery: this.#options.sampleEvery,
      });
    } catch (error) {
      notify(this.#options.onError, asError(error));
    }
  }
}

/**
 * Collects figures of the caches whose definition names it: hit rates, ages, loads that brought the same
 * value again, entries that nobody read, and the hottest keys. They are published in Redis every ten
 * seconds, and a report adds up those of all processes.
 *
 * ```ts
 * const figures = collectFigures(moonpath);
 * const products = moonpath.cache({
 *   pattern: "product:<product>",
 *   freshMs: 600_000,
 *   load: ({ product }) => database.product(product),
 *   figures,
 * });
 * figures.start();
 * for (const { advice } of await figures.report()) console.log(advice.join("\n"));
 * // When the service stops:
 * await figures.stop();
 * ```
 *
 * @throws ArgumentError that names the option
 */
export function collectFigures(caches: CacheMaker, options: FiguresOptions = {}): CacheFigures {
  const resolved = readFrom("options", () => {
    if (typeof caches?.cache !== "function")
      throw new ArgumentError("caches", "a client of createMoonpath or createCacheClient");
    return resolveFiguresOptions(options);
  });
  return new CacheFigures(caches, resolved);
}
