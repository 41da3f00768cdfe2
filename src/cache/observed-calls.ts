import { type CacheOperation, type CacheStrategy, type Observer, Tracing } from "../client/index.js";
import type { CacheCall, CacheObserver } from "./observed.js";

/** Measures and traces the calls and loads of one cache. */
export class ObservedCalls {
  readonly #cache: string;
  readonly #observer: CacheObserver | undefined;
  readonly #calls: Tracing;
  readonly #loads: Tracing;

  /** @param cache the pattern of the cache */
  constructor(cache: string, observer: CacheObserver | undefined, observers: readonly Observer[]) {
    this.#cache = cache;
    this.#observer = observer;
    this.#calls = new Tracing("cache", observers);
    this.#loads = new Tracing("load", observers);
  }

  /** Runs a call. Without observers, it adds nothing. */
  run<Result>(
    operation: CacheOperation,
    strategy: CacheStrategy,
    tenant: string,
    work: () => Promise<Result>,
  ): Promise<Result> {
    const observer = this.#observer;
    const { isOn } = this.#calls;
    if (!observer && !isOn) return work();
    const call: CacheCall = { cache: this.#cache, tenant, operation, strategy };
    const measured = observer ? () => this.#measured(observer, call, work) : work;
    return isOn ? this.#calls.run({ kind: "cache", ...call }, measured) : measured();
  }

  /** Runs a loader. */
  load<Result>(work: () => Promise<Result>): Promise<Result> {
    const observer = this.#observer;
    const measured = observer ? () => observer.load(work) : work;
    return this.#loads.isOn ? this.#loads.run({ kind: "load", cache: this.#cache }, measured) : measured();
  }

  async #measured<Result>(
    observer: CacheObserver,
    call: CacheCall,
    work: () => Promise<Result>,
  ): Promise<Result> {
    const startedAt = performance.now();
    try {
      const result = await work();
      observer.called(call, performance.now() - startedAt);
      return result;
    } catch (error) {
      observer.called(call, performance.now() - startedAt, { error });
      throw error;
    }
  }
}
