import type { ErrorCode } from "../../core/errors.js";

/**
 * How a cache is used. Reads are `read_through` if the definition has the loader, `write_behind` if it also
 * has a queue, and `cache_aside` otherwise. A write has the strategy of its call.
 */
export type CacheStrategy =
  | "cache_aside"
  | "read_through"
  | "write_through"
  | "write_behind"
  | "write_around";

/** A call of a cache, by the name of its method. */
export type CacheOperation =
  | "get_or_load"
  | "get_many"
  | "get"
  | "exists"
  | "refresh"
  | "set"
  | "write_through"
  | "write_around"
  | "write_behind"
  | "flush_pending_writes"
  | "invalidate"
  | "expire"
  | "delete_pattern";

/** One call of a cache that has ended. `cache` is the pattern of the cache. */
export interface CacheCallEvent {
  readonly cache: string;
  readonly tenant: string;
  readonly operation: CacheOperation;
  readonly strategy: CacheStrategy;
  /** `SOURCE`: a loader or a write of the program has thrown an error of its own. */
  readonly outcome: "ok" | "SOURCE" | ErrorCode;
  /** Milliseconds, with all waits and loads. */
  readonly durationMs: number;
}

/** What shows operations to somebody; see `Observer.trace`. */
export interface TraceHook {
  trace?(operation: TracedOperation, run: () => Promise<unknown>): void;
}

/** What a span, or a message of `node:diagnostics_channel`, is about. It has no key and no argument. */
export type TracedOperation =
  /** A call of a script, or of its `many` form with several calls. */
  | {
      readonly kind: "call";
      readonly script: string;
      readonly version: string;
      readonly tenant: string;
      readonly calls: number;
    }
  /** A call of a cache. */
  | {
      readonly kind: "cache";
      readonly cache: string;
      readonly tenant: string;
      readonly operation: CacheOperation;
      readonly strategy: CacheStrategy;
    }
  /** A loader of a cache. */
  | { readonly kind: "load"; readonly cache: string };
