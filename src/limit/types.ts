import type { CallOptions } from "../client/index.js";
import type { Using } from "./using-types.js";

/** One rate limit: `quota` units each `periodMs`, and at most `burst` units at once. */
export interface RateLimit {
  /** Units for each period, 1 to 1,000,000,000, and at most 10 for each millisecond of the period. */
  readonly quota: number;
  /** The period in milliseconds, 1 to 31,622,400,000 (366 days). */
  readonly periodMs: number;
  /** Units that may be taken at once. Default: the quota. */
  readonly burst?: number | undefined;
}

/** A rate limit with its burst. */
export interface ResolvedLimit extends RateLimit {
  readonly burst: number;
}

/** The arguments of `limit.peek`. */
export interface PeekArgs {
  /** Names what is limited, such as `login:ada`: 1 to 256 bytes without control characters and braces. */
  readonly name: string;
  /** One limit, or up to 8 with different periods. A call is allowed if all of them allow it. */
  readonly limits: RateLimit | readonly RateLimit[];
  /** The units that the call takes from each limit. Default 1. */
  readonly cost?: number | undefined;
}

/** The arguments of `limit.take`. */
export interface TakeArgs extends PeekArgs {
  /**
   * Names this call, so that a second copy of it takes nothing. Give each call a new one. If absent,
   * the client makes one.
   */
  readonly operation?: string | undefined;
  /**
   * How long Redis remembers the operation, in milliseconds. Default 10,000. A copy that is later
   * takes units again.
   */
  readonly rememberMs?: number | undefined;
}

/**
 * The answer while Redis does not answer: `allow`, `deny`, or a limit in this process with this share
 * of the quota and the burst, 0.0001 to 1.
 */
export type OnUnavailable = "allow" | "deny" | { readonly local: number };

/** The options of `limit.take` and `limit.peek`. All may be left out. */
export interface LimitOptions {
  /** The answer while Redis does not answer. Default `{ local: 1 }`. */
  readonly onUnavailable?: OnUnavailable | undefined;
  /** Milliseconds until the call has an answer in any case: 1 to 2,147,483,647. Default 50. */
  readonly timeoutMs?: number | undefined;
}

/** The numbers of an answer. They are those of `limit`. */
export interface LimitNumbers {
  /**
   * The limit that decides: the one with the longest wait, else the one with the fewest units left.
   */
  readonly limit: ResolvedLimit;
  /** Units that a call could take now. */
  readonly remaining: number;
  /** Milliseconds until the limit has the units of a refused call; 0 after an allowed one. */
  readonly retryAfterMs: number;
  /** Milliseconds until the whole burst is free, without further calls. */
  readonly resetAfterMs: number;
  /**
   * Whether the answer comes from `onUnavailable`. With `allow` and `deny`, nobody knows the numbers:
   * they are 0, and after `deny` retryAfterMs is 1,000.
   */
  readonly degraded: boolean;
}

/** What `limit.peek` answers. */
export type PeekAnswer =
  | ({ readonly outcome: "allowed" | "refused" } & LimitNumbers)
  /** The cost is above the burst of `limit`, so no wait helps. */
  | {
      readonly outcome: "too_large";
      readonly limit: ResolvedLimit;
      readonly degraded: boolean;
    };

/** What `limit.take` answers. */
export type TakeAnswer =
  | PeekAnswer
  /** The operation was used before, with another cost or for `limit.reset`. */
  | { readonly outcome: "mismatch"; readonly degraded: false };

/** The arguments of `limit.reset`. */
export interface ResetArgs extends Pick<TakeArgs, "name" | "operation" | "rememberMs"> {}

/** Rate limits and permits of one tenant: `acme.limit`. */
export interface Limits extends Using {
  /**
   * Takes units from rate limits, from all of them or from none. It always answers within `timeoutMs`:
   * if Redis does not, `onUnavailable` decides, and the answer is `degraded`.
   *
   * ```ts
   * const answer = await acme.limit.take({
   *   name: "login:ada",
   *   limits: [
   *     { quota: 5, periodMs: 1_000 },
   *     { quota: 100, periodMs: 86_400_000 },
   *   ],
   * });
   * if (answer.outcome === "refused") console.log(`try again in ${answer.retryAfterMs} ms`);
   * ```
   *
   * @throws ArgumentError, and the errors that no wait ends: CorruptError, WrongTypeError,
   *   NoPermissionError, EvictionError, UnsupportedServerError, ClosedError
   */
  take(args: TakeArgs, options?: LimitOptions): Promise<TakeAnswer>;
  /** Tells what `take` would answer, and takes nothing. It throws the same errors. */
  peek(args: PeekArgs, options?: LimitOptions): Promise<PeekAnswer>;
  /**
   * Gives a name the whole burst of all its limits back, in Redis and in this process.
   *
   * @throws the errors of every call, because without Redis nothing is reset
   */
  reset(args: ResetArgs, options?: CallOptions): Promise<void>;
}
