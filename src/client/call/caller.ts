import { isAborted } from "../../core/abort-signal.js";
import { AbortedError, ClosedError, MoonpathError } from "../../core/errors.js";
import type { Topology } from "../connection/topology.js";
import type { ManyScript, Scope, Script, ScriptForm } from "../script/script.js";
import { type AttemptCounter, Attempts } from "./attempts.js";
import { CallState } from "./call-state.js";
import { decode, encode, resendTime } from "./codec.js";
import { ManyCalls, type ManyResult } from "./many.js";
import type { Observers } from "./observer.js";
import { type CallOptions, checkedBatching, checkedOptions, checkedReplicas } from "./options.js";
import type { Transport } from "./transport.js";

interface CallerOptions {
  readonly deadlineMs: number;
  readonly retries: number;
  readonly batching: boolean;
}

/** Makes calls: encodes once, sends, decodes. It sends again if that is safe and time is left. */
export class Caller {
  readonly #attempts: Attempts;
  readonly #many: ManyCalls;
  readonly #observers: Observers;
  readonly #deadlineMs: number;
  readonly #batching: boolean;
  #isClosed = false;

  constructor(transport: Transport, topology: Topology, observers: Observers, options: CallerOptions) {
    this.#attempts = new Attempts(transport, topology, observers, options.retries);
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

  /** Makes many calls; see `ManyCalls.run`. */
  many<Args, Reply>(
    script: ManyScript<Args, Reply>,
    scope: Scope,
    calls: readonly Args[],
    options?: CallOptions,
  ): Promise<ManyResult<Reply>[]> {
    return this.#many.run(script, scope, calls, options, this.#deadlineMs);
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
    // WAIT confirms what its connection has written, so such a call is sent by itself.
    const mayBatch = checkedBatching(options, this.#batching, script) && replicas === undefined;
    const state = new CallState(deadlineMs, signal);
    state.replicas = replicas;
    state.mayBatch = mayBatch;
    // Half of the time, because a command may reach Redis some time after it was sent.
    if (resendWithinMs !== undefined) state.resendUntil = performance.now() + resendWithinMs / 2;
    let reply: unknown;
    try {
      reply = await this.#attempts.first(script, call, state, counter);
    } catch (error) {
      reply = await this.#attempts.further(script, call, state, counter, error);
    } finally {
      state.release();
    }
    return decode(script, reply);
  }
}
