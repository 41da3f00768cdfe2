import { isAborted } from "../../core/abort-signal.js";
import {
  AbortedError,
  ArgumentError,
  ClosedError,
  MoonpathError,
  ScriptError,
  type ScriptFacts,
  UnavailableError,
} from "../../core/errors.js";
import { readFrom } from "../../core/read-from.js";
import type { Topology } from "../connection/topology.js";
import { defaults } from "../defaults.js";
import { joinedCalls, manyFormOf, repliesOf } from "../script/many-form.js";
import type { ManyScript, Scope } from "../script/script.js";
import type { Attempts } from "./attempts.js";
import { batchesOf, groupsOf, type PreparedCall } from "./batches.js";
import { CallState, type ReplicaRequirement } from "./call-state.js";
import { decode, encode, resendTime } from "./codec.js";
import { isServerError, SplitError } from "./failure.js";
import type { Observers } from "./observer.js";
import { type CallOptions, checkedOptions, checkedReplicas } from "./options.js";
import { typedError } from "./typed-error.js";

/**
 * The outcome of one call of `many`: its reply, or the error with which the single call would reject.
 *
 * ```ts
 * const [lamp] = await acme.stock.read.many([{ product: "lamp", low: 5 }]);
 * if (lamp?.ok) console.log(lamp.reply.outcome);
 * else console.log(lamp?.error.code);
 * ```
 */
export type ManyResult<Reply> =
  | { readonly ok: true; readonly reply: Reply }
  | { readonly ok: false; readonly error: MoonpathError };

/** What all batches of one `many` share. */
interface Run<Args, Reply> {
  readonly script: ManyScript<Args, Reply>;
  /** By the position of the call. */
  readonly results: ManyResult<Reply>[];
  readonly startedAt: number;
  readonly endsAt: number;
  readonly signal: AbortSignal | undefined;
  readonly replicas: ReplicaRequirement | undefined;
}

/** Makes many calls of a script with few commands. Each call has its own result. */
export class ManyCalls {
  readonly #attempts: Attempts;
  readonly #topology: Topology;
  readonly #observers: Observers;
  readonly #isClosed: () => boolean;

  constructor(attempts: Attempts, topology: Topology, observers: Observers, isClosed: () => boolean) {
    this.#attempts = attempts;
    this.#topology = topology;
    this.#observers = observers;
    this.#isClosed = isClosed;
  }

  /**
   * The results in the order of the calls. Calls whose keys are in one slot run in their order, up to
   * the limit of the script in one command. All that a node gets first is one write.
   *
   * It rejects only if nothing was sent: with ARGUMENT for an option or no list, ABORTED or CLOSED.
   */
  async run<Args, Reply>(
    script: ManyScript<Args, Reply>,
    scope: Scope,
    calls: readonly Args[],
    options: CallOptions | undefined,
    defaultDeadlineMs: number,
  ): Promise<ManyResult<Reply>[]> {
    if (this.#isClosed()) throw new ClosedError("the client was closed", { script });
    const { deadlineMs, signal } = checkedOptions(options, defaultDeadlineMs, script);
    if (isAborted(signal)) throw new AbortedError("the calls were aborted before they were sent", { script });
    const list = checkedCalls(calls, script);
    const startedAt = performance.now();
    const endsAt = startedAt + deadlineMs;
    const results: ManyResult<Reply>[] = new Array(list.length);
    const prepared: PreparedCall[] = [];
    const refused: [position: number, error: unknown][] = [];
    let late: MoonpathError | undefined;
    for (const args of list) {
      const position = prepared.length + refused.length;
      if (performance.now() >= endsAt) {
        late ??= lateError(script);
        refused.push([position, late]);
        continue;
      }
      try {
        const call = encode(script, scope, args);
        prepared.push({ position, call, resendWithinMs: resendTime(script, args) });
      } catch (error) {
        refused.push([position, error]);
      }
    }
    const replicas = checkedReplicas(options, script, prepared[0]?.call.keys ?? []);
    const run = { script, results, startedAt, endsAt, signal, replicas };
    for (const [position, error] of refused) this.#fail(run, position, error, 0);
    await this.#send(run, prepared);
    return results;
  }

  /** Sends the first batch of each group at once. The others of a group follow one after the other. */
  async #send<Args, Reply>(run: Run<Args, Reply>, calls: readonly PreparedCall[]): Promise<void> {
    const groups = groupsOf(calls, (key) => this.#topology.groupOf(key)).map((group) =>
      batchesOf(group, run.script.many.limit),
    );
    const release = this.#topology.holdWrites(groups.map(([first]) => first?.[0]?.call.keys[0]));
    let running: Promise<void>[];
    try {
      running = groups.map((batches) => this.#sendGroup(run, batches));
    } finally {
      release();
    }
    await Promise.all(running);
  }

  async #sendGroup<Args, Reply>(
    run: Run<Args, Reply>,
    batches: readonly (readonly PreparedCall[])[],
  ): Promise<void> {
    for (const [index, batch] of batches.entries()) {
      // A single call is sent as long as any time is left.
      const error = this.#refusal(run, index === 0 ? 0 : defaults.minAttemptMs.value);
      if (error === undefined) await this.#sendBatch(run, batch, false);
      else for (const { position } of batch) this.#fail(run, position, error, 0);
    }
  }

