import type { Connection } from "../connection/connection.js";
import { slotOf } from "../connection/slot.js";
import type { Topology } from "../connection/topology.js";
import { hasManyForm, joinedCalls, manyFormOf, repliesOf } from "../script/many-form.js";
import type { EncodedCall, ScriptForm } from "../script/script.js";
import { BatchDelivery } from "./batch-delivery.js";
import { type Batch, type BatchedCall, BatchQueue } from "./batch-queue.js";
import type { Delivery } from "./call-state.js";
import { codeOf, isRaisedByScript, isServerError, raisedBy } from "./failure.js";
import type { Observers } from "./observer.js";
import type { DirectTransport, Transport } from "./transport.js";

/**
 * Sends calls of one script that are ready together as one run of its many form. A call that is alone
 * is sent by itself, at the end of the tick.
 *
 * Each call keeps its own deadline, signal and retries. If the server refuses a batch because of the
 * place of its keys or of its script, each call is sent by itself.
 */
export class BatchingTransport implements Transport {
  readonly #direct: DirectTransport;
  readonly #topology: Topology;
  readonly #observers: Observers;
  readonly #queues = new WeakMap<Connection, BatchQueue>();

  constructor(direct: DirectTransport, topology: Topology, observers: Observers) {
    this.#direct = direct;
    this.#topology = topology;
    this.#observers = observers;
  }

  send(script: ScriptForm, call: EncodedCall, delivery: Delivery): Promise<unknown> {
    const [key] = call.keys;
    const connection = this.#topology.connectionFor(key);
    if (connection === undefined || key === undefined) return this.#direct.send(script, call, delivery);
    const queue = this.#queueOf(connection);
    const slot = slotOf(key);
    if (!delivery.mayBatch || !hasManyForm(script) || !connection.runsAtOnce(script)) {
      queue.flushBefore(slot, script);
      return this.#direct.send(script, call, delivery);
    }
    return new Promise((resolve, reject) => {
      queue.add(script, this.#topology.groupOf(key), slot, { call, delivery, resolve, reject });
    });
  }

  #queueOf(connection: Connection): BatchQueue {
    let queue = this.#queues.get(connection);
    if (queue === undefined) {
      queue = new BatchQueue((batch) => this.#run(connection, batch));
      this.#queues.set(connection, queue);
    }
    return queue;
  }

  /** Sends a batch at once, and settles its calls. It never rejects. */
  async #run(connection: Connection, { script, calls }: Batch): Promise<void> {
    // A call that waits for something else could end before it is sent, and the batch would run it.
    if (calls.length === 1 || !connection.runsAtOnce(script)) return this.#sendEach(script, calls);
    const form = manyFormOf(script);
    const joined = joinedCalls(
      script,
      calls.map(({ call }) => call),
    );
    let replies: readonly unknown[];
    try {
      const reply = await connection.run(form, joined, new BatchDelivery(calls), false);
      replies = repliesOf(script, reply, calls.length);
    } catch (error) {
      if (!isMisplaced(error)) for (const { reject } of calls) reject(error);
      else {
        if (codeOf(error) === "NOSCRIPT") this.#load(connection, form);
        await this.#sendEach(script, calls);
      }
      return;
    }
    let index = 0;
    for (const { resolve, reject } of calls) {
      const reply = replies[index++];
      if (isServerError(reply)) reject(raisedBy(form, reply));
      else resolve(reply);
    }
  }

  /** Sends calls by themselves, in their order, without those that have ended. */
  async #sendEach(script: ScriptForm, calls: readonly BatchedCall[]): Promise<void> {
    await Promise.all(
      calls.map(({ call, delivery, resolve, reject }) =>
        // The caller of an ended call has its error.
        delivery.endedBy ? undefined : this.#direct.send(script, call, delivery).then(resolve, reject),
      ),
    );
  }

  /** Loads the form for later batches. Until then, their calls are sent by themselves. */
  #load(connection: Connection, form: ScriptForm): void {
    connection.load(form).then(
      (load) => {
        if (load === "again") this.#observers.scriptReloaded(form);
      },
      () => {},
    );
  }
}

/** Whether the server ran nothing, because it lacks the script or a key. Each call alone may succeed. */
function isMisplaced(error: unknown): error is Error {
  return isServerError(error) && !isRaisedByScript(error) && MISPLACED.has(codeOf(error));
}

const MISPLACED: ReadonlySet<string> = new Set(["NOSCRIPT", "MOVED", "ASK", "TRYAGAIN", "CROSSSLOT"]);
