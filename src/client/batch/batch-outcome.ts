import type { EndReason } from "../../core/deadline.js";
import {
  AbortedError,
  DeadlineError,
  MoonpathError,
  OutcomeUnknownError,
  UnavailableError,
} from "../../core/errors.js";
import type { AttemptCounter } from "../call/attempts.js";
import { decode } from "../call/codec.js";
import { isRaisedByScript, isServerError, ReplyLostError, raisedBy } from "../call/failure.js";
import { withCause } from "../call/final-error.js";
import type { Observers } from "../call/observer.js";
import { redactedMessage, safeCause } from "../call/typed-error.js";
import { hasManyForm, repliesOf } from "../script/many-form.js";
import type { EncodedCall } from "../script/script.js";
import { textsOf } from "../script/texts.js";
import type { Batch, BatchedScript, Waiter } from "./batch.js";
import { callsIn } from "./calls-in.js";

/** A call that goes on without its batch. */
export interface ContinuedCall {
  readonly script: BatchedScript;
  readonly call: EncodedCall;
  /** Why the attempt of the batch failed; undefined if the call was not decided, and is sent at once. */
  readonly error: unknown;
  /** The last error of the connection that the batch has waited for. */
  readonly connectionError: Error | undefined;
  /** How many attempts it has made. Further ones are added. */
  readonly counter: AttemptCounter;
  readonly isReplyLost: boolean;
  readonly resendUntil: number;
  /** In the time of `performance.now()`. */
  readonly endsAt: number;
  readonly signal: AbortSignal | undefined;
}

/** Makes the further attempts of a call; its reply is decoded. */
export type ContinueCall = (call: ContinuedCall) => Promise<unknown>;

/** Ends the calls of batches. What one batch cannot decide goes on as a call by itself. */
export class BatchOutcome {
  readonly #observers: Observers;
  readonly #retries: number;
  readonly #continueCall: ContinueCall;

  constructor(observers: Observers, retries: number, continueCall: ContinueCall) {
    this.#observers = observers;
    this.#retries = retries;
    this.#continueCall = continueCall;
  }

  /** The reply of the server, which is no error for the batch as a whole. */
  replied(batch: Batch, reply: unknown): void {
    const { script, count, form } = batch;
    let replies: readonly unknown[];
    try {
      if (hasManyForm(script) && count > 1) replies = repliesOf(script, reply, count);
      else replies = [script.repliesBytes ? reply : textsOf(reply)];
    } catch (error) {
      for (let place = 0; place < count; place++) this.#reject(batch, place, error);
      return;
    }
    const now = this.#observers.observesCalls ? performance.now() : 0;
    let calls: readonly EncodedCall[] | undefined;
    for (let place = 0; place < count; place++) {
      const one = replies[place];
      if (isServerError(one)) {
        calls ??= callsIn(batch);
        this.#continue(batch, place, calls[place], raisedBy(form, one));
      } else this.#settle(batch, place, one, now);
    }
  }

  /** The batch failed as a whole. Each call retries by itself if that may succeed. */
  failed(batch: Batch, error: unknown): void {
    const isMisplaced = isServerError(error) && !isRaisedByScript(error) && MISPLACED.test(error.message);
    this.#continueAll(batch, isMisplaced ? undefined : error);
  }

  /** Its reply will not come. */
  lost(batch: Batch): void {
    this.#continueAll(batch, new ReplyLostError("the connection was lost before the answer came"));
  }

  /** A reply was lost, and the script may have forgotten that it ran. So it is not sent again. */
  forgotten(batch: Batch): void {
    this.#continueAll(batch, new ReplyLostError("too late to send it again"));
  }

  /** Each call is sent by itself. */
  divided(batch: Batch): void {
    this.#continueAll(batch, undefined);
  }

