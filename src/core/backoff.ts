import { ArgumentError } from "./errors.js";
import { type OptionNames, refuseUnknownOptions } from "./known-options.js";
import { MAX_DURATION_MS } from "./limits.js";

/**
 * The delay after so many failures in a row. Jitter prevents that all processes retry at the same
 * time.
 */
export function backoffMs(failures: number, { firstMs, maxMs, factor = 2 }: BackoffOptions): number {
  const full = Math.min(maxMs, firstMs * factor ** Math.min(failures - 1, 60));
  return Math.max(1, Math.round(full * (0.5 + Math.random() / 2)));
}

/** Delays between attempts, in milliseconds. */
export interface BackoffOptions {
  /** The delay after the first failure, before jitter. */
  readonly firstMs: number;
  /** The longest delay. */
  readonly maxMs: number;
  /** Each delay is so many times the one before. Default 2. */
  readonly factor?: number;
}

const backoffOptions: OptionNames<BackoffOptions> = { firstMs: true, maxMs: true, factor: true };

/** @throws ArgumentError if a delay is out of bounds or the factor is below 1 */
export function checkedBackoff(options: BackoffOptions): BackoffOptions {
  refuseUnknownOptions(options, backoffOptions, "retryDelayMs");
  const { firstMs, maxMs, factor = 2 } = options;
  const areDelays = [firstMs, maxMs].every((delay) => delay >= 1 && delay <= MAX_DURATION_MS);
  if (areDelays && firstMs <= maxMs && factor >= 1 && Number.isFinite(factor)) return options;
  throw new ArgumentError(
    "retryDelayMs",
    `delays from 1 to ${MAX_DURATION_MS}, with firstMs at most maxMs, and a factor from 1`,
  );
}

/** The delays between calls to Redis that failed. */
export const redisBackoff: BackoffOptions = { firstMs: 50, maxMs: 5_000 };
