import type { BatchedCall } from "./batch-queue.js";
import type { Delivery } from "./call-state.js";

/** The delivery of a batch: what happens to it happens to each of its calls. */
export class BatchDelivery implements Delivery {
  readonly #calls: readonly BatchedCall[];
  readonly awaitsReplicas = false;
  readonly replicas = undefined;
  readonly mayBatch = false;

  constructor(calls: readonly BatchedCall[]) {
    this.#calls = calls;
  }

  get isPending(): boolean {
    return this.#calls.some(({ delivery }) => delivery.isPending);
  }

  set isPending(isPending: boolean) {
    for (const { delivery } of this.#calls) delivery.isPending = isPending;
  }

  get isReplyLost(): boolean {
    return this.#calls.some(({ delivery }) => delivery.isReplyLost);
  }

  set isReplyLost(isReplyLost: boolean) {
    for (const { delivery } of this.#calls) delivery.isReplyLost = isReplyLost;
  }

  get isSent(): boolean {
    return this.#calls.some(({ delivery }) => delivery.isSent);
  }

  set isSent(isSent: boolean) {
    for (const { delivery } of this.#calls) delivery.isSent = isSent;
  }

  get remainingMs(): number {
    return Math.max(...this.#calls.map(({ delivery }) => delivery.remainingMs));
  }

  /** Each call ends by itself. */
  get endedBy(): undefined {
    return undefined;
  }

  /** A batch waits for nothing before it is sent. */
  whenReleased(): void {}
}
