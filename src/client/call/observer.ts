import { ArgumentError, type ErrorCode } from "../../core/errors.js";
import { notify } from "../../core/notify.js";
import { readFrom } from "../../core/read-from.js";
import type { ScriptFacts } from "../script/script.js";
import type { CacheCallEvent, CacheStrategy, TracedOperation } from "./traced-operation.js";
import { Tracing } from "./tracing.js";

/** One call that has ended. */
export interface CallEvent {
  readonly script: string;
  readonly version: string;
  readonly outcome: "ok" | ErrorCode;
  /** Milliseconds from the call to its result, including all waits and retries. */
  readonly durationMs: number;
  /** The number of attempts; 1 without a retry. */
  readonly attempts: number;
}

/**
 * The client will retry a call after `delayMs` milliseconds. `attempt` is the number of the next
 * attempt.
 */
export interface RetryEvent {
  readonly script: string;
  readonly version: string;
  readonly attempt: number;
  readonly delayMs: number;
}

/** A server had lost the script, and the client has loaded it again. */
export interface ReloadEvent {
  readonly script: string;
  readonly version: string;
}

/** One answer of `limit.take`. */
export interface TakeEvent {
  readonly outcome: "allowed" | "refused" | "too_large" | "mismatch";
  /** Whether Redis did not answer, so that `onUnavailable` decided. */
  readonly degraded: boolean;
}

/** The client has asked for credentials, because of the option `credentials`. */
export interface CredentialsEvent {
  /** `failed`: none came, or a server refused them. The client asks again. */
  readonly outcome: "renewed" | "failed";
  /** When the credentials in use end, in epoch milliseconds, if that is known. */
  readonly expiresAtMs: number | undefined;
}

/**
 * How a cache has answered a reading. `hit` and `stale` are values of Redis, `miss` is a load, `joined` the
 * load of another caller, and `bypass` a load that is not stored.
 */
export type CacheStatus = "l1_hit" | "hit" | "stale" | "miss" | "joined" | "bypass";

/** What a cache has done. `cache` is the pattern of the cache, such as `product:<product>`. */
export type CacheEvent =
  /** A loader has ended. One call for several entries is one load. */
  | {
      readonly kind: "load";
      readonly cache: string;
      readonly outcome: "ok" | "error" | "timeout" | "overloaded";
      /** Milliseconds, with the wait for its turn. */
      readonly durationMs: number;
    }
  /**
   * What has become of a loaded value. `overtaken`: its lease has ended, or an invalidation came. `unwanted`:
   * the loader has said so, or the source has none and there is no `negativeMs`.
   */
  | {
      readonly kind: "fill";
      readonly cache: string;
      readonly outcome: "stored" | "overtaken" | "too_large" | "full" | "over_quota" | "unwanted" | "failed";
    }
  /**
   * Redis was not used. `pending`: Redis has not confirmed an invalidation. `error`: Redis has answered with
   * an error.
   */
  | {
      readonly kind: "degraded";
      readonly cache: string;
      readonly reason: "circuit_open" | "unavailable" | "error" | "pending";
    }
  /**
   * A comparison of `observeConsistency` has ended: L1 or Redis disagreed with the source for so long; 0 if
   * it agreed.
   */
  | {
      readonly kind: "consistency";
      readonly cache: string;
      readonly place: "l1" | "redis";
      readonly durationMs: number;
    }
  /** An invalidation has ended. `failed`: the outbox delivers it again. */
  | {
      readonly kind: "invalidation";
      readonly target: "entry" | "tag" | "tenant";
      readonly outcome: "done" | "pending" | "failed";
    };

/**
 * How a call to another service has ended. `unknown`: a write may or may not have run. `refused`: the service
 * says that the request is wrong.
 */
export type SyncOutcome =
  | "ok"
  | "refused"
  | "failed"
  | "timeout"
  | "invalid_reply"
  | "circuit_open"
  | "unknown"
  | "aborted";

