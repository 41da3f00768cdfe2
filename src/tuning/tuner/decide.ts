import type { FreshLimits } from "../../cache/index.js";
import { type Figures, requestsOf } from "../collect/figures.js";
import { type Gaps, gapsOf, loadShareOf, measured, mergedGaps, modelOf, predicted } from "../report/model.js";

/** The present fresh time of one cache, and how the tuner came there. */
export interface TunedCache {
  readonly freshMs: number;
  /** It rises with each decision. Figures are of this step only. */
  readonly step: number;
  /** The time before the last step, and its loads for each request; undefined if the step was accepted. */
  readonly previous: { readonly freshMs: number; readonly loadShare: number } | undefined;
  /** A direction that was tried in vain, and for how many decisions it is not tried again. */
  readonly refused: { readonly direction: "longer" | "shorter"; readonly decisions: number } | undefined;
  /** The compared loads of all steps, the later ones with more weight. */
  readonly gaps: Gaps | undefined;
}

/** A change of a fresh time, with its reason. */
export interface FreshStep {
  readonly kind: "change" | "undo";
  readonly fromMs: number;
  readonly toMs: number;
  readonly reason: string;
}

/** What the tuner has decided. */
export interface Decision {
  readonly tuned: TunedCache;
  /** Undefined: the fresh time stays. */
  readonly step: FreshStep | undefined;
}

/** A step changes the time by this factor. Around the best time, a factor of 1.4 costs less than 6 %. */
const STEP_FACTOR = Math.SQRT2;
/** A smaller gain is not worth a step. */
const MIN_GAIN = 0.01;
/** Fewer loads or comparisons say too little. */
const MIN_LOADS = 400;
const MIN_COMPARED = 50;
const MIN_CHANGED = 20;
/** So many comparisons are enough if hardly any value changes. */
const MAX_COMPARED = 2_000;
/** The weight of older comparisons at each decision. */
const KEPT_GAPS = 0.8;
/** The figures get worse if the cost rises by more than this and by more than chance explains. */
const MIN_LOSS = 0.02;
const REFUSED_DECISIONS = 8;

/** Whether there are enough figures for a decision. */
export function isEnough({ counts }: Figures): boolean {
  const { loads, compared, unchanged } = counts;
  if (loads < MIN_LOADS || compared < MIN_COMPARED) return false;
  return compared - unchanged >= MIN_CHANGED || compared >= MAX_COMPARED;
}

/**
 * Decides on the next step of one cache. The model of `modelOf` proposes a longer or a shorter time. After
 * the step, its cost is compared with the one before, and a step that has made it worse is undone.
 */
export function decide(before: TunedCache, figures: Figures, limits: FreshLimits): Decision {
  if (!isEnough(figures)) return { tuned: before, step: undefined };
  const gaps = mergedGaps(before.gaps, gapsOf(figures), KEPT_GAPS);
  const tuned = { ...before, gaps };
  const { freshMs, previous } = tuned;
  const { oldAnswerCostMs } = limits;
  const model = modelOf(figures, freshMs, gaps);
  const now = measured(figures, model, freshMs, oldAnswerCostMs);
  const chance = 2 / Math.sqrt(figures.counts.loads);
  const earlier = previous && measured(figures, model, previous.freshMs, oldAnswerCostMs, previous.loadShare);
  if (previous && earlier && now.costMs > earlier.costMs * (1 + Math.max(MIN_LOSS, chance))) {
    const rise = percent(now.costMs / earlier.costMs - 1);
    const reason = `the cost of a request has risen by ${rise} % since the last step`;
    const direction = freshMs > previous.freshMs ? "longer" : "shorter";
    return {
      tuned: {
        ...tuned,
        freshMs: previous.freshMs,
        step: tuned.step + 1,
        previous: undefined,
        refused: { direction, decisions: REFUSED_DECISIONS },
      },
      step: { kind: "undo", fromMs: freshMs, toMs: previous.freshMs, reason },
    };
  }
  const refused = olderRefusal(tuned.refused);
  const candidates = (["longer", "shorter"] as const)
    .filter((direction) => direction !== refused?.direction)
    .map((direction) => nextOf(freshMs, direction, limits))
    .filter((candidate) => candidate !== freshMs)
    .map((candidate) => predicted(figures, model, freshMs, candidate, oldAnswerCostMs));
  const [best] = candidates.sort((one, other) => one.costMs - other.costMs);
  if (!best || best.costMs > now.costMs * (1 - MIN_GAIN))
    return { tuned: { ...tuned, step: tuned.step + 1, previous: undefined, refused }, step: undefined };
  const reason =
    `${percent(now.loadShare)} % of ${requestsOf(figures)} requests loaded, and ${percent(now.oldShare)} % got an old ` +
    `answer; ${percent(best.loadShare)} % and ${percent(best.oldShare)} % are expected`;
  return {
    tuned: {
      ...tuned,
      freshMs: best.freshMs,
      step: tuned.step + 1,
      previous: { freshMs, loadShare: loadShareOf(figures) },
      refused,
    },
    step: { kind: "change", fromMs: freshMs, toMs: best.freshMs, reason },
  };
}

function nextOf(freshMs: number, direction: "longer" | "shorter", limits: FreshLimits): number {
  return direction === "longer"
    ? Math.min(limits.maxFreshMs, Math.ceil(freshMs * STEP_FACTOR))
    : Math.max(limits.minFreshMs, Math.floor(freshMs / STEP_FACTOR));
}

function olderRefusal(refused: TunedCache["refused"]): TunedCache["refused"] {
  if (!refused || refused.decisions <= 1) return undefined;
  return { ...refused, decisions: refused.decisions - 1 };
}

function percent(share: number): string {
  return (100 * share).toFixed(1);
}
