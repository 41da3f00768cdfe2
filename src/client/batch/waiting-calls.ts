import type { WaitScope } from "../connection/readiness.js";
import { Batch } from "./batch.js";
import { LoneCall } from "./lone-call.js";

/** What waits to be sent: a batch, or a call by itself. */
export type Waiting = Batch | LoneCall;

/**
 * What waits for one connection, in the order of the numbers. As the scope of a wait for the
 * connection, it hears of the connection's errors.
 */
export class WaitingCalls implements WaitScope {
  #list: Waiting[] = [];
  #connectionError: Error | undefined;

  get length(): number {
    return this.#list.length;
  }

  get first(): Waiting | undefined {
    return this.#list[0];
  }

  /** Adds one in its turn, also if it was sent before. */
  add(one: Waiting): void {
    if (one instanceof LoneCall) one.connectionError = this.#connectionError;
    this.#list.push(one);
    this.#sortFrom(this.#list.length - 1);
  }

  /**
   * Removes from the front what `take` takes. It stops at the first that is not taken. What `take` adds
   * is not taken.
   */
  takeWhile(take: (one: Waiting) => boolean): void {
    const list = this.takeAll();
    let taken = 0;
    for (; taken < list.length; taken++) {
      const one = list[taken];
      if (one === undefined || !take(one)) break;
    }
    if (taken === list.length) return;
    const left = list.slice(taken);
    const added = this.#list;
    this.#list = left.concat(added);
    if (added.length > 0) this.#sortFrom(left.length);
  }

  #sortFrom(index: number): void {
    const [before, one] = [this.#list[index - 1], this.#list[index]];
    if (before === undefined || one === undefined || before.number < one.number) return;
    this.#list.sort((first, second) => first.number - second.number);
  }

  /** Removes and returns all. */
  takeAll(): readonly Waiting[] {
    const all = this.#list;
    this.#list = [];
    return all;
  }

  get connectionError(): Error | undefined {
    return this.#connectionError;
  }

  set connectionError(error: Error | undefined) {
    this.#connectionError = error;
    for (const one of this.#list) if (one instanceof LoneCall) one.connectionError = error;
  }

  /** The wait ends with the connection. */
  whenReleased(): void {}
}

/** Whether nothing of it has to be sent. */
export function isOver(one: Waiting): boolean {
  return one instanceof Batch ? one.state === "over" || one.live === 0 : one.isOver;
}
