import type { Connection } from "../connection/connection.js";
import type { Topology } from "../connection/topology.js";
import { defaults } from "../defaults.js";
import type { EncodedCall, ScriptForm } from "../script/script.js";
import type { Delivery } from "./call-state.js";
import { codeOf, isRaisedByScript, isServerError, isUnknownScript } from "./failure.js";
import type { Observers } from "./observer.js";

/**
 * Loads a missing script, and then sends its call in its turn: after calls that were made before it,
 * and before later ones. All of them may have met a server without their script.
 */
export type InTurn = (load: () => Promise<void>, send: () => Promise<unknown>) => Promise<unknown>;

const atOnce: InTurn = async (load, send) => {
  await load();
  return send();
};

/** Sends an encoded call to Redis and returns its reply. */
export interface Transport {
  /**
   * Sends once. Rejects with Redis's error, with NotSentError, or with ReplyLostError. It updates
   * `delivery` at each step, because the deadline may pass at any time.
   */
  send(script: ScriptForm, call: EncodedCall, delivery: Delivery, inTurn?: InTurn): Promise<unknown>;
}

/**
 * Sends one EVALSHA for each call. It follows redirections, and loads a script that the server has
 * lost.
 */
export class DirectTransport implements Transport {
  readonly #topology: Topology;
  readonly #observers: Observers;

  constructor(topology: Topology, observers: Observers) {
    this.#topology = topology;
    this.#observers = observers;
  }

  send(script: ScriptForm, call: EncodedCall, delivery: Delivery, inTurn: InTurn = atOnce): Promise<unknown> {
    const connection = this.#topology.connectionFor(call.keys[0]);
    return connection
      ? this.#sendOver(connection, script, call, delivery, inTurn)
      : this.#sendSoon(script, call, delivery, inTurn);
  }

  async #sendSoon(
    script: ScriptForm,
    call: EncodedCall,
    delivery: Delivery,
    inTurn: InTurn,
  ): Promise<unknown> {
    const connection = await this.#topology.waitForConnection(call.keys[0], delivery);
    if (delivery.endedBy) throw delivery.endedBy;
    return this.#sendOver(connection, script, call, delivery, inTurn);
  }

  #sendOver(
    connection: Connection,
    script: ScriptForm,
    call: EncodedCall,
    delivery: Delivery,
    inTurn: InTurn,
  ): Promise<unknown> {
    return connection
      .run(script, call, delivery, false)
      .catch((error: unknown) => this.#recover(script, call, delivery, connection, error, inTurn));
  }

  /**
   * NOSCRIPT: loads the script and calls again. If the script is missing even then, it loads and
   * calls in one transaction. MOVED and ASK: calls again on the node that they name.
   *
   * If the user may not load scripts, the call ends with SCRIPT_NOT_LOADED at once. A retry would
   * fail until somebody loads the script, and only the caller knows how long to wait for that.
   */
  async #recover(
    script: ScriptForm,
    call: EncodedCall,
    delivery: Delivery,
    first: Connection,
    firstError: unknown,
    inTurn: InTurn,
  ): Promise<unknown> {
    let [connection, error, asking, reloads, redirects] = [first, firstError, false, 0, 0];
    for (;;) {
      if (!isServerError(error)) throw error;
      // A script may raise an error with any code. In that case it has run.
      const code = isRaisedByScript(error) ? "" : codeOf(error);
      let send = () => connection.run(script, call, delivery, asking);
      if (code === "NOSCRIPT" && isUnknownScript(error) && reloads < defaults.maxReloads.value) {
        send =
          reloads++ === 0
            ? this.#reloaded(send, script, connection, inTurn)
            : this.#atomic(script, call, delivery, connection, asking);
      } else if ((code === "MOVED" || code === "ASK") && redirects < defaults.maxRedirects.value) {
        redirects++;
        asking = code === "ASK";
        const owner = await this.#topology.redirected(error, script, call.keys[0], delivery);
        if (!owner) throw error;
        connection = owner;
      } else throw error;
      if (delivery.endedBy) throw delivery.endedBy;
      try {
        return await send();
      } catch (next) {
        error = next;
      }
    }
  }

  /** Loads the script, and then sends. */
  #reloaded(
    send: () => Promise<unknown>,
    script: ScriptForm,
    connection: Connection,
    inTurn: InTurn,
  ): () => Promise<unknown> {
    const load = async () => {
      if ((await connection.load(script)) === "again") this.#observers.scriptReloaded(script);
    };
    return () => inTurn(load, send);
  }

  /** Loads and calls in one transaction. */
  #atomic(
    script: ScriptForm,
    call: EncodedCall,
    delivery: Delivery,
    connection: Connection,
    asking: boolean,
  ): () => Promise<unknown> {
    this.#observers.scriptReloaded(script);
    return () => connection.runAtomically(script, call, delivery, asking);
  }
}
