import { DelegateBackoff, ExponentialBackoff, handleWhen, type IBackoff, retry } from "cockatiel";
import { isAborted } from "../../core/abort-signal.js";
import { DeadlineReached } from "../../core/deadline.js";
import {
  AbortedError,
  ArgumentError,
  ClosedError,
  DeadlineError,
  MoonpathError,
  NotReplicatedError,
  OutcomeUnknownError,
  ReplyError,
  UnavailableError,
} from "../../core/errors.js";
import { isMoonpathError, readFrom } from "../../core/read-from.js";
import type { Topology } from "../connection/topology.js";
import { defaults } from "../defaults.js";
import { isClientKey, reservedSuffixes } from "../script/reserved.js";
import type { EncodedCall, Scope, Script } from "../script/script.js";
import type { AnyScript } from "../script/script-set.js";
import { CallState } from "./call-state.js";
import {
  isServerError,
  isRaisedByScript,
  isTransient,
  NotSentError,
  ReplyLostError,
  safeCause,
  typedError,
} from "./failure.js";
import type { Observers } from "./observer.js";
import { type CallOptions, checkedOptions, checkedReplicas } from "./options.js";
import type { Transport } from "./transport.js";

interface CallerOptions {
  readonly deadlineMs: number;
  readonly retries: number;
}

/** Makes calls: encode once, send, decode; try again where that is safe and time is left. */
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

  /** One call from arguments to result; every rejection is a `MoonpathError`. */
  call<Args, Reply>(
    script: Script<Args, Reply>,
    scope: Scope,
    args: Args,
    options?: CallOptions,
  ): Promise<Reply> {
    const tally = { attempts: 0 };
    if (!this.#observers.observesCalls) return this.#call(script, scope, args, options, tally);
    const startedAt = performance.now();
    return this.#observe(this.#call(script, scope, args, options, tally), script, tally, startedAt);
  }

  async #observe<Reply>(
    call: Promise<Reply>,
    { name, version }: AnyScript,
    tally: AttemptCounter,
    startedAt: number,
  ): Promise<Reply> {
    const ended = (outcome: "ok" | MoonpathError["code"]) =>
      this.#observers.callEnded({
        script: name,
        version,
        outcome,
        durationMs: performance.now() - startedAt,
        attempts: tally.attempts,
      });
    try {
      const reply = await call;
      ended("ok");
      return reply;
    } catch (error) {
      ended(error instanceof MoonpathError ? error.code : "SCRIPT");
      throw error;
    }
  }

  async #call<Args, Reply>(
    script: Script<Args, Reply>,
    scope: Scope,
    args: Args,
    options: CallOptions | undefined,
    tally: AttemptCounter,
  ): Promise<Reply> {
    if (this.#isClosed) throw new ClosedError("the client was closed", { script });
    const { deadlineMs, signal } = checkedOptions(options, this.#options.deadlineMs, script);
    if (isAborted(signal)) throw new AbortedError("the call was aborted before it was sent", { script });
    const call = encode(script, scope, args);
    const resendWithinMs = resendTime(script, args);
    const replicas = checkedReplicas(options, script, call.keys);
    const state = new CallState(deadlineMs, signal);
    state.replicas = replicas;
    // Half of the time: a second run comes some time after its sending.
    if (resendWithinMs !== undefined) state.resendUntil = performance.now() + resendWithinMs / 2;
    let reply: unknown;
    try {
      tally.attempts++;
      reply = await state.race(this.#transport.send(script, call, state));
    } catch (error) {
      reply = await this.#retry(script, call, state, tally, error).catch((last: unknown) => {
        // A node that does not answer tells nobody that another one has taken its place.
        if (last instanceof DeadlineReached && last.reason === "deadline") this.#topology.refreshSoon();
        throw toMoonpathError(script, call, state, last);
      });
    } finally {
      state.release();
    }
    return decode(script, reply);
  }

  /** The slow path: more attempts, with growing, jittered pauses. */
  async #retry(
    script: AnyScript,
    call: EncodedCall,
    state: CallState,
    tally: AttemptCounter,
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
        // The first attempt has been made; the policy sees its failure and goes on from there.
        if (attempt === 0) throw firstError;
        // Given up, or too late for an answer: nothing is sent, and the race ends by the clock.
        if (state.cancelled || state.remainingMs < defaults.minAttemptMs.value) return new Promise(() => {});
        tally.attempts++;
        return this.#transport.send(script, call, state);
      }),
    );
  }
}

