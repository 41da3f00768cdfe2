import { checkedInteger } from "../../core/checks.js";
import { ArgumentError } from "../../core/errors.js";
import { type OptionNames, refuseUnknownOptions } from "../../core/known-options.js";
import { MAX_DURATION_MS } from "../../core/limits.js";
import type { FreshLimits } from "./recorder.js";

const limitNames: OptionNames<FreshLimits> = { minFreshMs: true, maxFreshMs: true, oldAnswerCostMs: true };

/** @throws ArgumentError that names the option */
export function checkedFreshLimits(limits: FreshLimits, freshMs: number): FreshLimits {
  if (typeof limits !== "object" || limits === null) throw new ArgumentError("tuning", "an object");
  refuseUnknownOptions(limits, limitNames, "tuning");
  const { oldAnswerCostMs } = limits;
  const minFreshMs = checkedInteger("tuning.minFreshMs", limits.minFreshMs, 1, freshMs);
  const maxFreshMs = checkedInteger("tuning.maxFreshMs", limits.maxFreshMs, freshMs, MAX_DURATION_MS);
  if (typeof oldAnswerCostMs === "number" && oldAnswerCostMs >= 0 && oldAnswerCostMs <= MAX_DURATION_MS)
    return { minFreshMs, maxFreshMs, oldAnswerCostMs };
  throw new ArgumentError("tuning.oldAnswerCostMs", `a number from 0 to ${MAX_DURATION_MS}`);
}
