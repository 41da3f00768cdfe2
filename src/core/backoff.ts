import { ArgumentError } from "../client/index.js";
import { MAX_LEASE_MS } from "./options.js";

/** A delay that grows with every failure in a row, jittered so that processes do not come back together. */
export function backoffMs(failures: number, { firstMs, maxMs, factor = 2 }: BackoffOptions): number {
  const full = Math.min(maxMs, firstMs * factor ** Math.min(failures - 1, 60));
  return Math.max(1, Math.round(full * (0.5 + Math.random() / 2)));
}

export interface BackoffOptions {
  readonly firstMs: number;
  readonly maxMs: number;
  /** Default 2. */
  readonly factor?: number;
}

/** @throws ArgumentError for delays that can never work */
export function checkedBackoff(options: BackoffOptions): BackoffOptions {
  const { firstMs, maxMs, factor = 2 } = options;
  const areDelays = [firstMs, maxMs].every((delay) => delay >= 1 && delay <= MAX_LEASE_MS);
  if (areDelays && factor >= 1 && Number.isFinite(factor)) return options;
  throw new ArgumentError("retryDelayMs", `delays from 1 to ${MAX_LEASE_MS} and a factor from 1`);
}

/** Between calls that Redis did not answer: quick at first, and never a flood. */
export const redisBackoff: BackoffOptions = { firstMs: 50, maxMs: 5_000 };
