import { ArgumentError } from "../client/index.js";
import { longestMs } from "./options.js";

/** A delay that grows with every failure in a row, jittered so that processes do not come back together. */
export function backoffMs(failures: number, { firstMs, mostMs, factor = 2 }: Growth): number {
  const full = Math.min(mostMs, firstMs * factor ** Math.min(failures - 1, 60));
  return Math.max(1, Math.round(full * (0.5 + Math.random() / 2)));
}

export interface Growth {
  readonly firstMs: number;
  readonly mostMs: number;
  /** Default 2. */
  readonly factor?: number;
}

/** @throws ArgumentError for delays that can never work */
export function checkedGrowth(growth: Growth): Growth {
  const { firstMs, mostMs, factor = 2 } = growth;
  const areDelays = [firstMs, mostMs].every((delay) => delay >= 1 && delay <= longestMs);
  if (areDelays && factor >= 1 && Number.isFinite(factor)) return growth;
  throw new ArgumentError("retryDelayMs", `delays from 1 to ${longestMs} and a factor from 1`);
}

/** Between calls that Redis did not answer: quick at first, and never a flood. */
export const redisGrowth: Growth = { firstMs: 50, mostMs: 5_000 };
