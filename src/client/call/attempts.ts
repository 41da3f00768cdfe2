import { setTimeout as pause } from "node:timers/promises";
import { backoffMs } from "../../core/backoff.js";
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

  #retry(
    form: ScriptForm,
    call: EncodedCall,
    state: CallState,
    counter: AttemptCounter,
    firstError: unknown,
  ): Promise<unknown> {
    return state.race(this.#retryUntilEnd(form, call, state, counter, firstError));
  }

  async #retryUntilEnd(
    form: ScriptForm,
    call: EncodedCall,
    state: CallState,
    counter: AttemptCounter,
    firstError: unknown,
  ): Promise<unknown> {
    let error = firstError;
    for (let retry = 1; retry <= this.#retries && mayRetry(form, state, error); retry++) {
      const delayMs = Math.min(backoffMs(retry, delays), state.remainingMs);
      state.refusal = isServerError(error) && isTransient(error) ? error : undefined;
      this.#topology.refreshSoon();
      this.#observers.retryScheduled(form, retry + 1, delayMs);
      await pause(delayMs, undefined, { ref: false });
      // Nothing is sent if the call has ended or no reply can come in time. The deadline then ends
      // the race.
      if (state.endedBy || state.remainingMs < defaults.minAttemptMs.value) return new Promise(() => {});
      counter.attempts++;
      try {
        return await this.#transport.send(form, call, state);
      } catch (next) {
        error = next;
      }
    }
    throw error;
  }
}

const delays = { firstMs: defaults.firstDelayMs.value, maxMs: defaults.maxDelayMs.value };

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
