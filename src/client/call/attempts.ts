import { DelegateBackoff, ExponentialBackoff, handleWhen, type IBackoff, retry } from "cockatiel";
import { WaitEnded } from "../../core/deadline.js";
import type { Topology } from "../connection/topology.js";
import { defaults } from "../defaults.js";
import type { EncodedCall, ScriptForm } from "../script/script.js";
import type { CallState } from "./call-state.js";
import {
  codeOf,
  isRaisedByScript,
  isServerError,
  isTransient,
  NotSentError,
  ReplyLostError,
  SplitError,
} from "./failure.js";
import { finalError } from "./final-error.js";
import type { Observers } from "./observer.js";
import type { Transport } from "./transport.js";

/** The number of attempts that one call has made. */
export interface AttemptCounter {
  attempts: number;
}

/** Sends an encoded call, and sends it again if that is safe and time is left. */
export class Attempts {
  readonly #transport: Transport;
  readonly #topology: Topology;
  readonly #observers: Observers;
  readonly #retries: number;

  constructor(transport: Transport, topology: Topology, observers: Observers, retries: number) {
    this.#transport = transport;
    this.#topology = topology;
    this.#observers = observers;
    this.#retries = retries;
  }

  /** The reply to the first attempt. If it rejects, call `further` with the error. */
  first(form: ScriptForm, call: EncodedCall, state: CallState, counter: AttemptCounter): Promise<unknown> {
    counter.attempts++;
    return state.race(this.#transport.send(form, call, state));
  }

  /**
   * The reply to a later attempt. It rejects with the error for the caller, or with SplitError. The
   * delays between the attempts grow and have jitter.
   */
  further(
    form: ScriptForm,
    call: EncodedCall,
    state: CallState,
    counter: AttemptCounter,
    firstError: unknown,
  ): Promise<unknown> {
    return this.#retry(form, call, state, counter, firstError).catch((last: unknown) => {
      if (state.splits && isTryAgain(last)) throw new SplitError("the keys are on two nodes");
      // A node that does not answer cannot report that another node has taken its slots.
      if (last instanceof WaitEnded && last.reason === "deadline") this.#topology.refreshSoon();
      throw finalError(form, call, state, last);
    });
  }

  async #retry(
    form: ScriptForm,
    call: EncodedCall,
    state: CallState,
    counter: AttemptCounter,
    firstError: unknown,
  ): Promise<unknown> {
    if (!mayRetry(form, state, firstError)) throw firstError;
    const policy = retry(
      handleWhen((error) => mayRetry(form, state, error)),
      { maxAttempts: this.#retries, backoff: backoffWithin(state) },
    ).dangerouslyUnref();
    policy.onRetry(({ attempt, delay, ...result }) => {
      state.refusal = "error" in result && isTransient(result.error) ? result.error : undefined;
      this.#topology.refreshSoon();
      this.#observers.retryScheduled(form, attempt + 1, delay);
    });
    return state.race(
      policy.execute(({ attempt }) => {
        // `first` has made attempt 0. Throwing its error here makes the policy wait, and then
        // continue with attempt 1.
        if (attempt === 0) throw firstError;
        // Nothing is sent if the call has ended or no reply can come in time. The deadline then
        // ends the race.
        if (state.endedBy || state.remainingMs < defaults.minAttemptMs.value) return new Promise(() => {});
        counter.attempts++;
        return this.#transport.send(form, call, state);
      }),
    );
  }
}

const exponential = new ExponentialBackoff({
  initialDelay: defaults.firstDelayMs.value,
  maxDelay: defaults.maxDelayMs.value,
});

function backoffWithin(call: CallState): DelegateBackoff<unknown, IBackoff<unknown>> {
  return new DelegateBackoff((context, previous) => {
    const state = previous ? previous.next(context) : exponential.next();
    return { delay: Math.min(state.duration, call.remainingMs), state };
  });
}

/**
 * Whether another attempt is safe and may succeed. A script with `resend: "never"` is sent again
 * only if it certainly did not run. After a lost reply, or an error that the script raised, it may
 * have run.
 */
function mayRetry(form: ScriptForm, state: CallState, error: unknown): boolean {
  if (state.endedBy) return false;
  if (state.splits && isTryAgain(error)) return false;
  if (error instanceof NotSentError) return !error.permanentReason;
  const mustNotRunTwice = form.writes && form.resend === "never";
  if (error instanceof ReplyLostError) return !mustNotRunTwice;
  return isTransient(error) && !(mustNotRunTwice && isServerError(error) && isRaisedByScript(error));
}

function isTryAgain(error: unknown): boolean {
  return isServerError(error) && !isRaisedByScript(error) && codeOf(error) === "TRYAGAIN";
}
