/** `moonpath/tuning`: figures of caches, reports, experiments, and tuning of fresh times. */
export type { FreshLimits } from "../cache/index.js";
export { CacheFigures, collectFigures, type HottestKeys } from "./cache-figures.js";
export type { Difference, Ratio } from "./experiment/compare.js";
export {
  type ArmChanges,
  type CacheExperiment,
  type ExperimentOptions,
  startExperiment,
} from "./experiment/experiment.js";
export type { ArmFigure, ArmRatio, ArmResult } from "./experiment/results.js";
export type { FiguresOptions } from "./options.js";
export type { CacheReport } from "./report/cache-report.js";
export type { HotKey } from "./report/hot-keys.js";
export { readReport } from "./report/read-report.js";
export type { FreshStep } from "./tuner/decide.js";
export type { FreshTunerOptions } from "./tuner/options.js";
export type { LoggedStep } from "./tuner/state.js";
export { createFreshTuner, type FreshTuner, type TunerClient, type TunerStatus } from "./tuner/tuner.js";
