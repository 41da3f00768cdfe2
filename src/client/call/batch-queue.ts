import { defaults } from "../defaults.js";
import type { HasManyForm } from "../script/many-form.js";
import type { EncodedCall, ScriptForm } from "../script/script.js";
import { lengthOf } from "./batches.js";
import type { Delivery } from "./call-state.js";

/** A call that waits to be sent with others. */
export interface BatchedCall {
  readonly call: EncodedCall;
  readonly delivery: Delivery;
  resolve(reply: unknown): void;
  reject(error: unknown): void;
}

/** Calls of one script whose keys one command may have. */
export interface Batch {
  readonly script: HasManyForm;
  /** Of the calls that have not ended. */
  readonly calls: readonly BatchedCall[];
}

interface WaitingBatch {
  readonly script: HasManyForm;
  readonly group: number;
  /** Batches are numbered in the order in which they are sent. */
  readonly number: number;
  readonly calls: BatchedCall[];
  /** Characters of all keys and arguments. */
  length: number;
}

/**
 * The calls of one connection that wait to be sent. No timer is involved. If nothing is unanswered,
 * batches leave at the end of the tick. Otherwise they leave once a turn of the event loop, so that
 * calls of several events leave together. If many calls are unanswered, batches leave at the next
 * answer.
 *
 * Calls with the same slot leave in the order in which they were made, over all scripts. Reads may
 * overtake reads.
 */
export class BatchQueue {
  readonly #run: (batch: Batch) => Promise<void>;
  /** By script and group, the batch that takes more calls. */
  readonly #open = new Map<HasManyForm, Map<number, WaitingBatch>>();
  #waiting: WaitingBatch[] = [];
  #number = 0;
  #sentNumber = 0;
  /** By slot: the last waiting batch that has a writing call of it, and the last that has any. */
  readonly #written = new Map<number, number>();
  readonly #touched = new Map<number, number>();
  /** Calls that were sent and have no reply. */
  #unanswered = 0;
  #isScheduled = false;
  readonly #flush = () => {
    this.#isScheduled = false;
    this.#sendWhile(() => this.#unanswered < defaults.maxUnansweredCalls.value);
  };

  /** @param run sends the batch at once, and settles its calls; it never rejects */
  constructor(run: (batch: Batch) => Promise<void>) {
    this.#run = run;
  }

  add(script: HasManyForm, group: number, slot: number, call: BatchedCall): void {
    const length = lengthOf(call.call);
    const batch = this.#batchFor(script, group, this.#lastBefore(script, slot), length);
    batch.calls.push(call);
    batch.length += length;
    if (script.writes) this.#written.set(slot, batch.number);
    this.#touched.set(slot, batch.number);
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    if (this.#unanswered === 0) process.nextTick(this.#flush);
    else setImmediate(this.#flush);
  }

  /** Sends what must reach Redis before a call that is sent by itself. */
  flushBefore(slot: number, script: ScriptForm): void {
    if (this.#waiting.length === 0) return;
    // The keys of a many form may have several slots.
    if (script.isMany || this.#lastBefore(script, slot) > this.#sentNumber) this.#sendWhile(() => true);
  }

  /** The last batch that must reach Redis before a call of this script and slot. */
  #lastBefore(script: ScriptForm, slot: number): number {
    return (script.writes ? this.#touched : this.#written).get(slot) ?? 0;
  }

  #batchFor(script: HasManyForm, group: number, after: number, length: number): WaitingBatch {
    let groups = this.#open.get(script);
    if (groups === undefined) {
      groups = new Map();
      this.#open.set(script, groups);
    }
    const open = groups.get(group);
    const limit = Math.min(script.many.limit, defaults.maxBatchCalls.value);
    if (
      open !== undefined &&
      open.number > this.#sentNumber &&
      open.number >= after &&
      open.calls.length < limit &&
      open.length + length <= defaults.maxSharedLength.value
    ) {
      return open;
    }
    const batch = { script, group, number: ++this.#number, calls: [], length: 0 };
    groups.set(group, batch);
    this.#waiting.push(batch);
    return batch;
  }

  #sendWhile(mayGoOn: () => boolean): void {
    const waiting = this.#waiting;
    let sent = 0;
    for (; sent < waiting.length && mayGoOn(); sent++) {
      const batch = waiting[sent];
      if (batch !== undefined) this.#send(batch);
    }
    this.#waiting = waiting.slice(sent);
    if (this.#waiting.length > 0) return;
    this.#written.clear();
    this.#touched.clear();
  }

  #send({ script, group, number, calls }: WaitingBatch): void {
    this.#sentNumber = number;
    const groups = this.#open.get(script);
    if (groups?.get(group)?.number === number) groups.delete(group);
    const live = calls.filter(({ delivery }) => delivery.endedBy === undefined);
    if (live.length === 0) return;
    this.#unanswered += live.length;
    void this.#run({ script, calls: live }).then(() => {
      this.#unanswered -= live.length;
      if (this.#waiting.length > 0 && !this.#isScheduled) this.#flush();
    });
  }
}
