import { expect } from "vitest";
import { ITEM, QueueAtClock } from "./at-clock.js";

interface Times {
  readonly debounce: number;
  readonly maxWait: number;
  /** How long a run takes. */
  readonly run: number;
}

/** An item whose triggers are debounced, and a worker that claims it when it is due. Times are ticks. */
export class DebouncedQueue {
  readonly #queue: QueueAtClock;
  readonly #times: Times;
  #claims = 0;
  #endsAt: number | undefined;
  /** The first and the last trigger since the last run began. */
  #waiting: { readonly first: number; readonly last: number } | undefined;

  private constructor(queue: QueueAtClock, times: Times) {
    this.#queue = queue;
    this.#times = times;
  }

  static async create(times: Times): Promise<DebouncedQueue> {
    return new DebouncedQueue(await QueueAtClock.create(), times);
  }

  async tick(isTriggered: boolean): Promise<void> {
    if (isTriggered) await this.#trigger();
    await this.#work();
    const { maxWait } = this.#times;
    const { now } = this.#queue;
    if (this.#endsAt === undefined) expect(now).toBeLessThan((this.#waiting?.first ?? now) + maxWait + 1);
    await this.#queue.pass(1);
  }

  /** Without further triggers, each trigger gets its run, and the queue becomes empty. */
  async settle(): Promise<void> {
    const { maxWait, run } = this.#times;
    for (let tick = 0; tick <= maxWait + 2 * run; tick++) await this.tick(false);
    expect(this.#waiting).toBeUndefined();
    expect(await this.#queue.places()).toEqual([]);
  }

  async #trigger(): Promise<void> {
    const { expiry, name, now } = this.#queue;
    const { debounce, maxWait } = this.#times;
    const times = { debounceMs: debounce * 1_000, maxWaitMs: maxWait * 1_000 };
    const reply = await expiry.track({ ...name, item: ITEM, ...times });
    expect(reply).toEqual({ outcome: this.#endsAt === undefined ? "tracked" : "again" });
    this.#waiting = { first: this.#waiting?.first ?? now, last: now };
  }

  /** Ends a run that is over, and begins one if the item is due. */
  async #work(): Promise<void> {
    const { expiry, name, now } = this.#queue;
    const { debounce, maxWait, run } = this.#times;
    if (this.#endsAt !== undefined && this.#endsAt <= now) {
      await expiry.ack({ ...name, claim: `claim-${this.#claims}`, items: [ITEM] });
      this.#endsAt = undefined;
    }
    if (this.#endsAt !== undefined) return;
    const claim = `claim-${this.#claims + 1}`;
    const reply = await expiry.claim({ ...name, claim, limit: 1, leaseMs: 60_000 });
    this.#claims++;
    if (reply.outcome !== "claimed") return;
    expect(reply.items).toEqual([{ item: ITEM, attempts: 1 }]);
    const { first, last } = this.#waiting ?? { first: Number.NaN, last: Number.NaN };
    // A run that was under way may have delayed it.
    expect(now).toBeLessThanOrEqual(first + Math.max(maxWait, run));
    expect(now).toBeGreaterThanOrEqual(Math.min(last + debounce, first + maxWait));
    this.#endsAt = now + run;
    this.#waiting = undefined;
  }
}