  /** Why nothing more may be sent; undefined if more than `minMs` are left. */
  #refusal<Args, Reply>(
    { script, signal, endsAt }: Run<Args, Reply>,
    minMs: number,
  ): MoonpathError | undefined {
    if (this.#isClosed())
      return new ClosedError("the client was closed before the call was sent", { script });
    if (isAborted(signal)) return new AbortedError("the call was aborted before it was sent", { script });
    return endsAt - performance.now() > minMs ? undefined : lateError(script);
  }

  /**
   * Sends one batch, and again if that is safe. It never rejects.
   *
   * @param isReplyLost a reply for these calls was lost before, so they may have run
   */
  async #sendBatch<Args, Reply>(
    run: Run<Args, Reply>,
    batch: readonly PreparedCall[],
    isReplyLost: boolean,
  ): Promise<void> {
    const { script } = run;
    const [first] = batch;
    if (first === undefined) return;
    // A lone call has a simpler form.
    const isLone = batch.length === 1;
    const form = isLone ? script : manyFormOf(script);
    const call = isLone
      ? first.call
      : joinedCalls(
          script,
          batch.map((one) => one.call),
        );
    const counter = { attempts: 0 };
    let state: CallState | undefined;
    try {
      state = this.#stateOf(run, batch);
      state.isReplyLost = isReplyLost;
      state.splits = !isLone;
      let reply: unknown;
      try {
        reply = await this.#attempts.first(form, call, state, counter);
      } catch (error) {
        reply = await this.#attempts.further(form, call, state, counter, error);
      } finally {
        state.release();
      }
      const replies = isLone ? [reply] : repliesOf(script, reply, batch.length);
      let index = 0;
      for (const one of batch) this.#settle(run, one, form, replies[index++], counter.attempts);
    } catch (error) {
      if (error instanceof SplitError) return this.#sendEach(run, batch, state?.isReplyLost ?? false);
      for (const { position } of batch) this.#fail(run, position, error, counter.attempts);
    }
  }

  /** Sends calls by themselves: those with the same first key in their order, the others at once. */
  async #sendEach<Args, Reply>(
    run: Run<Args, Reply>,
    batch: readonly PreparedCall[],
    isReplyLost: boolean,
  ): Promise<void> {
    const groups = groupsOf(batch, (key) => key);
    await Promise.all(
      groups.map(async (calls) => {
        for (const one of calls) {
          const error = isReplyLost ? undefined : this.#refusal(run, defaults.minAttemptMs.value);
          if (error === undefined) await this.#sendBatch(run, [one], isReplyLost);
          else this.#fail(run, one.position, error, 0);
        }
      }),
    );
  }

  #stateOf<Args, Reply>(
    { endsAt, signal, replicas }: Run<Args, Reply>,
    batch: readonly PreparedCall[],
  ): CallState {
    const now = performance.now();
    const state = new CallState(Math.max(0, endsAt - now), signal);
    state.replicas = replicas;
    for (const { resendWithinMs } of batch) {
      // Half of the time, because a command may reach Redis some time after it was sent.
      if (resendWithinMs !== undefined)
        state.resendUntil = Math.min(state.resendUntil, now + resendWithinMs / 2);
    }
    return state;
  }

  #settle<Args, Reply>(
    run: Run<Args, Reply>,
    { position, call }: PreparedCall,
    form: Parameters<typeof typedError>[0],
    reply: unknown,
    attempts: number,
  ): void {
    try {
      if (isServerError(reply)) throw typedError(form, call, reply);
      run.results[position] = { ok: true, reply: decode(run.script, reply) };
    } catch (error) {
      this.#fail(run, position, error, attempts);
      return;
    }
    if (this.#observers.observesCalls) this.#notify(run, "ok", attempts);
  }

  #fail<Args, Reply>(run: Run<Args, Reply>, position: number, reason: unknown, attempts: number): void {
    const { script } = run;
    const error =
      reason instanceof MoonpathError
        ? reason
        : new ScriptError("the call failed for no known reason", { script });
    run.results[position] = { ok: false, error };
    if (this.#observers.observesCalls) this.#notify(run, error.code, attempts);
  }

  #notify<Args, Reply>(
    { script: { name, version }, startedAt }: Run<Args, Reply>,
    outcome: "ok" | MoonpathError["code"],
    attempts: number,
  ): void {
    const durationMs = performance.now() - startedAt;
    this.#observers.callEnded({ script: name, version, outcome, durationMs, attempts });
  }
}

const lateError = (script: ScriptFacts) =>
  new UnavailableError("the deadline passed before the call was sent", { script });

/** @throws ArgumentError unless it is a list of at most 10,000 calls that can be read */
export function checkedCalls<Args>(calls: readonly Args[], script: ScriptFacts): readonly Args[] {
  const max = defaults.maxManyCalls.value;
  const expected = `a list of at most ${max} calls`;
  const copy = readFrom(
    "calls",
    () => {
      if (!Array.isArray(calls)) return undefined;
      const { length } = calls;
      if (!(length <= max)) return undefined;
      const list: Args[] = [];
      // By index, so that a sparse array has its empty places too.
      for (let index = 0; index < length; index++) list.push(calls[index]);
      return list;
    },
    { script },
    expected,
  );
  if (copy === undefined) throw new ArgumentError("calls", expected, { script });
  return copy;
}
