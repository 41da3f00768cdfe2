import type { PeekAnswer, ResolvedLimit } from "./types.js";

/** What a limit answers, and when it is full again after an allowed call. */
interface Weighed {
  readonly limit: ResolvedLimit;
  readonly intervalMs: number;
  readonly takenMs: number;
  readonly waitMs: number;
  readonly left: number;
  readonly costMs: number;
}

/**
 * Rate limits in this process, while Redis does not answer: GCRA as in `lua/limit/take.lua`, with a
 * share of the quota and the burst. At least one call fits into the burst.
 *
 * It keeps at most `maxNames` names. Above that, the name that was used longest ago is forgotten, and
 * starts with its whole burst.
 */
export class LocalLimits {
  readonly #maxNames: number;
  readonly #now: () => number;
  /** When each limit of a name is full again, by its period. The name that was used last is last. */
  readonly #fullAtMs = new Map<string, Map<number, number>>();

  constructor(maxNames: number, now: () => number = () => performance.now()) {
    this.#maxNames = maxNames;
    this.#now = now;
  }

  get size(): number {
    return this.#fullAtMs.size;
  }

  /** Takes `cost` units of the share; nothing if `takes` is false. */
  ask(
    name: string,
    limits: readonly ResolvedLimit[],
    cost: number,
    share: number,
    takes: boolean,
  ): PeekAnswer {
    const tooLarge = limits.find(({ burst }) => cost > burst);
    if (tooLarge) return { outcome: "too_large", limit: tooLarge, degraded: true };
    const nowMs = this.#now();
    const known = this.#fullAtMs.get(name);
    const weighed = limits.map((limit) => weigh(limit, known?.get(limit.periodMs) ?? 0, nowMs, cost, share));
    const decisive = weighed.reduce((one, other) => (decides(other, one) ? other : one));
    if (decisive.waitMs > 0) return answerOf("refused", decisive, 0);
    if (!takes) return answerOf("allowed", decisive, 0);
    const next = known ?? new Map<number, number>();
    for (const { limit, takenMs, costMs } of weighed) next.set(limit.periodMs, nowMs + takenMs + costMs);
    this.#keep(name, next, nowMs);
    return answerOf("allowed", decisive, cost);
  }

  forget(name: string): void {
    this.#fullAtMs.delete(name);
  }

  #keep(name: string, fullAtMs: Map<number, number>, nowMs: number): void {
    for (const [periodMs, full] of fullAtMs) if (full <= nowMs) fullAtMs.delete(periodMs);
    this.#fullAtMs.delete(name);
    this.#fullAtMs.set(name, fullAtMs);
    if (this.#fullAtMs.size <= this.#maxNames) return;
    const [oldest] = this.#fullAtMs.keys();
    if (oldest !== undefined) this.#fullAtMs.delete(oldest);
  }
}

function weigh(limit: ResolvedLimit, fullAtMs: number, nowMs: number, cost: number, share: number): Weighed {
  const intervalMs = limit.periodMs / (limit.quota * share);
  const burst = Math.max(cost, Math.floor(limit.burst * share));
  // A call above the share's burst may have taken as much as the burst of the limit.
  const takenMs = Math.min(Math.max(fullAtMs - nowMs, 0), limit.burst * intervalMs);
  const costMs = cost * intervalMs;
  // Times are fractions, so a full limit may seem to lack a tiny part of a unit.
  const missingMs = takenMs + costMs - burst * intervalMs;
  const waitMs = missingMs > intervalMs * ROUNDING ? missingMs : 0;
  return {
    limit,
    intervalMs,
    takenMs,
    waitMs,
    costMs,
    left: burst - Math.ceil(takenMs / intervalMs - ROUNDING),
  };
}

/** A part of a unit that is far below one unit of the largest burst. */
const ROUNDING = 1e-6;

/** Whether a limit decides instead of another: by a longer wait, else by fewer units left. */
function decides(one: Weighed, other: Weighed): boolean {
  if (one.waitMs !== other.waitMs) return one.waitMs > other.waitMs;
  return one.left < other.left;
}

function answerOf(outcome: "allowed" | "refused", weighed: Weighed, taken: number): PeekAnswer {
  const { limit, left, waitMs, takenMs, intervalMs } = weighed;
  return {
    outcome,
    limit,
    remaining: Math.max(0, left - taken),
    retryAfterMs: Math.ceil(waitMs),
    resetAfterMs: Math.ceil(takenMs + taken * intervalMs),
    degraded: true,
  };
}
