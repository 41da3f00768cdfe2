import { isAborted } from "../../core/abort-signal.js";
import { AbortedError, ClosedError, MoonpathError } from "../../core/errors.js";
import type { ContinuedCall } from "../batch/batch-outcome.js";
import { Batcher } from "../batch/batcher.js";
import type { CallOrder } from "../batch/call-order.js";
import type { Topology } from "../connection/topology.js";
import type { EncodedCall, ManyScript, Scope, Script, ScriptForm } from "../script/script.js";
import { type AttemptCounter, Attempts } from "./attempts.js";
import { CallState } from "./call-state.js";
import { decode, encode, resendTime } from "./codec.js";
import { ManyCalls, type ManyResult } from "./many.js";
import type { Observers } from "./observer.js";
import { type CallOptions, checkedBatching, checkedOptions, checkedReplicas } from "./options.js";
import type { TracedOperation } from "./traced-operation.js";
import type { Transport } from "./transport.js";

interface CallerOptions {
  readonly deadlineMs: number;
  readonly retries: number;
  readonly batching: boolean;
  readonly order: CallOrder;
}

/** Makes calls: encodes once, sends, decodes. It sends again if that is safe and time is left. */
export class Caller {
  readonly #batcher: Batcher;
  readonly #attempts: Attempts;
  readonly #many: ManyCalls;
  readonly #observers: Observers;
  readonly #deadlineMs: number;
  readonly #batching: boolean;
  #isClosed = false;

  constructor(direct: Transport, topology: Topology, observers: Observers, options: CallerOptions) {
    this.#batcher = new Batcher(direct, topology, observers, options, (call) => this.#continue(call));
    this.#attempts = new Attempts(this.#batcher, topology, observers, options.retries);
    this.#many = new ManyCalls(this.#attempts, topology, observers, () => this.#isClosed);
    this.#observers = observers;
    this.#deadlineMs = options.deadlineMs;
    this.#batching = options.batching;
  }

  get isClosed(): boolean {
    return this.#isClosed;
  }

  close(): void {
    this.#isClosed = true;
    this.#batcher.close();
  }

  /** Makes one call. Every rejection is a `MoonpathError`. */
  call<Args, Reply>(
    script: Script<Args, Reply>,
    scope: Scope,
    args: Args,
    options?: CallOptions,
  ): Promise<Reply> {
    // A getter of the arguments of another call calls this one. It is made after that one.
    if (this.#batcher.isWriting) return Promise.resolve().then(() => this.call(script, scope, args, options));
    const { tracing } = this.#observers;
    if (!tracing.isOn) return this.#started(script, scope, args, options);
    const operation = tracedCall(script, scope, 1);
    return tracing.run(operation, () => this.#started(script, scope, args, options));
  }

  #started<Args, Reply>(
    script: Script<Args, Reply>,
    scope: Scope,
    args: Args,
    options: CallOptions | undefined,
  ): Promise<Reply> {
    const counter = { attempts: 0 };
    const { observesCalls } = this.#observers;
    const startedAt = observesCalls ? performance.now() : 0;
    let call: Promise<Reply>;
    try {
      // The batch tells the observers of the call.
      const batched = this.#batched(script, scope, args, options);
      if (batched !== undefined) return batched;
      call = this.#call(script, scope, args, options, counter);
    } catch (error) {
      call = Promise.reject(error);
    }
    return observesCalls ? this.#observe(call, script, counter, startedAt) : call;
  }

  /**
   * The call as a part of a batch; undefined if replicas must confirm it, or if no batch can take it.
   *
   * @throws MoonpathError
   */
  #batched<Args, Reply>(
    script: Script<Args, Reply>,
    scope: Scope,
    args: Args,
    options: CallOptions | undefined,
  ): Promise<Reply> | undefined {
    if (this.#isClosed) throw new ClosedError("the client was closed", { script });
    if (options === undefined) {
      return this.#batcher.call(script, scope, args, this.#batching ? undefined : ALONE);
    }
    const { deadlineMs, signal } = checkedOptions(options, this.#deadlineMs, script);
    if (isAborted(signal)) throw new AbortedError("the call was aborted before it was sent", { script });
    const isAlone = !checkedBatching(options, this.#batching, script);
    // WAIT confirms what its connection has written, so such a call is sent by itself.
    if (checkedReplicas(options, script, [])) return undefined;
    return this.#batcher.call(script, scope, args, {
      isAlone,
      deadlineMs: deadlineMs === this.#deadlineMs ? undefined : deadlineMs,
      signal,
    });
  }

  /** Goes on with a call whose batch could not decide it. */
  async #continue({ script, call, error, counter, ...facts }: ContinuedCall): Promise<unknown> {
    const state = new CallState(Math.max(0, facts.endsAt - performance.now()), facts.signal);
    state.isSent = counter.attempts > 0;
    state.isReplyLost = facts.isReplyLost;
    state.resendUntil = facts.resendUntil;
    state.connectionError = facts.connectionError;
    try {
      return decode(script, await this.#attempt(script, call, state, counter, error));
    } finally {
      state.release();
    }
  }

  async #attempt(
    script: ScriptForm,
    call: EncodedCall,
    state: CallState,
    counter: AttemptCounter,
    firstError?: unknown,
  ): Promise<unknown> {
    if (firstError !== undefined) {
      return this.#attempts.further(script, call, state, counter, firstError);
    }
    try {
      return await this.#attempts.first(script, call, state, counter);
    } catch (error) {
      return this.#attempts.further(script, call, state, counter, error);
    }
  }

  /** Makes many calls; see `ManyCalls.run`. */
  many<Args, Reply>(
    script: ManyScript<Args, Reply>,
    scope: Scope,
    calls: readonly Args[],
    options?: CallOptions,
  ): Promise<ManyResult<Reply>[]> {
    const run = () => this.#many.run(script, scope, calls, options, this.#deadlineMs);
    const { tracing } = this.#observers;
    if (!tracing.isOn) return run();
    return tracing.run(tracedCall(script, scope, Array.isArray(calls) ? calls.length : 0), run);
  }

  async #observe<Reply>(
    call: Promise<Reply>,
    { name, version }: ScriptForm,
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
    const { deadlineMs, signal } = checkedOptions(options, this.#deadlineMs, script);
    if (isAborted(signal)) throw new AbortedError("the call was aborted before it was sent", { script });
    const call = encode(script, scope, args);
    const resendWithinMs = resendTime(script, args);
    const replicas = checkedReplicas(options, script, call.keys);
    checkedBatching(options, this.#batching, script);
    const state = new CallState(deadlineMs, signal);
    state.replicas = replicas;
    // Half of the time, because a command may reach Redis some time after it was sent.
    if (resendWithinMs !== undefined) state.resendUntil = performance.now() + resendWithinMs / 2;
    let reply: unknown;
    try {
      reply = await this.#attempt(script, call, state, counter);
    } finally {
      state.release();
    }
    return decode(script, reply);
  }
}

function tracedCall(
  { name, version }: ScriptForm,
  { tenant }: Scope,
  calls: number,
): TracedOperation & { readonly kind: "call" } {
  return { kind: "call", script: name, version, tenant, calls };
}

const ALONE = { isAlone: true, deadlineMs: undefined, signal: undefined } as const;
