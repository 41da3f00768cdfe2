/** One side of a comparison. It runs in a process of its own, so its code and its heap are its own too. */
export interface Contestant {
  /** Makes the data of a `whole` load; the time is not measured. */
  prepare?(calls: number): Promise<unknown>;
  /**
   * Makes one call and resolves when its reply was checked. Numbers rise over all rounds. With a
   * `whole` load, the number is that of all calls, and it makes all of them. With a `burst` load, it
   * resolves with milliseconds.
   */
  call(number: number): Promise<unknown>;
  close(): unknown;
}

/** Connects a contestant to the servers of these URLs, separated by commas. */
export type StartContestant = (url: string) => Promise<Contestant>;

/** How a contestant makes its calls. */
export type Load =
  /** So many calls are unanswered at any time, for so long. With 1, the calls come one after another. */
  | { readonly shape: "in flight"; readonly open: number; readonly ms: number }
  /** Callers make a call each in an event of its own, and the next one after the reply, for so long. */
  | { readonly shape: "events"; readonly open: number; readonly ms: number }
  /** One `call` makes all calls. */
  | { readonly shape: "whole"; readonly calls: number }
  /** All calls are made at once, and each resolves with milliseconds. */
  | { readonly shape: "burst"; readonly calls: number };

/** What one round of a load took. */
export interface LoadResult {
  readonly calls: number;
  /** From the first call to the last reply. */
  readonly ms: number;
  /** CPU time of the contestant's process. */
  readonly cpuUs: number;
  /** The greatest of the milliseconds with which the calls of a `burst` resolve; else 0. */
  readonly greatestMs: number;
}

/** A message from the bench to the process of a contestant. */
export type Order =
  | { readonly order: "start"; readonly contestant: string; readonly url: string }
  | { readonly order: "run"; readonly load: Load };

/** The reply to an order. */
export type Answer =
  | { readonly answer: "started" }
  | { readonly answer: "ran"; readonly result: LoadResult }
  | { readonly answer: "failed"; readonly message: string };
