/** How long the loads of a pattern take, and when an entry is refreshed before its end. */
export class LoadTimes {
  /** In milliseconds: a moving average. */
  #averageMs = 0;

  note(ms: number): void {
    this.#averageMs = this.#averageMs === 0 ? ms : this.#averageMs * 0.9 + ms * 0.1;
  }

  /** XFetch: the sooner the end and the longer a load, the more likely. */
  isDueEarly(freshForMs: number, earlyRefresh: number): boolean {
    return earlyRefresh > 0 && -this.#averageMs * earlyRefresh * Math.log(1 - Math.random()) >= freshForMs;
  }
}
