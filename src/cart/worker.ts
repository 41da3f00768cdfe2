import * as keys from "../../generated/ts/keys.js";
import { type CallOptions, SLOTS } from "../client/index.js";
import { checkedInteger, graceMsOf } from "../core/checks.js";
import { ArgumentError, CorruptError } from "../core/errors.js";
import { type OptionNames, refuseUnknownOptions } from "../core/known-options.js";
import { MAX_DURATION_MS } from "../core/limits.js";
import { notify, type OnError } from "../core/notify.js";
import { readFrom } from "../core/read-from.js";
import { checkedClient, type SlotEntry, SlotWorker, type SlotWorkerStatus } from "../slots/index.js";
import { cartDefaults, cartWorkerDefaults as defaults } from "./defaults.js";
import { type CartClient, CartFinisher, type DeadLine } from "./finisher.js";

/** A cart that a person must look at. */
export interface DeadCart {
  readonly tenant: string;
  readonly cart: string;
  /** When it was set aside, by Redis's clock. */
  readonly sinceMs: number;
  /** The product, and why it could not be sold, as in `lamp: shortfall`. */
  readonly reason: string;
}

/** The options of `createCartWorker`. All may be left out. */
export interface CartWorkerOptions {
  /** Milliseconds for which ended reservations are remembered. Default 86,400,000. */
  readonly rememberMs?: number | undefined;
  /** Carts in work at the same time, 1 to 1,000. Default 16. */
  readonly concurrency?: number | undefined;
  /** Milliseconds after which another worker takes a cart of a worker that stopped. Default 5,000. */
  readonly retryMs?: number | undefined;
  /** How many replicas must have each step: 0 to 1,000, the same as in `commit`. Default 0. */
  readonly minReplicas?: number | undefined;
  /** Receives errors of Redis. */
  readonly onError?: OnError | undefined;
  /** Receives each line of a committed cart that could not be sold. */
  readonly onDeadLetter?: ((line: DeadLine) => void) | undefined;
}

/** The state of a worker, and its counts since it was created. */
export interface CartWorkerStatus {
  /** The part that looks at records of carts. */
  readonly carts: SlotWorkerStatus;
  /** The part that looks at prepared lines. */
  readonly lines: SlotWorkerStatus;
  /** Lines that were sold or given back. */
  readonly followed: number;
  /** Lines that were set aside. */
  readonly deadLettered: number;
}

/** A worker: it finishes the carts that a caller has left. */
export interface CartWorker {
  /** Starts the worker. A stopped worker does not start again. */
  start(): void;
  /** Finishes the current carts. `timedOut`: Redis does not answer; another worker goes on. */
  stop(options?: { readonly graceMs?: number | undefined }): Promise<"finished" | "timedOut">;
  /** The carts with a line that was set aside, of all tenants of the namespace. */
  listDead(): Promise<readonly DeadCart[]>;
  /** Tries such lines of a cart again. `unknown`: it was not set aside at that time. */
  redrive(cart: DeadCart): Promise<"redriven" | "unknown">;
  /**
   * Closes such lines for good, after you have settled them with the customer. `unknown`: the cart was
   * not set aside at that time.
   */
  discard(cart: DeadCart): Promise<"discarded" | "unknown">;
  /** The present state and counts, without a call to Redis. */
  status(): CartWorkerStatus;
}

const workerOptions: OptionNames<CartWorkerOptions> = {
  rememberMs: true,
  concurrency: true,
  retryMs: true,
  minReplicas: true,
  onError: true,
  onDeadLetter: true,
};

/**
 * Finishes the carts of all tenants of a namespace whose callers have stopped: it aborts attempts that
 * are undecided for too long, and lets the lines follow each decision. You can run one in each process;
 * they share the work.
 *
 * ```ts
 * const worker = createCartWorker(moonpath, { onDeadLetter: (line) => log.debug(line) });
 * worker.start();
 * ```
 *
 * @throws ArgumentError if an option is out of bounds
 */
export function createCartWorker(moonpath: CartClient, options: CartWorkerOptions = {}): CartWorker {
  return readFrom("options", () => new Worker(moonpath, options));
}

class Worker implements CartWorker {
  readonly #client: CartClient;
  readonly #retryMs: number;
  readonly #finisher: CartFinisher;
  readonly #carts: SlotWorker;
  readonly #lines: SlotWorker;

