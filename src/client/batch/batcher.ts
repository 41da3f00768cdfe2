import { MAX_TIMER_MS } from "../../core/limits.js";
import type { Delivery } from "../call/call-state.js";
import { resendTime, write } from "../call/codec.js";
import type { Observers } from "../call/observer.js";
import type { Transport } from "../call/transport.js";
import type { Connection } from "../connection/connection.js";
import { slotOf } from "../connection/slot.js";
import type { Topology } from "../connection/topology.js";
import { CallBytes } from "../script/call-bytes.js";
import type { EncodedCall, Scope, Script, ScriptForm } from "../script/script.js";
import type { Batch } from "./batch.js";
import { BatchDeadlines } from "./batch-deadlines.js";
import { BatchOutcome, type ContinueCall } from "./batch-outcome.js";
import { BatchQueue } from "./batch-queue.js";
import { CallLimit, type EndCall, SignalListeners } from "./call-limit.js";
import { type CallOrder, type SentOrder, SlotOrder, StrictOrder } from "./call-order.js";
import { BytesPool, type Shared } from "./shared.js";

/** The options of one call that its batch must know. */
export interface BatchedOptions {
  /** Whether the call leaves by itself. */
  readonly isAlone: boolean;
  /** Undefined: the client's. */
  readonly deadlineMs: number | undefined;
  readonly signal: AbortSignal | undefined;
}

interface BatcherOptions {
  readonly deadlineMs: number;
  readonly retries: number;
  readonly order: CallOrder;
}

/**
 * Sends calls of one script that are ready together as one command, and all other calls in their turn.
 * Each call keeps its own deadline, signal and retries.
 */
export class Batcher implements Transport {
  readonly #direct: Transport;
  readonly #topology: Topology;
  readonly #shared: Shared;
  readonly #outcome: BatchOutcome;
  readonly #newOrder: () => SentOrder;
  readonly #signals = new SignalListeners();
  readonly #queues = new Map<Connection, BatchQueue>();
  /** On a cluster, the slot decides about the queue. So the call is written here first. */
  readonly #draft = new CallBytes(16_384, 2_048);
  readonly #isCluster: boolean;
  #number = 0;

  constructor(
    direct: Transport,
    topology: Topology,
    observers: Observers,
    options: BatcherOptions,
    continueCall: ContinueCall,
  ) {
    this.#direct = direct;
    this.#topology = topology;
    this.#isCluster = topology.isCluster;
    // A slot may move to another node. Its order goes on there.
    const slotOrder = new SlotOrder();
    this.#newOrder = () => (options.order === "strict" ? new StrictOrder() : slotOrder);
    this.#outcome = new BatchOutcome(observers, options.retries, continueCall);
    this.#shared = {
      deadlineMs: options.deadlineMs,
      deadlines: new BatchDeadlines((batch) => this.#expire(batch)),
      largePool: new BytesPool(16_384, 2_048, 32),
      smallPool: new BytesPool(256, 64, 512),
      observers,
      isWriting: false,
      nextNumber: () => ++this.#number,
    };
  }

  /**
   * The reply of a call; undefined if it cannot be queued, because no node of the cluster is known to
   * have its slot.
   *
   * @throws ArgumentError
   */
  call<Args, Reply>(
    script: Script<Args, Reply>,
    scope: Scope,
    args: Args,
    options: BatchedOptions | undefined,
  ): Promise<Reply> | undefined {
    this.#shared.isWriting = true;
    try {
      return this.#isCluster
        ? this.#callNode(script, scope, args, options)
        : this.#callServer(script, scope, args, options);
    } finally {
      this.#shared.isWriting = false;
    }
  }

  /** Whether a call is being written. A getter of its arguments may call the client. */
  get isWriting(): boolean {
    return this.#shared.isWriting;
  }

