import type { Delivery } from "../call/call-state.js";
import {
  isRaisedByScript,
  isServerError,
  isUnknownScript,
  NotSentError,
  refusedByIoredis,
} from "../call/failure.js";
import type { InTurn } from "../call/transport.js";
import type { Connection } from "../connection/connection.js";
import { defaults } from "../defaults.js";
import type { ScriptForm } from "../script/script.js";
import { Batch, type BatchEvents, type BatchedScript } from "./batch.js";
import type { BatchOutcome } from "./batch-outcome.js";
import type { SentOrder } from "./call-order.js";
import { EarlyStart } from "./early-start.js";
import { LoneCall } from "./lone-call.js";
import { OpenBatches } from "./open-batches.js";
import { ScriptLoads } from "./script-loads.js";
import type { BytesPool, Shared } from "./shared.js";
import { isOver, type Waiting, WaitingCalls } from "./waiting-calls.js";

/**
 * The calls of one connection that wait to be sent. No timer is involved. If nothing is unanswered,
 * batches leave at the end of the tick. Otherwise they leave once a turn of the event loop, so that
 * calls of several events leave together. If many calls are unanswered, batches leave at the next
 * answer. If few are unanswered, enough calls leave at once, so that the server and this process work
 * at the same time.
 *
 * The order of calls is that of `CallOrder`.
 */
