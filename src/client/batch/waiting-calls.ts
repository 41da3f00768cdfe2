import type { WaitScope } from "../connection/readiness.js";
import { Batch } from "./batch.js";
import { LoneCall } from "./lone-call.js";

/** So many that are over are not searched for. */
const MIN_OVER = 64;

/** What waits to be sent: a batch, or a call by itself. */
export type Waiting = Batch | LoneCall;

/**
 * What waits for one connection, in the order of the numbers. As the scope of a wait for the
 * connection, it hears of the connection's errors.
 */
export class WaitingCalls implements WaitScope {
  #list: Waiting[] = [];
  /** Those in front of this place have been taken. */
  #from = 0;
  /** What was added while others are taken. */
  #added: Waiting[] | undefined;
  /** How many of the list are over, as far as it is known. */
  #over = 0;
  #connectionError: Error | undefined;

  get length(): number {
    return this.#list.length - this.#from + (this.#added?.length ?? 0);
  }

  get first(): Waiting | undefined {
    return this.#list[this.#from];
  }

  /** Adds one in its turn, also if it was sent before. */
  add(one: Waiting): void {
    if (one instanceof LoneCall) one.connectionError = this.#connectionError;
    if (this.#added !== undefined) this.#added.push(one);
    else this.#insert(one);
  }

  /**
   * Removes from the front what `take` takes. It stops at the first that is not taken. What `take` adds
   * is not taken.
   */
  takeWhile(take: (one: Waiting) => boolean): void {
    if (this.#added !== undefined) return;
    const added: Waiting[] = [];
    this.#added = added;
    try {
      for (let one = this.first; one !== undefined; one = this.first) {
        this.#from++;
        if (take(one)) continue;
        // Unless all were taken meanwhile, it stays in its place.
        if (this.#list[this.#from - 1] === one) this.#from--;
        else added.push(one);
        break;
      }
    } finally {
      this.#added = undefined;
      this.#compact();
      for (const one of added) this.#insert(one);
    }
  }

  /** One that waits is over before its turn. Its memory is not kept until then. */
  noteOver(): void {
    this.#over++;
    if (this.#added !== undefined || this.#over < MIN_OVER || this.#over * 2 < this.length) return;
    this.#list = this.#list.slice(this.#from).filter((one) => !isOver(one));
    this.#from = 0;
    this.#over = 0;
  }

  /** Removes and returns all. */
  takeAll(): readonly Waiting[] {
    const all = this.#list.slice(this.#from);
    this.#list = [];
    this.#from = 0;
    this.#over = 0;
    return all;
  }

  #insert(one: Waiting): void {
    const last = this.#list.at(-1);
    this.#list.push(one);
    if (this.length === 1 || last === undefined || last.number < one.number) return;
    this.#list = this.#list.slice(this.#from).sort((first, second) => first.number - second.number);
    this.#from = 0;
  }

  /** Drops those in front, if they are most of the list. So each is copied a few times at most. */
  #compact(): void {
    if (this.#from * 2 < this.#list.length) return;
    this.#list.splice(0, this.#from);
    this.#from = 0;
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
