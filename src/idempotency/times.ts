import { checkedInteger } from "../core/checks.js";
import { MAX_DURATION_MS } from "../core/limits.js";
import { idempotencyDefaults as defaults } from "./defaults.js";

/** The times of a run, in milliseconds. */
export interface RunTimes {
  readonly leaseMs: number;
  readonly rememberMs: number;
  readonly waitMs: number;
}

/** @throws ArgumentError if a time is out of its bounds */
export function checkTimes({ leaseMs, rememberMs, waitMs }: RunTimes): void {
  checkedInteger("leaseMs", leaseMs, defaults.minLeaseMs.value, defaults.maxLeaseMs.value);
  checkedInteger("rememberMs", rememberMs, 1_000, MAX_DURATION_MS);
  checkedInteger("waitMs", waitMs, 0, defaults.maxLeaseMs.value);
}
