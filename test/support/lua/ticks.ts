/**
 * How long a model's tick lasts in Redis, in milliseconds.
 *
 * In a model time passes in whole ticks; what waits, waits for a half or a quarter of one. So
 * nothing happens at the instant at which it is asked for, and the time that the run itself takes
 * changes nothing. When a model's time passes, the instants that Redis holds are written anew,
 * earlier.
 */
export const tick = 1_000_000;

/** Where a sequence of commands stands: Redis's clock when it began, and the model's, in ticks. */
export interface Clocks {
  readonly startMs: number;
  readonly now: number;
}

/**
 * An instant of the model by Redis's clock, which stands at the start whatever the model's says.
 */
export const toMs = ({ startMs, now }: Clocks, instant: number) => startMs + (instant - now) * tick;

const instants = new Set(["leaseEndsMs", "nextDueMs", "dueMs", "deadSinceMs", "startedMs"]);
const durations = new Set(["waitMs", "retryAfterMs", "ranMs"]);

/** A reply with its instants and durations in the model's ticks, to the nearest quarter. */
export function inTicks(reply: object, { startMs, now }: Clocks): unknown {
  return JSON.parse(JSON.stringify(reply), (field, value: unknown) => {
    if (typeof value !== "number") return value;
    if (instants.has(field)) return quarters((value - startMs) / tick + now);
    return durations.has(field) ? quarters(value / tick) : value;
  });
}

// Plus zero, which is not minus zero.
const quarters = (ticks: number) => Math.round(ticks * 4) / 4 + 0;
