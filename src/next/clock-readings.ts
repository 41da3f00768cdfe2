/** Above so many, the oldest is forgotten. */
const MAX_READINGS = 256;

/** Readings of the tenant's clock, and when each was first made. Only invalidations change the clock. */
export class ClockReadings {
  #readings: { readonly at: number; readonly clock: number }[] = [];

  /** Notes a reading that was made before now. */
  note(clock: number): void {
    if (this.#readings.at(-1)?.clock === clock) return;
    if (this.#readings.length >= MAX_READINGS) this.#readings.shift();
    this.#readings.push({ at: performance.timeOrigin + performance.now(), clock });
  }

  /** The newest reading from before an instant of this process, in epoch milliseconds. */
  before(instant: number): number | undefined {
    return this.#readings.findLast(({ at }) => at <= instant)?.clock;
  }
}
