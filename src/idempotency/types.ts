/**
 * The meaning of an error of the function.
 *
 * - `release`: the function had no effect, and the request may run again at once.
 * - `record`: the error is the result. Later callers get a `RecordedError` with its name and
 *   message.
 * - `unknown`: the function may have had an effect. The request may run again after its lease.
 */
export type ErrorMeaning = "release" | "record" | "unknown";

/** The options of `idempotency.run`. All may be left out. */
export interface RunOptions {
  /**
   * Milliseconds until another process may replace one that died: 1,000 to 86,400,000. Default
   * 30,000.
   */
  readonly leaseMs?: number | undefined;
  /**
   * Milliseconds for which the reply is stored and replayed: 1,000 to 31,622,400,000. Default
   * 86,400,000, a day.
   */
  readonly rememberMs?: number | undefined;
  /**
   * Milliseconds to wait while another caller runs the request: up to 86,400,000. Default 0:
   * InProgressError at once.
   */
  readonly waitMs?: number | undefined;
  /**
   * The meaning of an error of the function, or a function that returns the meaning. Default
   * `release`.
   */
  readonly onError?: ErrorMeaning | ((error: unknown) => ErrorMeaning) | undefined;
  /** Ends the wait, and aborts the function's signal. */
  readonly signal?: AbortSignal | undefined;
}

/** The run of a request, which the function receives. */
export interface RequestRun {
  /** Aborts with a LostError when the lease is lost, or with the caller's own signal. */
  readonly signal: AbortSignal;
  /**
   * The number of this run, which rises with each run. After Redis has forgotten the request, it
   * rises unless the clock has gone back. Write it with the effect, in the same transaction.
   */
  readonly fence: number;
  /** The request's name. */
  readonly request: string;
  /**
   * Call it before each effect. It reads the clock, so it notices a lost lease even after the event
   * loop was blocked.
   *
   * @throws LostError if the lease has ended
   */
  throwIfLost(): void;
}

/**
 * Runs a request once, and returns its reply to every later caller with the same key:
 * `acme.idempotency.run(…)`.
 *
 * All callers get the same reply, but the effect may happen twice. A process may die after its
 * effect and before it records the reply; then another process runs the request again. To prevent
 * that, call `recordOnce` of `moonpath/postgres` in the transaction of the effect.
 *
 * ```ts
 * const receipt = await acme.idempotency.run("order-17", order, async ({ request, fence }) =>
 *   inTransaction(pool, (tx) =>
 *     recordOnce(tx, { tenant: "acme", request, fence }, () => placeOrder(tx, order)),
 *   ),
 * );
 * ```
 *
 * The result is converted to JSON and back for all callers, the first one included.
 *
 * @throws InProgressError another caller runs the request for longer than `waitMs`
 * @throws PayloadMismatchError the key was used for another payload
 * @throws RecordedError it failed, and the failure was recorded
 * @throws AbortedError `signal` ended the wait, or had aborted before the call
 * @throws CorruptError the stored reply was not written by this function
 * @throws ArgumentError an argument is not valid, or the result cannot be stored. The latter is
 *   recorded, because the effect exists
 * @throws LostError another process has taken over; the function's effect may exist
 * @throws OutcomeUnknownError the reply may or may not be recorded; call again with the same key
 */
export type RunOnce = <Reply>(
  key: string,
  payload: unknown,
  work: (run: RequestRun) => Promise<Reply> | Reply,
  options?: RunOptions,
) => Promise<Reply>;
