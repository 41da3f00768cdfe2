import type { ScriptForm } from "../script/script.js";
import type { Batch } from "./batch.js";

/** The batch of each script that takes more calls: one, or on a cluster one for each slot. */
export class OpenBatches {
  readonly #bySlot: boolean;
  readonly #one = new Map<ScriptForm, Batch>();
  readonly #many = new Map<ScriptForm, Map<number, Batch>>();

  constructor(bySlot: boolean) {
    this.#bySlot = bySlot;
  }

  get(script: ScriptForm, slot: number): Batch | undefined {
    return this.#bySlot ? this.#many.get(script)?.get(slot) : this.#one.get(script);
  }

  set(slot: number, batch: Batch): void {
    if (!this.#bySlot) {
      this.#one.set(batch.script, batch);
      return;
    }
    const slots = this.#many.get(batch.script);
    if (slots === undefined) this.#many.set(batch.script, new Map([[slot, batch]]));
    else slots.set(slot, batch);
  }

  /** No batch takes more calls. */
  clear(): void {
    this.#one.clear();
    this.#many.clear();
  }

  /** The batch takes no more calls. That of a single server is replaced by the next one. */
  delete(slot: number, batch: Batch): void {
    if (this.#bySlot && this.get(batch.script, slot) === batch) this.#many.get(batch.script)?.delete(slot);
  }
}
