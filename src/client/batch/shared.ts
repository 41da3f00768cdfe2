import type { Observers } from "../call/observer.js";
import { CallBytes } from "../script/call-bytes.js";
import type { BatchDeadlines } from "./batch-deadlines.js";

/** What all queues of one client share. */
export interface Shared {
  readonly deadlineMs: number;
  readonly deadlines: BatchDeadlines;
  /** For batches of many calls, and of few. */
  readonly largePool: BytesPool;
  readonly smallPool: BytesPool;
  readonly observers: Observers;
  /** A call is being written, so its batch cannot be sent. */
  isWriting: boolean;
  nextNumber(): number;
}

/** The memory of batches that have ended, for later ones. */
export class BytesPool {
  readonly #keysSize: number;
  readonly #argsSize: number;
  readonly #max: number;
  readonly #free: CallBytes[] = [];

  /** @param keysSize, argsSize the first sizes in bytes; @param max how many it keeps */
  constructor(keysSize: number, argsSize: number, max: number) {
    this.#keysSize = keysSize;
    this.#argsSize = argsSize;
    this.#max = max;
  }

  take(): CallBytes {
    return this.#free.pop() ?? new CallBytes(this.#keysSize, this.#argsSize);
  }

  /** A large call would keep its memory, so grown bytes are not kept. */
  give(bytes: CallBytes): void {
    if (this.#free.length >= this.#max || bytes.size > 2 * (this.#keysSize + this.#argsSize)) return;
    bytes.clear();
    this.#free.push(bytes);
  }
}
