import { type Figures, requestsOf, storedAnswersOf, sumOf, valueOfHalfOctave } from "../collect/figures.js";

/** How often values change in the source without an invalidation, and how entries end. */
export interface FreshModel {
  /** Changes a millisecond. Estimated from loads of entries that had ended by time. */
  readonly changesPerMs: number;
  /** Removals of an entry a millisecond, by invalidations, writes and evictions. */
  readonly removalsPerMs: number;
}

/** Compared loads by the time since the value was known: see `listLengths`. */
export interface Gaps {
  readonly requests: readonly number[];
  readonly changed: readonly number[];
  readonly compared: number;
}

export function gapsOf({ counts, lists }: Figures): Gaps {
  return { requests: lists.gapRequests, changed: lists.gapChanged, compared: counts.compared };
}

/** Adds gaps to older ones, which count for less. */
export function mergedGaps(
  older: Gaps | undefined,
  { requests, changed, compared }: Gaps,
  keeps: number,
): Gaps {
  const merged = (more: readonly number[], from: readonly number[] | undefined) =>
    more.map((value, place) => value + keeps * (from?.[place] ?? 0));
  return {
    requests: merged(requests, older?.requests),
    changed: merged(changed, older?.changed),
    compared: compared + keeps * (older?.compared ?? 0),
  };
}

/** The figures of a cache as if it had another fresh time. All are shares of the requests. */
export interface Predicted {
  readonly freshMs: number;
  readonly loadShare: number;
  /** Answers that are older than the source. */
  readonly oldShare: number;
  /** Milliseconds of loading for one request, with the cost of old answers. */
  readonly costMs: number;
}

/**
 * Fits the rates of changes and removals, both as Poisson processes. The rate of changes is the maximum of
 * the likelihood over compared loads, each with the time since its value was known: Cho and Garcia-Molina,
 * Estimating frequency of change (2003). Half a comparison without a change is added, as their estimator
 * does.
 */
export function modelOf(figures: Figures, freshMs: number, gaps: Gaps = gapsOf(figures)): FreshModel {
  const { ends, endsEarly } = figures.counts;
  const removedShare = Math.min(0.99, ends === 0 ? 0 : endsEarly / ends);
  return {
    changesPerMs: changeRate(gaps),
    removalsPerMs: -Math.log(1 - removedShare) / freshMs,
  };
}

/** The derivative of the likelihood falls with the rate, so halving finds where it is 0. */
function changeRate({ requests, changed, compared }: Gaps): number {
  if (sumOf(changed) === 0) return 0;
  const unchangedMore = sumOf(requests) / compared / 2;
  const derivative = (rate: number) => {
    let sum = 0;
    let lastGap = 0;
    for (const [place, weight] of requests.entries()) {
      if (weight === 0) continue;
      const gapMs = valueOfHalfOctave(place);
      const changes = changed[place] ?? 0;
      sum += (changes * gapMs) / Math.expm1(rate * gapMs) - (weight - changes) * gapMs;
      lastGap = gapMs;
    }
    return sum - unchangedMore * lastGap;
  };
  let [low, high] = [1e-15, 1];
  for (let step = 0; step < 80; step++) {
    const middle = Math.sqrt(low * high);
    if (derivative(middle) > 0) low = middle;
    else high = middle;
  }
  return Math.sqrt(low * high);
}

/** The share of fresh answers that are old, if answers are spread evenly over the fresh time. */
export function oldShareOf(changesPerMs: number, freshMs: number): number {
  const changes = changesPerMs * freshMs;
  // The quotient loses all digits near 0.
  return changes < 1e-6 ? changes / 2 : 1 + Math.expm1(-changes) / changes;
}

/** The milliseconds for which an entry is stored on average, if removals may end it before its time. */
function lifeMs(freshMs: number, removalsPerMs: number): number {
  const removals = removalsPerMs * freshMs;
  return removals < 1e-6 ? freshMs : -Math.expm1(-removals) / removalsPerMs;
}

/**
 * What was measured, as shares of the requests. The share of old answers follows from the model. Another
 * `loadShare` is that of another fresh time.
 */
export function measured(
  figures: Figures,
  model: FreshModel,
  freshMs: number,
  oldAnswerCostMs: number,
  loadShare = loadShareOf(figures),
): Predicted {
  return predictedFrom(figures, model, freshMs, loadShare, oldAnswerCostMs);
}

/** Loads for each request. */
export function loadShareOf(figures: Figures): number {
  return figures.counts.loads / Math.max(1, requestsOf(figures));
}

/**
 * The figures under another fresh time. A key with `h` hits between two loads has `h * newMs / freshMs`
 * under the new time. Keys differ, so this is computed for each group of keys with a similar number.
 */
export function predicted(
  figures: Figures,
  model: FreshModel,
  freshMs: number,
  newMs: number,
  oldAnswerCostMs: number,
): Predicted {
  const growth = lifeMs(newMs, model.removalsPerMs) / lifeMs(freshMs, model.removalsPerMs);
  const { cycleLoads, cycleRequests } = figures.lists;
  let loads = 0;
  for (const [place, count] of cycleLoads.entries()) {
    const requests = cycleRequests[place] ?? 0;
    if (count > 0) loads += requests / (1 + (requests / count - 1) * growth);
  }
  const change = sumOf(cycleLoads) === 0 ? 1 / growth : loads / sumOf(cycleLoads);
  const loadShare = loadShareOf(figures) * change;
  return predictedFrom(figures, model, newMs, Math.min(1, loadShare), oldAnswerCostMs);
}

function predictedFrom(
  figures: Figures,
  { changesPerMs }: FreshModel,
  freshMs: number,
  loadShare: number,
  oldAnswerCostMs: number,
): Predicted {
  const { loads, loadMs, staleHits } = figures.counts;
  const requests = Math.max(1, requestsOf(figures));
  const fresh = storedAnswersOf(figures) - staleHits;
  const old = fresh * oldShareOf(changesPerMs, freshMs) + staleHits * -Math.expm1(-changesPerMs * freshMs);
  const oldShare = old / requests;
  const costMs = (loadShare * loadMs) / Math.max(1, loads) + oldShare * oldAnswerCostMs;
  return { freshMs, loadShare, oldShare, costMs };
}