  /** Whether the batch may be sent again as a whole after a lost reply. The attempts are counted. */
  mayResend(batch: Batch): boolean {
    const { script, attempts } = batch;
    if ((script.writes && script.resend === "never") || attempts > this.#retries) return false;
    if (performance.now() >= batch.resendUntil) return false;
    for (let place = 0; place < batch.live; place++) this.#observers.retryScheduled(script, attempts + 1, 0);
    return true;
  }

  /** The deadline of the batch has passed. Calls with a deadline of their own go on. */
  expired(batch: Batch): void {
    const error = withoutStack(() => this.#endedError(batch, "deadline"));
    for (let place = 0; place < batch.count; place++) {
      if (batch.limits?.get(place)?.sharesDeadline !== false) this.#reject(batch, place, error);
    }
  }

  /** The deadline or the signal of one call has ended it. */
  ended(batch: Batch, place: number, reason: EndReason): void {
    this.#reject(
      batch,
      place,
      withoutStack(() => this.#endedError(batch, reason)),
    );
  }

  #endedError({ script, state, attempts, isReplyLost, events }: Batch, reason: EndReason): MoonpathError {
    const why = reason === "aborted" ? "the call was aborted" : "no answer before the deadline";
    if (script.writes && (state === "sent" || isReplyLost)) {
      return new OutcomeUnknownError(`${why}; the script may or may not have run`, { script });
    }
    if (reason === "aborted") return new AbortedError(why, { script });
    if (attempts > 0) return new DeadlineError(why, { script });
    if (events.isConnected) {
      return new UnavailableError("the calls before it had no answer in time", { script });
    }
    const { connectionError } = events;
    const cause = connectionError && safeCause(connectionError, NO_CALL, script.keyPatterns);
    return new UnavailableError(withCause("no usable connection in time", cause), { script, cause });
  }

  #settle(batch: Batch, place: number, reply: unknown, now: number): void {
    const waiter = batch.take(place);
    if (waiter === undefined) return;
    let result: unknown;
    try {
      result = decode(batch.script, reply);
    } catch (error) {
      this.#end(batch, place, waiter, error);
      return;
    }
    if (now > 0) this.#notify(batch, place, "ok", batch.attempts, now);
    waiter.resolve(result);
  }

  #reject(batch: Batch, place: number, error: unknown): void {
    const waiter = batch.take(place);
    if (waiter !== undefined) this.#end(batch, place, waiter, error);
  }

  #end(batch: Batch, place: number, waiter: Waiter, error: unknown, attempts = batch.attempts): void {
    if (this.#observers.observesCalls) {
      const code = error instanceof MoonpathError ? error.code : "SCRIPT";
      this.#notify(batch, place, code, attempts, performance.now());
    }
    waiter.reject(error);
  }

  #continueAll(batch: Batch, error: unknown): void {
    if (batch.live === 0) return;
    const calls = callsIn(batch);
    const shown = calls.length > 1 && isServerError(error) ? withoutValues(error, batch, calls) : error;
    for (let place = 0; place < batch.count; place++) this.#continue(batch, place, calls[place], shown);
  }

  #continue(batch: Batch, place: number, call: EncodedCall | undefined, error: unknown): void {
    const limit = batch.limits?.get(place);
    const waiter = batch.take(place);
    if (waiter === undefined || call === undefined) return;
    const { script, isReplyLost, resendUntil } = batch;
    const counter = { attempts: batch.attempts };
    this.#continueCall({
      script,
      call,
      error,
      connectionError: batch.events.connectionError,
      counter,
      isReplyLost: isReplyLost || error instanceof ReplyLostError,
      resendUntil,
      endsAt: limit?.endsAt ?? batch.endsAt,
      signal: limit?.signal,
    }).then(
      (result) => {
        if (this.#observers.observesCalls) {
          this.#notify(batch, place, "ok", counter.attempts, performance.now());
        }
        waiter.resolve(result);
      },
      (last: unknown) => this.#end(batch, place, waiter, last, counter.attempts),
    );
  }

  #notify(
    { script: { name, version }, startedAt }: Batch,
    place: number,
    outcome: "ok" | MoonpathError["code"],
    attempts: number,
    now: number,
  ): void {
    const durationMs = now - (startedAt[place] ?? now);
    this.#observers.callEnded({ script: name, version, outcome, durationMs, attempts });
  }
}

/** The server ran nothing, because a key is elsewhere. Each call alone may succeed. */
const MISPLACED = /^(?:MOVED|ASK|TRYAGAIN|CROSSSLOT)\b/;

/** The server's error for a batch, without the keys and arguments of any of its calls. */
function withoutValues(error: Error, { script }: Batch, calls: readonly EncodedCall[]): Error {
  const keys = calls.flatMap((call) => call.keys);
  const args = calls.flatMap((call) => call.args);
  const message = redactedMessage(error.message, { keys, args }, script.keyPatterns);
  return Object.assign(new Error(message), { name: error.name });
}

const NO_CALL: EncodedCall = { keys: [], args: [] };

/**
 * Makes an error without its stack. It would only show a timer or an abort, and takes several times as
 * long.
 */
function withoutStack(make: () => MoonpathError): MoonpathError {
  const { stackTraceLimit } = Error;
  Error.stackTraceLimit = 0;
  try {
    return make();
  } finally {
    Error.stackTraceLimit = stackTraceLimit;
  }
}
