import * as fc from "fast-check";
import { expect } from "vitest";
import { ITEM, QueueAtClock } from "./at-clock.js";

/** Longer than a run of an attempt, and shorter than the waits of the steps. */
const LEASE_TICKS = 4;
const DEBOUNCE_MS = 2_000;
const MAX_WAIT_MS = 5_000;
/** After so many claims in a row, an item would be claimed without end. */
const MAX_ROUNDS = 6;

const back = fc.integer({ min: 0, max: 3 });

/** One step: `back` names an earlier claim, or an earlier call that arrives again. */
export const runStep = fc.oneof(
  fc.record({
    do: fc.constant("trigger" as const),
    isDebounced: fc.boolean(),
    dueIn: fc.constantFrom(0, 0, LEASE_TICKS - 1, 3 * LEASE_TICKS),
  }),
  fc.record({ do: fc.constant("claim" as const), isLost: fc.boolean() }),
  fc.record({ do: fc.constantFrom("ack" as const, "retry" as const, "park" as const), back }),
  fc.record({ do: fc.constant("copy" as const), back }),
  fc.record({ do: fc.constant("wait" as const), ticks: fc.integer({ min: 1, max: 2 * LEASE_TICKS }) }),
);

export type RunStep =
  /** `dueIn`: how many ticks later the item is due, if the trigger is not debounced. */
  | { readonly do: "trigger"; readonly isDebounced?: boolean; readonly dueIn?: number }
  /** `isLost`: the reply does not come, and the worker dies unless the claim is sent again. */
  | { readonly do: "claim"; readonly isLost?: boolean }
  | { readonly do: "ack" | "retry" | "park" | "copy"; readonly back: number }
  | { readonly do: "wait"; readonly ticks: number };

interface Claim {
  readonly name: string;
  /** How many triggers came before its run began; undefined if none did. */
  triggers: number | undefined;
}

/** An item that is triggered and run, and what must hold of it. */
export class WatchedItem {
  readonly #queue: QueueAtClock;
  readonly #claims: Claim[] = [];
  /** All calls so far, to be sent again. */
  readonly #sent: (() => Promise<unknown>)[] = [];
  #triggers = 0;
  /** Before this time, no run may begin: that of the last trigger, and 0 if it is debounced. */
  #dueAt = 0;
  /** How many triggers came before the run that began last. */
  #served = 0;

  private constructor(queue: QueueAtClock) {
    this.#queue = queue;
  }

  static async create(): Promise<WatchedItem> {
    return new WatchedItem(await QueueAtClock.create());
  }

  async step(step: RunStep): Promise<void> {
    switch (step.do) {
      case "wait":
        await this.#queue.pass(step.ticks);
        break;
      case "trigger":
        await this.#trigger(step.isDebounced === true, step.dueIn ?? 0);
        break;
      case "claim":
        await this.#claim(step.isLost === true);
        break;
      case "copy":
        await this.#sent.at(-1 - step.back)?.();
        break;
      default:
        await this.#end(step.do, this.#claims.at(-1 - step.back));
    }
    // It is due, claimed or dead, so no second run waits.
    expect((await this.#queue.places()).length).toBeLessThanOrEqual(1);
  }

  /** Lets workers run the item until nothing is left: each trigger was followed by a run. */
  async settle(): Promise<void> {
    for (let round = 0; (await this.#queue.places()).some((place) => place !== "dead"); round++) {
      expect(round, "claimed without end").toBeLessThan(MAX_ROUNDS);
      await this.#queue.pass(2 * LEASE_TICKS);
      await this.#claim(false);
      await this.#end("ack", this.#claims.at(-1));
    }
    expect(this.#served, "triggers before the last run").toBe(this.#triggers);
  }

  /** Sends a call, now and perhaps again later. */
  async #send(call: () => Promise<unknown>): Promise<void> {
    this.#sent.push(call);
    await call();
  }

  async #trigger(isDebounced: boolean, dueIn: number): Promise<void> {
    const { expiry, name, now } = this.#queue;
    const number = ++this.#triggers;
    this.#dueAt = isDebounced ? 0 : now + dueIn;
    const call = { ...name, operation: `trigger-${number}`, item: ITEM };
    const when = isDebounced
      ? { debounceMs: DEBOUNCE_MS, maxWaitMs: MAX_WAIT_MS }
      : { dueMs: this.#queue.toMs(this.#dueAt) };
    await this.#send(() => expiry.track({ ...call, ...when }));
  }

  async #claim(isLost: boolean): Promise<void> {
    const { expiry, name } = this.#queue;
    const claim: Claim = { name: `claim-${this.#claims.length}`, triggers: undefined };
    this.#claims.push(claim);
    const before = this.#triggers;
    let isFirst = true;
    await this.#send(async () => {
      const mayBegin = !isFirst || !isLost;
      const args = { ...name, claim: claim.name, limit: 1, leaseMs: LEASE_TICKS * 1_000 };
      const reply = await expiry.claim(args);
      const begins = isFirst;
      isFirst = false;
      if (reply.outcome !== "claimed" || reply.items.length === 0) return;
      // The latest call decides, also after the worker of an earlier run has died.
      if (begins) expect(this.#queue.now, "the run begins").toBeGreaterThanOrEqual(this.#dueAt);
      if (!mayBegin) return;
      claim.triggers = before;
      this.#served = Math.max(this.#served, before);
    });
  }

  async #end(how: "ack" | "retry" | "park", claim: Claim | undefined): Promise<void> {
    if (claim?.triggers === undefined) return;
    const { expiry, name } = this.#queue;
    const held = { ...name, claim: claim.name, items: [ITEM] };
    await this.#send(() => {
      if (how === "ack") return expiry.ack(held);
      if (how === "retry") return expiry.retry({ ...held, delayMs: 1_000 });
      return expiry.deadLetter({ ...held, reason: "no such offer" });
    });
  }
}
