import { tuningDefaults as defaults } from "../defaults.js";
import type { PublishedCache } from "../fleet/published.js";
import { copyOf, type Figures, figuresSince, noFigures } from "./figures.js";
import type { PatternRecorder } from "./pattern-recorder.js";

/** The figures of one cache in this process, of the last hour and of the present step of the tuner. */
export class Recorded {
  readonly recorder: PatternRecorder;
  readonly #arm: string;
  readonly #now: () => number;
  /** Copies of the figures at the ends of the last periods, the oldest first. */
  readonly #periods: { readonly at: number; readonly figures: Figures }[];
  #step = 0;
  /** The figures at the time from which on the step counts; undefined before that time. */
  #stepBase: Figures | undefined;
  #stepFrom: number;

  constructor(recorder: PatternRecorder, arm: string, now: () => number) {
    this.recorder = recorder;
    this.#arm = arm;
    this.#now = now;
    this.#periods = [{ at: now(), figures: noFigures() }];
    this.#stepBase = noFigures();
    this.#stepFrom = now();
  }

  /** The step of the tuner that this process follows. */
  get step(): number {
    return this.#step;
  }

  /**
   * Follows a step of the tuner. Its figures begin when entries with the fresh time before it have ended.
   */
  follow(step: number, freshMs: number): void {
    if (step === this.#step) return;
    const { recorder } = this;
    this.#step = step;
    this.#stepBase = undefined;
    const isSame = freshMs === recorder.freshMs;
    this.#stepFrom =
      this.#now() + (isSame ? 0 : Math.max(recorder.freshMs, freshMs) + recorder.cache.staleMs);
    recorder.freshMs = freshMs;
  }

  published(): PublishedCache {
    const { recorder } = this;
    const now = this.#now();
    recorder.sweep();
    this.#endPeriod(now);
    if (!this.#stepBase && now >= this.#stepFrom) {
      this.#stepBase = copyOf(recorder.figures);
      this.#stepFrom = now;
    }
    const [oldest] = this.#periods;
    return {
      pattern: recorder.cache.pattern,
      arm: this.#arm,
      freshMs: recorder.freshMs,
      oldAnswerCostMs: recorder.cache.limits?.oldAnswerCostMs,
      recent: figuresSince(recorder.figures, oldest?.figures ?? noFigures()),
      recentMs: now - (oldest?.at ?? now),
      step: this.#step,
      sinceStep: this.#stepBase ? figuresSince(recorder.figures, this.#stepBase) : noFigures(),
      sinceStepMs: this.#stepBase ? now - this.#stepFrom : 0,
      buckets: recorder.buckets?.sums,
      unread: recorder.unread.list(),
      readOfOthers: recorder.readOfOthers.list(),
    };
  }

  #endPeriod(now: number): void {
    const last = this.#periods.at(-1);
    if (last && now - last.at < defaults.recentStepMs.value) return;
    this.#periods.push({ at: now, figures: copyOf(this.recorder.figures) });
    if (this.#periods.length > defaults.recentSteps.value) this.#periods.shift();
  }
}
