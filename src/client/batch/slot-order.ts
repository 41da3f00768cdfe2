import { SLOTS } from "../connection/slot.js";
import type { ScriptForm } from "../script/script.js";

/**
 * The order of calls by slot. Batches are numbered in the order in which they are sent. A writing call
 * must not overtake any call of its slot, and a reading call no writing one. Reads may overtake reads.
 */
export class SlotOrder {
  /** By slot: the last batch with a writing call, and the last with any call. */
  readonly #written = new Float64Array(SLOTS);
  readonly #touched = new Float64Array(SLOTS);

  /** The last batch that must be sent before a call; 0 for none. */
  lastBefore({ writes }: ScriptForm, slot: number): number {
    return (writes ? this.#touched : this.#written)[slot] ?? 0;
  }

  /** Notes that a batch has a call of this slot. A read may have joined an earlier batch than the last. */
  add({ writes }: ScriptForm, slot: number, number: number): void {
    if (number > (this.#touched[slot] ?? 0)) this.#touched[slot] = number;
    if (writes) this.#written[slot] = number;
  }
}