/** What `moonpath/sync` has done. `type` is one of the types of `createSync`. */
export type SyncEvent =
  /** A call has ended. `durationMs` includes all attempts and the delays between them. */
  | {
      readonly kind: "operation";
      readonly type: string;
      readonly outcome: SyncOutcome;
      readonly durationMs: number;
      readonly attempts: number;
    }
  /** A call makes another attempt after `delayMs`. */
  | { readonly kind: "retry"; readonly type: string; readonly delayMs: number }
  /** The breaker of a host has changed. `before` is undefined for a new host, `state` for a forgotten one. */
  | {
      readonly kind: "breaker";
      readonly state: "closed" | "open" | "half_open" | undefined;
      readonly before: "closed" | "open" | "half_open" | undefined;
    };

/**
 * Hooks for calls, retries and reloads, for logs and metrics. They run synchronously, so keep them
 * fast. The client drops what a hook throws. Events hold no key, no argument and no reply.
 *
 * ```ts
 * const observer: Observer = {
 *   onCall: ({ script, durationMs }) => log.debug({ script, durationMs }),
 * };
 * const moonpath = createMoonpath(redis, { observers: [observer] });
 * ```
 */
export interface Observer {
  /** A call has ended, with a reply or with an error. */
  onCall?(event: CallEvent): void;
  /** The client will retry a call after a delay. */
  onRetry?(event: RetryEvent): void;
  /** The client has loaded a script that a server had lost. */
  onReload?(event: ReloadEvent): void;
  /** There are new credentials, or none could be had. */
  onCredentials?(event: CredentialsEvent): void;
  /** `limit.take` has an answer. */
  onTake?(event: TakeEvent): void;
  /**
   * A cache has answered a reading. It is called for each hit in L1 too, so it must be cheap, and gets no
   * object. `endpoint` is the path of the policy, for responses of an HTTP cache.
   */
  onCacheRequest?(
    cache: string,
    status: CacheStatus,
    tenant: string,
    strategy: CacheStrategy,
    endpoint: string | undefined,
  ): void;
  /** A cache has loaded, filled, invalidated, or done without Redis. */
  onCache?(event: CacheEvent): void;
  /** A call to another service has ended or is retried, or the breaker of a host has changed. */
  onSync?(event: SyncEvent): void;
  /** A call of a cache has ended. Hits in L1 are not reported, because they take less time than a clock. */
  onCacheCall?(event: CacheCallEvent): void;
  /**
   * Runs the operation, for spans: whatever is current while `run` is called is current in the operation.
   * The caller gets the promise of `run`, and never that of the hook.
   */
  trace?(operation: TracedOperation, run: () => Promise<unknown>): void;
}

/** All observers of a client. */
export class Observers {
  /** Whether an observer has `onCall`. If none has, the client takes no times. */
  readonly observesCalls: boolean;
  readonly tracing: Tracing;
  readonly #observers: readonly Observer[];

  /** @throws ArgumentError unless it is a list of objects */
  constructor(observers: readonly Observer[]) {
    const expected = "a list of observers";
    const facts = readFrom(
      "observers",
      () => {
        if (!Array.isArray(observers)) return undefined;
        const list: readonly Observer[] = [...observers];
        return {
          list,
          observesCalls: list.some((observer) => observer.onCall),
          areObjects: list.every(isObject),
        };
      },
      undefined,
      expected,
    );
    if (!facts?.areObjects) throw new ArgumentError("observers", expected);
    this.#observers = facts.list;
    this.observesCalls = facts.observesCalls;
    this.tracing = new Tracing("call", facts.list);
  }

  callEnded(event: CallEvent): void {
    // No closure and no promise for each call.
    for (const observer of this.#observers) {
      try {
        const result: unknown = observer.onCall?.(event);
        if (result !== undefined) Promise.resolve(result).catch(() => {});
      } catch {}
    }
  }

  retryScheduled({ name, version }: ScriptFacts, attempt: number, delayMs: number): void {
    this.#notify((observer) => observer.onRetry?.({ script: name, version, attempt, delayMs }));
  }

  credentialsEnded(event: CredentialsEvent): void {
    this.#notify((observer) => observer.onCredentials?.(event));
  }

  scriptReloaded({ name, version }: ScriptFacts): void {
    this.#notify((observer) => observer.onReload?.({ script: name, version }));
  }

  #notify(hook: (observer: Observer) => void): void {
    for (const observer of this.#observers) notify(hook, observer);
  }
}

function isObject(value: unknown): boolean {
  return (typeof value === "object" && value !== null) || typeof value === "function";
}
