import type { Connection } from "../connection/connection.js";
import type { Topology } from "../connection/topology.js";
import { defaults } from "../defaults.js";
import type { EncodedCall } from "../script/script.js";
import type { AnyScript } from "../script/script-set.js";
import type { Delivery } from "./call-state.js";
import { codeOf, isServerError, isRaisedByScript, isUnknownScript } from "./failure.js";
import type { Observers } from "./observer.js";

/**
 * How an encoded call gets to Redis and its reply back. The seam for batching: another transport may gather
 * calls and send them together.
 */
export interface Transport {
  /**
   * Sends once. Rejects with the error that Redis answered, with `Down` when nothing was sent, or with `Lost`
   * when no answer will come; keeps `delivery` true at every moment, since a deadline may pass at any.
   */
  send(script: AnyScript, call: EncodedCall, delivery: Delivery): Promise<unknown>;
}

/** One call, one EVALSHA. Follows redirections, and loads a script again that the server has forgotten. */
export class DirectTransport implements Transport {
  readonly #topology: Topology;
  readonly #observers: Observers;

  constructor(topology: Topology, observers: Observers) {
    this.#topology = topology;
    this.#observers = observers;
  }

  send(script: AnyScript, call: EncodedCall, delivery: Delivery): Promise<unknown> {
    const connection = this.#topology.connectionFor(call.keys[0]);
    return connection
      ? this.#sendOver(connection, script, call, delivery)
      : this.#sendSoon(script, call, delivery);
  }

  async #sendSoon(script: AnyScript, call: EncodedCall, delivery: Delivery): Promise<unknown> {
    const connection = await this.#topology.waitForConnection(call.keys[0], delivery);
    if (delivery.cancelled) throw delivery.cancelled;
    return this.#sendOver(connection, script, call, delivery);
  }

  #sendOver(
    connection: Connection,
    script: AnyScript,
    call: EncodedCall,
    delivery: Delivery,
  ): Promise<unknown> {
    return connection
      .run(script, call, delivery, false)
      .catch((error: unknown) => this.#recover(script, call, delivery, connection, error));
  }

  /**
   * NOSCRIPT: load and call again; if the script is gone even then, load and call in one transaction, where
   * nothing can come between. MOVED and ASK: call again where they point.
   *
   * A user who may not load gets SCRIPT_NOT_LOADED at once. Another attempt would meet the same until somebody has
   * loaded the script, and the caller knows best how long to wait for that.
   */
  async #recover(
    script: AnyScript,
    call: EncodedCall,
    delivery: Delivery,
    first: Connection,
    firstError: unknown,
  ): Promise<unknown> {
    let [connection, error, asking, reloads, redirects] = [first, firstError, false, 0, 0];
    for (;;) {
      if (!isServerError(error)) throw error;
      // A script may raise an error under any code, and has run then.
      const code = isRaisedByScript(error) ? "" : codeOf(error);
      let atomically = false;
      if (code === "NOSCRIPT" && isUnknownScript(error) && reloads < defaults.maxReloads.value) {
        atomically = reloads > 0;
        reloads++;
        if (atomically || (await connection.load(script)) === "again") this.#observers.scriptReloaded(script);
      } else if ((code === "MOVED" || code === "ASK") && redirects < defaults.maxRedirects.value) {
        redirects++;
        asking = code === "ASK";
        const target = await this.#topology.redirected(error, script, call.keys[0], delivery);
        if (!target) throw error;
        connection = target;
      } else throw error;
      if (delivery.cancelled) throw delivery.cancelled;
      try {
        return atomically
          ? await connection.runAtomically(script, call, delivery, asking)
          : await connection.run(script, call, delivery, asking);
      } catch (next) {
        error = next;
      }
    }
  }
}
