import { SLOTS } from "../connection/slot.js";
import type { ScriptForm } from "../script/script.js";

/**
 * Which calls must not overtake which. Batches are numbered in the order in which they are sent.
 *
 * - `slot`: a writing call overtakes no call of its slot, and a reading call no writing one. Reads may
 *   overtake reads.
 * - `strict`: no call overtakes another one. On a cluster, this holds for each node.
 */
export type CallOrder = "slot" | "strict";

/** The order of calls, as far as it decides which batch may take a call. */
export interface SentOrder {
  /** The last batch that must be sent before a call; 0 for none. */
  lastBefore(script: ScriptForm, slot: number): number;
  /** Notes that a batch has a call of this slot. */
  add(script: ScriptForm, slot: number, number: number): void;
}

/** The order of the calls of each slot. */
export class SlotOrder implements SentOrder {
  /** By slot: the last batch with a writing call, and the last with any call. */
  readonly #written = new Float64Array(SLOTS);
  readonly #touched = new Float64Array(SLOTS);

  lastBefore({ writes }: ScriptForm, slot: number): number {
    return (writes ? this.#touched : this.#written)[slot] ?? 0;
  }

  /** A read may have joined an earlier batch than the last. */
  add({ writes }: ScriptForm, slot: number, number: number): void {
    if (number > (this.#touched[slot] ?? 0)) this.#touched[slot] = number;
    if (writes) this.#written[slot] = number;
  }
}

/** The order of all calls of a connection. A call can join only the batch that was begun last. */
export class StrictOrder implements SentOrder {
  #last = 0;

  lastBefore(): number {
    return this.#last;
  }

  add(_script: ScriptForm, _slot: number, number: number): void {
    this.#last = Math.max(this.#last, number);
  }
}
