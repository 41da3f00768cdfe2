/**
 * What an error of the function means. `release`: it had no effect, and the request may run again at once. `record`: it is the
 * result, replayed as a `RecordedError` with its name and message. `unknown`: the request may run again after its lease.
 */
export type ErrorMeaning = "release" | "record" | "unknown";

/** How a request is run. All options may be left out. */
export interface RunOptions {
  /** Milliseconds until another process may take over from one that died: 1,000 to 86,400,000. Default 30,000. */
  readonly leaseMs?: number | undefined;
  /** How long the reply is kept and replayed, in milliseconds. Default 86,400,000, a day. */
  readonly rememberMs?: number | undefined;
  /** Milliseconds to wait while another caller runs it. Default 0: InProgressError at once. */
  readonly waitMs?: number | undefined;
  /** What an error of the function means: one meaning for all, or a function of the error. Default `release`. */
  readonly onError?: ErrorMeaning | ((error: unknown) => ErrorMeaning) | undefined;
  /** Ends the wait, and aborts the function's signal. */
  readonly signal?: AbortSignal | undefined;
}

/** What the function receives. */
export interface RequestRun {
  /** Aborts with a LostError when the lease is lost, or with the caller's own signal. */
  readonly signal: AbortSignal;
  /** Rises with each run of this request: write it with the effect, in the same transaction. */
  readonly fence: number;
  /** The request's name. */
  readonly request: string;
  /**
   * Call it before each effect. It reads the clock, so it notices a lost lease even after the event loop was blocked.
   *
   * @throws LostError when the lease has ended
   */
  throwIfLost(): void;
}

/**
 * Runs a request once, and returns its reply to every caller who asks again under the same key: `acme.idempotency.run(…)`.
 *
 * The reply is returned exactly once; the effect is not yet. A process may die after its effect and before the reply is
 * recorded, and then another process runs the request again. With `recordOnce` of `moonpath/postgres` in the transaction
 * of the effect, the effect happens exactly once too.
 *
 * ```ts
 * const receipt = await acme.idempotency.run("order-17", order, async ({ request, fence }) =>
 *   inTransaction(pool, (tx) => recordOnce(tx, { tenant: "acme", request, fence }, () => placeOrder(tx, order))),
 * );
 * ```
 *
 * All callers get what JSON makes of the result, the first one too.
 *
 * @throws InProgressError another caller runs it, for longer than `waitMs`
 * @throws PayloadMismatchError the key was used for another payload
 * @throws RecordedError it failed, and the failure was recorded
 * @throws ArgumentError an argument was refused, or the result cannot be stored; the latter is recorded, because the effect exists
 * @throws LostError another process has taken over; the function's effect may exist
 * @throws OutcomeUnknownError the reply may or may not be recorded; ask again under the same key
 */
export type RunOnce = <Reply>(
  key: string,
  payload: unknown,
  work: (run: RequestRun) => Promise<Reply> | Reply,
  options?: RunOptions,
) => Promise<Reply>;