export class BatchQueue implements BatchEvents {
  readonly #connection: Connection;
  readonly #order: SentOrder;
  readonly #shared: Shared;
  readonly #outcome: BatchOutcome;
  /** On a single server, batches wait for the connection. On a cluster, another node may answer. */
  readonly #isAlone: boolean;
  readonly #open: OpenBatches;
  readonly #waiting = new WaitingCalls();
  readonly #early: EarlyStart;
  /** Calls that were sent and have no answer. */
  #unanswered = 0;
  #now = 0;
  #isScheduled = false;
  /** It waits for the connection, or for what must end before a script may run. */
  #isHeld = false;
  readonly #loads: ScriptLoads;
  readonly #flush = () => {
    this.#isScheduled = false;
    this.#sendWaiting(0);
  };

  constructor(
    connection: Connection,
    order: SentOrder,
    shared: Shared,
    outcome: BatchOutcome,
    isAlone: boolean,
  ) {
    this.#connection = connection;
    this.#order = order;
    this.#shared = shared;
    this.#outcome = outcome;
    this.#isAlone = isAlone;
    this.#open = new OpenBatches(!isAlone);
    this.#early = new EarlyStart(!isAlone);
    this.#loads = new ScriptLoads(connection, shared, () => {
      if (!this.#isScheduled) this.#schedule();
    });
    connection.onLost = () => this.#lost();
  }

  get isConnected(): boolean {
    return this.#connection.isUsable;
  }

  get connectionError(): Error | undefined {
    return this.#waiting.connectionError;
  }

  /** `performance.now()` when the last call was made. */
  get now(): number {
    return this.#now;
  }

  /**
   * The batch that takes a call of this script. Write the call to its bytes, and then call `placed`.
   *
   * @param slot any on a single server
   * @param isAlone the call leaves by itself
   */
  batchFor(script: BatchedScript, slot: number, isAlone: boolean): Batch {
    // Not once a turn, because a turn may be long.
    this.#now = performance.now();
    if (!this.#isScheduled) this.#schedule();
    if (isAlone || script.many === undefined) return this.#newBatch(script, slot, 1);
    const open = this.#open.get(script, slot);
    if (
      open !== undefined &&
      open.state === "open" &&
      open.count < open.limit &&
      this.#now + this.#shared.deadlineMs - open.endsAt <= defaults.maxJoinMs.value
    ) {
      return open;
    }
    return this.#newBatch(script, slot, Math.min(script.many.limit, defaults.maxBatchCalls.value));
  }

  /**
   * The batch in which the call that was written last stays: that one, or a new one if the order or
   * the size asks for it.
   */
  placed(batch: Batch, slot: number): Batch {
    const { script, bytes } = batch;
    const order = this.#order;
    const isTooLarge = batch.count > 0 && bytes.length > defaults.maxSharedLength.value;
    let placed = batch;
    if (isTooLarge || order.lastBefore(script, slot) > batch.number) {
      placed = this.#newBatch(script, slot, batch.limit);
      bytes.moveTo(placed.bytes);
    }
    order.add(script, slot, placed.number);
    return placed;
  }

  /** A call has joined its batch. Enough calls leave at once if the server has little to do. */
  joined(): void {
    if (this.#early.isEnoughWith(this.#unanswered) && !this.#isHeld && !this.#loads.isLoading) {
      this.#sendWaiting(0);
    }
  }

  /**
   * Sends a call by itself, after those that must reach Redis before it. `send` runs at once or in its
   * turn.
   */
  inOrder(
    script: ScriptForm,
    slot: number,
    delivery: Delivery,
    sendWith: (inTurn: InTurn) => Promise<unknown>,
  ): Promise<unknown> {
    const number = this.#shared.nextNumber();
    const send = () => sendWith((load, resend) => this.#resend(number, script, delivery, load, resend));
    // The keys of a many form may have several slots.
    const after = script.isMany ? Number.MAX_SAFE_INTEGER : this.#order.lastBefore(script, slot);
    if (this.#waiting.length > 0) this.#sendWaiting(after);
    // Later calls must not join older batches, also if this one is sent again after NOSCRIPT.
    this.#order.add(script, slot, number);
    if (script.isMany) this.#open.clear();
    const { first } = this.#waiting;
    const mayGoOn = this.#isPreparedFor(script);
    if (mayGoOn && (first === undefined || first.number > after)) return send();
    return new Promise((resolve, reject) => {
      this.#putBack(new LoneCall(number, script, { delivery, send: () => resolve(send()), reject }));
    });
  }

  /** Whether a call by itself can be sent now. A missing script would let later calls run first. */
  #isPreparedFor(form: ScriptForm): boolean {
    const connection = this.#connection;
    if (!connection.isUsable || this.#isHeld || this.#loads.isLoading) return false;
    return connection.preparing(undefined) === undefined && connection.ensure(form) === undefined;
  }

  /** Loads the missing script of a call, and sends it in its turn. */
  #resend(
    number: number,
    form: ScriptForm,
    delivery: Delivery,
    load: () => Promise<void>,
    send: () => Promise<unknown>,
  ): Promise<unknown> {
    return new Promise((resolve, reject) => {
      const call = new LoneCall(number, form, { delivery, send: () => resolve(send()), reject });
      this.#putBack(call);
      this.#loads.hold(load(), (error) => call.reject(error));
    });
  }

  /** Sends what waits, if the connection is usable. Otherwise it ends as the connection does. */
  close(): void {
    this.#sendWaiting(Number.MAX_SAFE_INTEGER);
  }

  answered(batch: Batch, reply: unknown): void {
    this.#connection.ended(batch);
    this.#unanswered -= batch.count;
    if (batch.state === "sent") this.#outcome.replied(batch, reply);
    batch.isAnswered = true;
    this.#release(batch);
    if (this.#waiting.length > 0) this.#sendWaiting(0);
  }

  emptied(batch: Batch): void {
    // What was sent is released when its connection answers or breaks.
    if (batch.state !== "open") return;
    this.#release(batch);
    this.#waiting.noteOver();
  }

  failed(batch: Batch, error: Error): void {
    this.#connection.ended(batch);
    this.#unanswered -= batch.count;
    batch.isAnswered = isServerError(error);
    if (batch.state !== "sent") this.#release(batch);
    else if (refusedByIoredis.test(error.message)) {
      this.#outcome.failed(batch, new NotSentError(error.message, "refuses"));
      this.#release(batch);
    } else if (error instanceof NotSentError) this.#notSent(batch, error);
    else if (!isServerError(error)) this.#replyLost(batch);
    else if (!isRaisedByScript(error) && isUnknownScript(error)) this.#unknownScript(batch);
    else {
      this.#outcome.failed(batch, error);
      this.#release(batch);
    }
    if (this.#waiting.length > 0) this.#sendWaiting(0);
  }

  #newBatch(script: BatchedScript, slot: number, limit: number): Batch {
    const { deadlines, deadlineMs } = this.#shared;
    const endsAt = this.#now + deadlineMs;
    const bytes = this.#poolOf(limit).take();
    const batch = new Batch(script, limit, slot, this.#shared.nextNumber(), endsAt, bytes, this);
    if (limit > 1) this.#open.set(slot, batch);
    this.#waiting.add(batch);
    deadlines.add(batch);
    return batch;
  }

  #schedule(): void {
    this.#isScheduled = true;
    if (this.#unanswered === 0) process.nextTick(this.#flush);
    else setImmediate(this.#flush);
  }

  /** Sends in order. Batches up to the number `always` leave even if many calls are unanswered. */
  #sendWaiting(always: number): void {
    this.#early.sent();
    if (this.#waiting.length === 0) return;
    if (this.#shared.isWriting) {
      if (!this.#isScheduled) this.#schedule();
      return;
    }
    if (!this.#isAlone && !this.#connection.isUsable) {
      this.#leaveNode();
      return;
    }
    if (this.#isHeld || this.#loads.isLoading) {
      // Nothing may gather while the server is away.
      this.#waiting.takeWhile((next) => isOver(next) && this.#send(next));
      return;
    }
    const release = this.#waiting.length > 1 ? this.#connection.holdWrites() : undefined;
    this.#waiting.takeWhile((next) => this.#maySend(next, always) && this.#send(next));
    release?.();
  }

  #maySend(next: Waiting, always: number): boolean {
    if (isOver(next)) return true;
    // Fewer calls may have another form.
    if (next instanceof Batch) next.removeEnded();
    if (next.number > always && this.#mustGather(next)) return false;
    if (!this.#connection.isUsable) {
      this.#hold(this.#connection.whenUsable(this.#waiting), undefined);
      return false;
    }
    const preparing =
      this.#connection.preparing(next instanceof Batch ? next.script : undefined) ?? this.#ensuring(next);
    if (preparing === undefined) return true;
    this.#hold(preparing, next instanceof Batch ? next : undefined);
    return false;
  }

  /** A missing script would let later calls of its slots run first. */
  #ensuring(next: Waiting): Promise<void> | undefined {
    if (next.ensured === next.form) return undefined;
    next.ensured = next.form;
    return this.#connection.ensure(next.ensured);
  }

  /** Whether so many calls are unanswered that later ones gather. A call by itself gains less by that. */
  #mustGather(next: Waiting): boolean {
    const isBatch = next instanceof Batch && next.limit > 1;
    const { maxUnansweredCalls, maxLoneUnansweredCalls } = defaults;
    return this.#unanswered >= (isBatch ? maxUnansweredCalls : maxLoneUnansweredCalls).value;
  }

  /** Sends it, unless it is over. */
  #send(next: Waiting): true {
    if (next instanceof Batch) this.#sendBatch(next);
    else next.send();
    return true;
  }

  #sendBatch(batch: Batch): void {
    this.#open.delete(batch.slot, batch);
    if (batch.live === 0) {
      if (batch.state === "open") this.#release(batch);
      return;
    }
    if (batch.isReplyLost && performance.now() >= batch.resendUntil) {
      this.#outcome.forgotten(batch);
      this.#release(batch);
      return;
    }
    batch.state = "sent";
    batch.isAnswered = false;
    batch.attempts++;
    this.#unanswered += batch.count;
    this.#connection.send(batch, batch.form);
  }

  /** Sends nothing until `ready` resolves. If it rejects, the batch cannot run, or nothing can. */
  #hold(ready: Promise<void>, batch: Batch | undefined): void {
    this.#isHeld = true;
    ready.then(
      () => {
        this.#isHeld = false;
        this.#sendWaiting(0);
      },
      (error: unknown) => {
        this.#isHeld = false;
        // The connection was lost meanwhile. It is waited for then.
        const isTransient = error instanceof NotSentError && !error.permanentReason;
        const isClosed = error instanceof NotSentError && error.permanentReason === "closed";
        if (batch === undefined && !this.#isAlone && !isClosed) this.#leaveNode();
        else if (batch === undefined) this.#failWaiting(error);
        else if (!isTransient) {
          this.#outcome.failed(batch, error);
          this.#release(batch);
        }
        // Timers run in between, so a cause that stays cannot keep the process busy beyond a deadline.
        setImmediate(this.#flush);
      },
    );
  }

  #failWaiting(error: unknown): void {
    for (const one of this.#waiting.takeAll()) {
      if (one instanceof Batch) {
        if (one.state !== "over") this.#outcome.failed(one, error);
        this.#open.delete(one.slot, one);
        this.#release(one);
      } else one.reject(error);
    }
  }

  /** The node is away. Another one may own its slots soon, so each call looks for the owner by itself. */
  #leaveNode(): void {
    for (const one of this.#waiting.takeAll()) {
      if (one instanceof Batch) {
        if (one.state !== "over") this.#outcome.divided(one);
        this.#open.delete(one.slot, one);
        this.#release(one);
      } else one.send();
    }
  }

  #lost(): void {
    if (this.#waiting.length > 0 && !this.#isScheduled) this.#schedule();
  }

  /** The connection was lost before the batch was written. */
  #notSent(batch: Batch, error: NotSentError): void {
    if (this.#isAlone && !error.permanentReason) this.#putBack(batch);
    else {
      this.#outcome.failed(batch, error);
      this.#release(batch);
    }
  }

  /** The reply of a batch is lost. It is sent again as a whole if that is safe. */
  #replyLost(batch: Batch): void {
    batch.isReplyLost = true;
    if (this.#isAlone && this.#outcome.mayResend(batch)) this.#putBack(batch);
    else {
      this.#outcome.lost(batch);
      this.#release(batch);
    }
  }

  /**
   * The server does not have the script, so nothing ran. It is loaded, and the batch is sent again in
   * its turn.
   */
  #unknownScript(batch: Batch): void {
    if (batch.reloads++ >= defaults.maxBatchReloads.value) {
      this.#outcome.divided(batch);
      this.#release(batch);
      return;
    }
    const { form } = batch;
    this.#putBack(batch);
    this.#loads.load(form, (error) => {
      this.#outcome.failed(batch, error);
      this.#release(batch);
    });
  }

  /** Lets a call wait in its turn, also one that was sent before. */
  #putBack(one: Waiting): void {
    if (one instanceof Batch && one.state === "sent") {
      one.state = "open";
      if (!one.isAnswered) one.bytes.detach();
    }
    this.#waiting.add(one);
    if (!this.#isScheduled) this.#schedule();
  }

  /** The batch has ended. A socket may still send its bytes if no answer came. */
  #release(batch: Batch): void {
    batch.state = "over";
    if (batch.isReleased) return;
    batch.isReleased = true;
    this.#shared.deadlines.remove(batch);
    if (batch.isAnswered || batch.attempts === 0) this.#poolOf(batch.limit).give(batch.bytes);
  }

  /** On a cluster, most batches have few calls too. */
  #poolOf(limit: number): BytesPool {
    return limit > 1 && this.#isAlone ? this.#shared.largePool : this.#shared.smallPool;
  }
}
