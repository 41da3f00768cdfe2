import { checkedInteger } from "../../core/checks.js";
import { ArgumentError } from "../../core/errors.js";
import { type OptionNames, refuseUnknownOptions } from "../../core/known-options.js";
import type { OnError } from "../../core/notify.js";
import type { CacheFigures } from "../cache-figures.js";
import { tuningDefaults as defaults } from "../defaults.js";
import type { LoggedStep } from "./state.js";

/** Options of `createFreshTuner`. */
export interface FreshTunerOptions {
  /** The figures of the caches that are tuned. */
  readonly figures: CacheFigures;
  /** How often a process reads the fresh times, and tries to decide, 1,000 to 3,600,000. Default 30,000. */
  readonly periodMs?: number | undefined;
  /** Receives each step that this process has decided, with its reason. */
  readonly onStep?: ((step: LoggedStep) => void) | undefined;
  /** Receives errors of Redis. */
  readonly onError?: OnError | undefined;
}

const optionNames: OptionNames<FreshTunerOptions> = {
  figures: true,
  periodMs: true,
  onStep: true,
  onError: true,
};

/** Checked options, with their defaults. */
export interface ResolvedTunerOptions {
  readonly figures: CacheFigures;
  readonly periodMs: number;
  readonly onStep: FreshTunerOptions["onStep"];
  readonly onError: OnError | undefined;
}

/** @throws ArgumentError that names the option */
export function resolveTunerOptions(options: FreshTunerOptions): ResolvedTunerOptions {
  refuseUnknownOptions(options, optionNames);
  const { figures, onStep, onError, periodMs = defaults.periodMs.value } = options;
  if (typeof figures?.tunable !== "function")
    throw new ArgumentError("figures", "what collectFigures returns");
  for (const [name, hook] of Object.entries({ onStep, onError })) {
    if (hook !== undefined && typeof hook !== "function") throw new ArgumentError(name, "a function");
  }
  return { figures, periodMs: checkedInteger("periodMs", periodMs, 1_000, 3_600_000), onStep, onError };
}
