import type { Figures } from "../collect/figures.js";
import type { CacheReport } from "./cache-report.js";
import { type FreshModel, measured, type Predicted, predicted } from "./model.js";
import { durationText, numberText, percentText } from "./texts.js";

type Facts = Omit<CacheReport, "advice">;

/** Fewer loads, comparisons or ends are no reason for a change. */
const MIN_COMPARED = 50;
const MIN_ENDS = 50;
const MIN_REQUESTS = 1_000;
/** So many loads with the same value are worth a longer time. */
const SAME_VALUE_SHARE = 0.5;
/** A longer time may add so many old answers, as a share of all. */
const MORE_OLD_ANSWERS = 0.01;
/** So many old answers are worth a shorter time. */
const OLD_ANSWER_SHARE = 0.05;
const UNREAD_SHARE = 0.5;
const LOW_HIT_SHARE = 0.2;
const LONGER = [12, 8, 6, 4, 3, 2, 1.5];
const SHORTER = [1.5, 2, 3, 4, 6, 8, 12];

/** What to change, in words, and what it would save. */
export function adviceOf(facts: Facts, figures: Figures, model: FreshModel): readonly string[] {
  const advice = [
    longerTime(facts, figures, model),
    shorterTime(facts, figures, model),
    unreadEntries(facts),
    lowHitShare(facts),
  ];
  return advice.flatMap((text) => (text === undefined ? [] : [`${facts.pattern}: ${text}`]));
}

function longerTime(facts: Facts, figures: Figures, model: FreshModel): string | undefined {
  const { freshMs, comparedLoads, sameValueShare, requestsPerHour } = facts;
  if (comparedLoads < MIN_COMPARED || sameValueShare < SAME_VALUE_SHARE) return undefined;
  const now = measured(figures, model, freshMs, 0);
  const candidates = LONGER.map((factor) => predicted(figures, model, freshMs, freshMs * factor, 0));
  const best = candidates.find(({ oldShare }) => oldShare <= now.oldShare + MORE_OLD_ANSWERS);
  const saved = best ? savedAnHour(now, best, requestsPerHour) : 0;
  if (!best || saved < 1) return undefined;
  return (
    `${percentText(sameValueShare)} of loads brought the same value. A fresh time of ${durationText(best.freshMs)} ` +
    `instead of ${durationText(freshMs)} saves ${numberText(saved)} loads an hour, and ` +
    `${percentText(best.oldShare)} of answers would be old instead of ${percentText(now.oldShare)}.`
  );
}

function shorterTime(facts: Facts, figures: Figures, model: FreshModel): string | undefined {
  const { freshMs, comparedLoads, oldAnswerShare, requestsPerHour } = facts;
  if (comparedLoads < MIN_COMPARED || oldAnswerShare < OLD_ANSWER_SHARE) return undefined;
  const now = measured(figures, model, freshMs, 0);
  const candidates = SHORTER.map((factor) => predicted(figures, model, freshMs, freshMs / factor, 0));
  const best = candidates.find(({ oldShare }) => oldShare <= OLD_ANSWER_SHARE) ?? candidates.at(-1);
  if (!best) return undefined;
  return (
    `${percentText(oldAnswerShare)} of answers are older than the source. Invalidate the entries when the source ` +
    `changes. Or a fresh time of ${durationText(best.freshMs)} instead of ${durationText(freshMs)} lowers it to ` +
    `${percentText(best.oldShare)}, for ${numberText(-savedAnHour(now, best, requestsPerHour))} more loads an hour.`
  );
}

function unreadEntries(facts: Facts): string | undefined {
  const { endedEntries, unreadShare, removedUnreadShare, meanBytes, loadsPerHour } = facts;
  if (endedEntries < MIN_ENDS || unreadShare < UNREAD_SHARE) return undefined;
  const isRemoved = removedUnreadShare > unreadShare / 2;
  const how = isRemoved ? "were invalidated, overwritten or evicted" : "ended";
  const what = isRemoved
    ? "A shorter fresh time does not help; do not store what changes before it is read"
    : "A shorter fresh time, or doNotStore() in the loader, gives this memory back";
  const bytes = numberText(unreadShare * loadsPerHour * meanBytes);
  return `${percentText(unreadShare)} of entries ${how} before they were read. They take ${bytes} bytes an hour. ${what}.`;
}

function lowHitShare({ requests, hitShare }: Facts): string | undefined {
  if (requests < MIN_REQUESTS || hitShare >= LOW_HIT_SHARE) return undefined;
  return `only ${percentText(hitShare)} of requests were answered from the cache. It saves little of what it costs.`;
}

function savedAnHour(now: Predicted, later: Predicted, requestsPerHour: number): number {
  return (now.loadShare - later.loadShare) * requestsPerHour;
}
