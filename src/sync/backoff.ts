import type { BackoffOptions } from "../core/backoff.js";

/**
 * The delay before a retry, with full jitter: any time from 0 to the exponential delay. So processes
 * that failed together do not come back together.
 */
export function fullJitterMs(
  retry: number,
  { firstMs, maxMs, factor = 2 }: BackoffOptions,
  random: () => number = Math.random,
): number {
  return Math.round(random() * Math.min(maxMs, firstMs * factor ** Math.min(retry - 1, 60)));
}