/** How often a call was tried. */
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
 * Whether another attempt can do no harm and may help. A script with `resend: "never"` is sent again only if
 * it certainly did not run: not after a lost answer, and not after an error out of the script itself.
 */
function mayRetry(script: AnyScript, state: CallState, error: unknown): boolean {
  if (state.cancelled) return false;
  if (error instanceof NotSentError) return !error.permanentReason;
  const once = script.writes && script.resend === "never";
  if (error instanceof ReplyLostError) return !once;
  return isTransient(error) && !(once && isServerError(error) && isRaisedByScript(error));
}

/** What the caller gets to know about a call that failed for good. */
function toMoonpathError(script: AnyScript, call: EncodedCall, state: CallState, error: unknown): MoonpathError {
  if (error instanceof NotReplicatedError) return error;
  const cause = error instanceof Error ? safeCause(error, call, script.keyPatterns) : undefined;
  if (state.awaitsReplicas) {
    const why = error instanceof DeadlineReached ? unconfirmedTexts[error.reason] : "the connection was lost";
    return new NotReplicatedError(`${why} before the replicas had acknowledged`, { script, cause });
  }
  if (script.writes && (state.isReplyLost || state.isPending)) {
    const why = error instanceof DeadlineReached ? endTexts[error.reason] : "no answer came back";
    return new OutcomeUnknownError(`${why}; the script may or may not have run`, { script, cause });
  }
  if (error instanceof DeadlineReached && error.reason === "aborted") {
    return new AbortedError(endTexts.aborted, { script });
  }
  if (error instanceof DeadlineReached && state.refusal && !state.isPending) {
    return typedError(script, call, state.refusal);
  }
  if (error instanceof NotSentError && error.permanentReason === "closed") {
    return new ClosedError("the client was closed while the call waited", { script });
  }
  if (error instanceof DeadlineReached && state.isSent) return new DeadlineError(endTexts.deadline, { script });
  if (error instanceof DeadlineReached)
    return new UnavailableError("no usable connection in time", { script });
  if (error instanceof MoonpathError) return error;
  if (isServerError(error)) return typedError(script, call, error);
  return new UnavailableError(cause?.message ?? "the connection failed", { script, cause });
}

const unconfirmedTexts = { deadline: "the deadline passed", aborted: "the call was aborted" } as const;
const endTexts = { deadline: "no answer before the deadline", aborted: "the call was aborted" } as const;

function encode<Args, Reply>(script: Script<Args, Reply>, scope: Scope, args: Args): EncodedCall {
  try {
    // Plain JavaScript may forget the arguments altogether.
    if (typeof args !== "object" || args === null) throw new ArgumentError("args", "an object");
    const call = script.encode(scope, args);
    if (call.keys.some(isClientKey)) {
      throw new ArgumentError("args", `no key that ends in ${reservedSuffixes}: the client writes it itself`);
    }
    return call;
  } catch (error) {
    // Anything else was thrown by a getter or a proxy of the caller's, and may hold anything.
    if (isMoonpathError(error) && error instanceof ArgumentError) throw error.of(script);
    throw new ArgumentError("args", "an object that can be read", { script });
  }
}

/** For how long a second run is safe; undefined for ever. Read after the encoding, and may be another value by then. */
function resendTime<Args>(script: Script<Args, unknown>, args: Args): number | undefined {
  const { resendWithinMs } = script;
  if (!resendWithinMs) return undefined;
  const ms = readFrom("args", () => resendWithinMs(args), { script });
  if (typeof ms === "number" && ms >= 0) return ms;
  throw new ArgumentError("args", "the same values each time that they are read", { script });
}

function decode<Args, Reply>(script: Script<Args, Reply>, reply: unknown): Reply {
  try {
    return script.decode(reply);
  } catch (error) {
    if (isMoonpathError(error) && error instanceof ReplyError) throw error.of(script);
    throw new ReplyError("reply", "what the script's decoder can read", { script });
  }
}