  constructor(client: CartClient, options: CartWorkerOptions) {
    if (typeof options !== "object" || options === null) throw new ArgumentError("options", "an object");
    refuseUnknownOptions(options, workerOptions);
    const { rememberMs = cartDefaults.rememberMs.value, retryMs = defaults.retryMs.value } = options;
    const {
      concurrency = defaults.concurrency.value,
      minReplicas = defaults.minReplicas.value,
      onError,
      onDeadLetter,
    } = options;
    checkedInteger("rememberMs", rememberMs, 1_000, MAX_DURATION_MS);
    checkedInteger("minReplicas", minReplicas, 0, 1_000);
    checkedInteger("concurrency", concurrency, 1, 1_000);
    for (const [name, hook] of Object.entries({ onError, onDeadLetter })) {
      if (hook !== undefined && typeof hook !== "function") throw new ArgumentError(name, "a function");
    }
    this.#retryMs = checkedInteger("retryMs", retryMs, 100, 600_000);
    this.#client = checkedClient(client);
    const callOptions: CallOptions = { minReplicas };
    this.#finisher = new CartFinisher({
      client,
      rememberMs,
      callOptions,
      onDeadLetter: (line) => notify(onDeadLetter, line),
    });
    const { namespace } = client;
    this.#carts = new SlotWorker({
      client,
      group: "carts",
      keyInSlot: (slot) => keys.slotCartsInSlot(namespace, slot),
      channels: `${namespace}:{*}:slot-carts`,
      serve: (entry) => this.#serveCart(entry),
      concurrency,
      onError,
    });
    this.#lines = new SlotWorker({
      client,
      group: "prepared-lines",
      keyInSlot: (slot) => keys.slotPreparedInSlot(namespace, slot),
      channels: `${namespace}:{*}:slot-prepared`,
      serve: (entry) => this.#serveLine(entry),
      concurrency,
      onError,
    });
  }

  start(): void {
    this.#carts.start();
    this.#lines.start();
  }

  async stop(options?: { readonly graceMs?: number | undefined }): Promise<"finished" | "timedOut"> {
    const graceMs = graceMsOf(options, defaults.graceMs.value);
    const ends = await Promise.all([this.#carts.stop(graceMs), this.#lines.stop(graceMs)]);
    return ends.includes("timedOut") ? "timedOut" : "finished";
  }

  async listDead(): Promise<readonly DeadCart[]> {
    const { namespace } = this.#client;
    const all = Array.from({ length: SLOTS }, (_, slot) => keys.slotDeadCartsInSlot(namespace, slot));
    const { hashes, error } = await this.#client.readHashes(all);
    if (error !== undefined) throw error;
    return hashes.flat().map(([member, entry]) => {
      const [, since = "", reason = ""] = /^(\d+) (.*)$/s.exec(entry) ?? [];
      if (since === "")
        throw new CorruptError("an entry of <namespace>:{<slot>}:slot-dead-carts is not valid");
      const colon = member.indexOf(":");
      return {
        tenant: member.slice(0, colon),
        cart: member.slice(colon + 1),
        sinceMs: Number(since),
        reason,
      };
    });
  }

  async redrive(dead: DeadCart): Promise<"redriven" | "unknown"> {
    const { tenant, cart, sinceMs } = readFrom("cart", () => copyOf(dead));
    return (await this.#client.scriptsOf(tenant, "cart").redrive({ cart, sinceMs })).outcome;
  }

  async discard(dead: DeadCart): Promise<"discarded" | "unknown"> {
    const { tenant, cart, sinceMs } = readFrom("cart", () => copyOf(dead));
    return (await this.#client.scriptsOf(tenant, "cart").discard({ cart, sinceMs })).outcome;
  }

  status(): CartWorkerStatus {
    return { carts: this.#carts.status(), lines: this.#lines.status(), ...this.#finisher.counts() };
  }

  async #serveCart({ tenant, name: cart, dueMs }: SlotEntry): Promise<"done"> {
    const scripts = this.#client.scriptsOf(tenant, "cart");
    const { outcome } = await scripts.claim({ cart, dueMs, retryMs: this.#retryMs });
    if (outcome === "claimed") await this.#finisher.settleCart(tenant, cart);
    return "done";
  }

  async #serveLine({ tenant, name, dueMs }: SlotEntry): Promise<"done"> {
    const tab = name.indexOf("\t");
    const [product, cart] = [name.slice(0, tab), name.slice(tab + 1)];
    const stock = this.#client.scriptsOf(tenant, "stock");
    const claimed = await stock.claimPrepared({ product, reservation: cart, dueMs, retryMs: this.#retryMs });
    if (claimed.outcome === "prepared") {
      await this.#finisher.settleLine({ tenant, cart, product, fence: claimed.fence });
    }
    return "done";
  }
}

function copyOf({ tenant, cart, sinceMs }: DeadCart): Omit<DeadCart, "reason"> {
  return { tenant, cart, sinceMs };
}
