import { DelegateBackoff, ExponentialBackoff, handleWhen, type IBackoff, retry } from "cockatiel";
import { isAborted } from "../../core/abort-signal.js";
import { WaitEnded } from "../../core/deadline.js";
import { AbortedError, ClosedError, MoonpathError } from "../../core/errors.js";
import type { Topology } from "../connection/topology.js";
import { defaults } from "../defaults.js";
import type { EncodedCall, Scope, Script } from "../script/script.js";
import type { AnyScript } from "../script/script-set.js";
import { CallState } from "./call-state.js";
import { decode, encode, resendTime } from "./codec.js";
import { isRaisedByScript, isServerError, isTransient, NotSentError, ReplyLostError } from "./failure.js";
import { finalError } from "./final-error.js";
import type { Observers } from "./observer.js";
import { type CallOptions, checkedOptions, checkedReplicas } from "./options.js";
import type { Transport } from "./transport.js";

interface CallerOptions {
  readonly deadlineMs: number;
  readonly retries: number;
}

/** Makes calls: encodes once, sends, decodes. It sends again if that is safe and time is left. */
export class Caller {
  readonly #transport: Transport;
  readonly #topology: Topology;
  readonly #observers: Observers;
  readonly #options: CallerOptions;
  #isClosed = false;

  constructor(transport: Transport, topology: Topology, observers: Observers, options: CallerOptions) {
    this.#transport = transport;
    this.#topology = topology;
    this.#observers = observers;
    this.#options = options;
  }

  get isClosed(): boolean {
    return this.#isClosed;
  }

  close(): void {
    this.#isClosed = true;
  }

  /** Makes one call. Every rejection is a `MoonpathError`. */
  call<Args, Reply>(
    script: Script<Args, Reply>,
    scope: Scope,
    args: Args,
    options?: CallOptions,
  ): Promise<Reply> {
    const counter = { attempts: 0 };
    if (!this.#observers.observesCalls) return this.#call(script, scope, args, options, counter);
    const startedAt = performance.now();
    return this.#observe(this.#call(script, scope, args, options, counter), script, counter, startedAt);
  }

  async #observe<Reply>(
    call: Promise<Reply>,
    { name, version }: AnyScript,
    counter: AttemptCounter,
    startedAt: number,
  ): Promise<Reply> {
    const notifyEnd = (outcome: "ok" | MoonpathError["code"]) =>
      this.#observers.callEnded({
        script: name,
        version,
        outcome,
        durationMs: performance.now() - startedAt,
        attempts: counter.attempts,
      });
    try {
      const reply = await call;
      notifyEnd("ok");
      return reply;
    } catch (error) {
      notifyEnd(error instanceof MoonpathError ? error.code : "SCRIPT");
      throw error;
    }
  }

  async #call<Args, Reply>(
    script: Script<Args, Reply>,
    scope: Scope,
    args: Args,
    options: CallOptions | undefined,
    counter: AttemptCounter,
  ): Promise<Reply> {
    if (this.#isClosed) throw new ClosedError("the client was closed", { script });
    const { deadlineMs, signal } = checkedOptions(options, this.#options.deadlineMs, script);
    if (isAborted(signal)) throw new AbortedError("the call was aborted before it was sent", { script });
    const call = encode(script, scope, args);
    const resendWithinMs = resendTime(script, args);
    const replicas = checkedReplicas(options, script, call.keys);
    const state = new CallState(deadlineMs, signal);
    state.replicas = replicas;
    // Half of the time, because a command may reach Redis some time after it was sent.
    if (resendWithinMs !== undefined) state.resendUntil = performance.now() + resendWithinMs / 2;
    let reply: unknown;
    try {
      counter.attempts++;
      reply = await state.race(this.#transport.send(script, call, state));
    } catch (error) {
      reply = await this.#retry(script, call, state, counter, error).catch((last: unknown) => {
        // A node that does not answer cannot report that another node has taken its slots.
        if (last instanceof WaitEnded && last.reason === "deadline") this.#topology.refreshSoon();
        throw finalError(script, call, state, last);
      });
    } finally {
      state.release();
    }
    return decode(script, reply);
  }

  /** Makes further attempts. The delays between them grow and have jitter. */
  async #retry(
    script: AnyScript,
    call: EncodedCall,
    state: CallState,
    counter: AttemptCounter,
    firstError: unknown,
  ): Promise<unknown> {
    if (!mayRetry(script, state, firstError)) throw firstError;
    const policy = retry(
      handleWhen((error) => mayRetry(script, state, error)),
      { maxAttempts: this.#options.retries, backoff: backoffWithin(state) },
    ).dangerouslyUnref();
    policy.onRetry(({ attempt, delay, ...result }) => {
      state.refusal = "error" in result && isTransient(result.error) ? result.error : undefined;
      this.#topology.refreshSoon();
      this.#observers.retryScheduled(script, attempt + 1, delay);
    });
    return state.race(
      policy.execute(({ attempt }) => {
        // `#call` has made attempt 0. Throwing its error here makes the policy wait, and then
        // continue with attempt 1.
        if (attempt === 0) throw firstError;
        // Nothing is sent if the call has ended or no reply can come in time. The deadline then
        // ends the race.
        if (state.endedBy || state.remainingMs < defaults.minAttemptMs.value) return new Promise(() => {});
        counter.attempts++;
        return this.#transport.send(script, call, state);
      }),
    );
  }
}

/** The number of attempts that one call has made. */
interface AttemptCounter {
  attempts: number;
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
function mayRetry(script: AnyScript, state: CallState, error: unknown): boolean {
  if (state.endedBy) return false;
  if (error instanceof NotSentError) return !error.permanentReason;
  const mustNotRunTwice = script.writes && script.resend === "never";
  if (error instanceof ReplyLostError) return !mustNotRunTwice;
  return isTransient(error) && !(mustNotRunTwice && isServerError(error) && isRaisedByScript(error));
}