  #callServer<Args, Reply>(
    script: Script<Args, Reply>,
    scope: Scope,
    args: Args,
    options: BatchedOptions | undefined,
  ): Promise<Reply> | undefined {
    const connection = this.#topology.ownerOf(0);
    if (connection === undefined) return undefined;
    const queue = this.#queueOf(connection);
    const batch = queue.batchFor(script, 0, options?.isAlone ?? false);
    write(script, batch.bytes, scope, args);
    return this.#join(queue, queue.placed(batch, batch.bytes.slot), script, args, options);
  }

  #callNode<Args, Reply>(
    script: Script<Args, Reply>,
    scope: Scope,
    args: Args,
    options: BatchedOptions | undefined,
  ): Promise<Reply> | undefined {
    const draft = this.#draft;
    draft.clear();
    write(script, draft, scope, args);
    const { slot } = draft;
    const connection = this.#topology.ownerOf(slot);
    if (connection === undefined) return undefined;
    const queue = this.#queueOf(connection);
    const batch = queue.batchFor(script, slot, options?.isAlone ?? false);
    draft.moveTo(batch.bytes);
    return this.#join(queue, queue.placed(batch, slot), script, args, options);
  }

  /** Makes the promise of a call that was written to the batch. */
  #join<Args, Reply>(
    queue: BatchQueue,
    batch: Batch,
    script: Script<Args, Reply>,
    args: Args,
    options: BatchedOptions | undefined,
  ): Promise<Reply> {
    try {
      if (script.resendWithinMs !== undefined) this.#limitResend(batch, script, args);
      if (options !== undefined) this.#limit(queue, batch, options);
    } catch (error) {
      batch.bytes.undo();
      throw error;
    }
    if (this.#shared.observers.observesCalls) batch.startedAt.push(queue.now);
    const promise = new Promise<Reply>((resolve, reject) => batch.add({ resolve, reject }));
    this.#shared.isWriting = false;
    queue.joined();
    return promise;
  }

  send(script: ScriptForm, call: EncodedCall, delivery: Delivery): Promise<unknown> {
    const [key] = call.keys;
    const slot = key === undefined ? undefined : slotOf(key);
    const connection = slot === undefined ? undefined : this.#topology.ownerOf(slot);
    if (slot === undefined || connection === undefined) return this.#direct.send(script, call, delivery);
    return this.#queueOf(connection).inOrder(script, slot, delivery, (inTurn) =>
      this.#direct.send(script, call, delivery, inTurn),
    );
  }

  /** Sends what waits. Calls that cannot be sent end with CLOSED. */
  close(): void {
    for (const queue of this.#queues.values()) queue.close();
  }

  #queueOf(connection: Connection): BatchQueue {
    let queue = this.#queues.get(connection);
    if (queue === undefined) {
      // Nodes come and go. Nothing is kept of those that have left.
      for (const known of this.#queues.keys()) if (known.isDisposed) this.#queues.delete(known);
      queue = new BatchQueue(connection, this.#newOrder(), this.#shared, this.#outcome, !this.#isCluster);
      this.#queues.set(connection, queue);
    }
    return queue;
  }

  #expire(batch: Batch): void {
    this.#suspect(batch);
    this.#outcome.expired(batch);
    if (batch.live === 0) batch.events.emptied(batch);
  }

  /** A node that does not answer cannot report that another node has taken its slots. */
  #suspect({ state }: Batch): void {
    if (state === "sent") this.#topology.refreshSoon();
  }

  #limitResend<Args>(batch: Batch, script: Script<Args, unknown>, args: Args): void {
    const ms = resendTime(script, args);
    // Half of the time, because a command may reach Redis some time after it was sent.
    if (ms !== undefined) batch.resendUntil = Math.min(batch.resendUntil, performance.now() + ms / 2);
  }

  #limit(queue: BatchQueue, batch: Batch, { deadlineMs, signal }: BatchedOptions): void {
    if (deadlineMs === undefined && signal === undefined) return;
    const place = batch.count;
    const endsAt = deadlineMs === undefined ? batch.endsAt : queue.now + Math.min(deadlineMs, MAX_TIMER_MS);
    const end: EndCall = (at, reason) => {
      if (reason === "deadline") this.#suspect(batch);
      this.#outcome.ended(batch, at, reason);
      if (batch.live === 0) batch.events.emptied(batch);
    };
    const limit = new CallLimit(this.#signals, place, end, endsAt, deadlineMs, signal);
    batch.limits ??= new Map();
    batch.limits.set(place, limit);
  }
}
