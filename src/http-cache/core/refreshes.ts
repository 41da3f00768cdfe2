import { asError, notify } from "../../core/notify.js";
import type { Reply } from "../message/message.js";
import type { StoredSelection } from "../store/resource-store.js";
import type { CacheParts } from "./cache-parts.js";
import type { Exchange } from "./exchange.js";
import { giveUp, startFilling } from "./filling.js";
import type { Miss, Origin } from "./origin.js";

/** Replaces stale responses in the background, each one at a time. */
export class Refreshes {
  readonly #parts: CacheParts;
  readonly #origin: Origin;
  readonly #running = new Set<string>();

  constructor(parts: CacheParts, origin: Origin) {
    this.#parts = parts;
    this.#origin = origin;
  }

  /** Asks the origin, unless this process does so already. Errors go to `onError`. */
  start(exchange: Exchange, selection: StoredSelection): void {
    const key = exchange.keyOf(selection.entry);
    if (this.#running.has(key) || !exchange.mayStore) {
      selection.lease?.release();
      return;
    }
    this.#running.add(key);
    this.#refresh(exchange, selection)
      .catch((error: unknown) => notify(this.#parts.options.onError, asError(error)))
      .finally(() => this.#running.delete(key));
  }

  async #refresh(exchange: Exchange, selection: StoredSelection): Promise<void> {
    const { options } = this.#parts;
    const claimed = await this.#parts.store(exchange).claim(exchange.target.resource, selection);
    if (claimed.kind !== "none" || claimed.reading.kind !== "granted") return;
    const { lease } = claimed.reading;
    if (!(await lease.prepare(true))) return;
    const filling = startFilling(lease, options.loadTimeoutMs);
    try {
      const miss: Miss = { reason: "stale", old: selection, variants: [] };
      await drained(await this.#origin.ask(exchange.inBackground(), miss, filling));
    } catch (error) {
      giveUp(filling);
      throw error;
    }
  }
}

async function drained({ body }: Reply): Promise<void> {
  if (body === undefined || body instanceof Uint8Array) return;
  for await (const _ of body);
}
