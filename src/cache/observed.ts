import type { CacheCallEvent, CacheEvent, CacheStatus, CacheStrategy, Observer } from "../client/index.js";
import { LoadTimeoutError, MoonpathError, OverloadedError } from "../core/errors.js";
import { notify } from "../core/notify.js";
import type { CachePlace } from "./consistency/observer.js";
import { EVERY_ENTRY } from "./read/header.js";

type EventOf<Kind extends CacheEvent["kind"]> = CacheEvent & { readonly kind: Kind };

/** What has become of a loaded value. */
export type FillOutcome = EventOf<"fill">["outcome"];

/** Why Redis was not used. */
export type DegradedReason = EventOf<"degraded">["reason"];

/** Tells observers what one cache does. It is undefined if nobody observes. */
export interface CacheObserver {
  /** @param endpoint the path of the policy, if it is a response */
  request(status: CacheStatus, tenant: string, endpoint?: string): void;
  /** A call of the cache has ended, with an error if there is one. */
  called(call: CacheCall, durationMs: number, failure?: { readonly error: unknown }): void;
  fill(outcome: FillOutcome): void;
  degraded(reason: DegradedReason): void;
  consistency(place: CachePlace, durationMs: number): void;
  /** Runs a load, and tells how it has ended. */
  load<Value>(work: () => Promise<Value>): Promise<Value>;
}

/** A call of a cache, before it has ended. */
export type CacheCall = Omit<CacheCallEvent, "outcome" | "durationMs">;

/** The observers of a client, as far as they observe caches. */
export class CacheObservers {
  readonly #observers: readonly Observer[];

  constructor(observers: readonly Observer[]) {
    this.#observers = observers;
  }

  get all(): readonly Observer[] {
    return this.#observers;
  }

  /** Undefined if no observer has a hook for caches. */
  static of(observers: readonly Observer[] = []): CacheObservers | undefined {
    const own = observers.filter(
      ({ onCache, onCacheRequest, onCacheCall, trace }) => onCache || onCacheRequest || onCacheCall || trace,
    );
    return own.length > 0 ? new CacheObservers(own) : undefined;
  }

  /**
   * @param cache the pattern of the cache
   * @param strategy that of its reads
   */
  of(cache: string, strategy: CacheStrategy = "cache_aside"): CacheObserver {
    const requested = this.#observers.filter(({ onCacheRequest }) => onCacheRequest);
    return {
      request(status, tenant, endpoint) {
        // No object and no promise for each hit.
        for (const observer of requested) {
          try {
            const result: unknown = observer.onCacheRequest?.(cache, status, tenant, strategy, endpoint);
            if (result !== undefined) Promise.resolve(result).catch(() => {});
          } catch {}
        }
      },
      called: (call, durationMs, failure) => {
        const outcome = failure ? codeOf(failure.error) : "ok";
        const event: CacheCallEvent = { ...call, outcome, durationMs };
        for (const observer of this.#observers) notify((told) => observer.onCacheCall?.(told), event);
      },
      fill: (outcome) => this.#report({ kind: "fill", cache, outcome }),
      degraded: (reason) => this.#report({ kind: "degraded", cache, reason }),
      consistency: (place, durationMs) => this.#report({ kind: "consistency", cache, place, durationMs }),
      load: async (work) => {
        const startedAt = performance.now();
        const ended = (outcome: EventOf<"load">["outcome"]) =>
          this.#report({ kind: "load", cache, outcome, durationMs: performance.now() - startedAt });
        try {
          const result = await work();
          ended("ok");
          return result;
        } catch (error) {
          if (error instanceof LoadTimeoutError) ended("timeout");
          else ended(error instanceof OverloadedError ? "overloaded" : "error");
          throw error;
        }
      },
    };
  }

  invalidated(
    { kind, name }: { readonly kind: "entry" | "tag"; readonly name: string },
    outcome: EventOf<"invalidation">["outcome"],
  ): void {
    const target = kind === "tag" && name === EVERY_ENTRY ? "tenant" : kind;
    this.#report({ kind: "invalidation", target, outcome });
  }

  #report(event: CacheEvent): void {
    for (const observer of this.#observers) notify((told) => observer.onCache?.(told), event);
  }
}

function codeOf(error: unknown): Exclude<CacheCallEvent["outcome"], "ok"> {
  return error instanceof MoonpathError ? error.code : "SOURCE";
}
