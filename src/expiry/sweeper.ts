import * as keys from "../../generated/ts/keys.js";
import { SLOTS } from "../client/index.js";
import { checkedInteger, graceMsOf } from "../core/checks.js";
import { CorruptError } from "../core/errors.js";
import { type OptionNames, refuseUnknownOptions } from "../core/known-options.js";
import { MAX_DURATION_MS } from "../core/limits.js";
import { failureReasonOf, notify, type OnError } from "../core/notify.js";
import { readFrom } from "../core/read-from.js";
import {
  checkedClient,
  type SlotClient,
  type SlotEntry,
  SlotWorker,
  type SlotWorkerStatus,
} from "../slots/index.js";
import { reservationDefaults as defaults } from "./defaults.js";
import type { StopOptions } from "./options.js";
import type { Redriven } from "./redrive.js";

/** A product of a tenant. */
export interface TenantProduct {
  readonly tenant: string;
  readonly product: string;
}

/** The counts of one sweep of a product. */
export interface SweepCounts {
  /** Reservations whose lease had ended; their units are free again. */
  readonly expired: number;
  /** Closed reservations that were older than `rememberMs`. */
  readonly forgotten: number;
}

/** The options of `createReservationSweeper`. All except `rememberMs` may be left out. */
export interface ReservationSweeperOptions {
  /**
   * Milliseconds for which an expired reservation is remembered: 1,000 to 31,622,400,000, as in
   * `stock.reserve`.
   */
  readonly rememberMs: number;
  /** Reservations in one call, 1 to 100. Default 100. */
  readonly limit?: number | undefined;
  /** Calls in flight, 1 to 1,000. Default 32. */
  readonly concurrency?: number | undefined;
  /** Receives errors of Redis. */
  readonly onError?: OnError | undefined;
  /** Receives each product that cannot be swept, because its keys are corrupt or of another type. */
  readonly onDeadLetter?: ((product: TenantProduct, reason: string) => void) | undefined;
  /** Receives every sweep that ended or removed a reservation. */
  readonly onSwept?: ((product: TenantProduct, counts: SweepCounts) => void) | undefined;
}

/** The state of a sweeper, and its counts since it was created. */
export interface ReservationSweeperStatus extends SlotWorkerStatus {
  /** Products that were set aside. */
  readonly deadLettered: number;
}

/** A sweeper: it ends reservations whose lease has ended. */
export interface ReservationSweeper {
  /** Starts the sweeper. A stopped sweeper does not start again. */
  start(): void;
  /**
   * Finishes the current sweeps. `timedOut`: Redis does not answer. No product is lost, because
   * another sweeper takes its slots. A second sweep frees no units twice.
   */
  stop(options?: StopOptions): Promise<"finished" | "timedOut">;
  /**
   * Makes all products due again that were set aside. Call it after a repair. It does not count a
   * product if the reply of its call was lost.
   *
   * @throws CorruptError if entries of `slot-dead` are not valid; the other products are due again
   */
  redrive(): Promise<Redriven>;
  /** The present state and counts, without a call to Redis. */
  status(): ReservationSweeperStatus;
}

/** The group of sweepers that share the slots. */
const GROUP = "reservations";

/**
 * Ends the expired reservations of all tenants of a namespace, also of products that nobody reads or
 * reserves any more. You can run one in each process; they share the work.
 *
 * ```ts
 * const sweeper = createReservationSweeper(moonpath, { rememberMs: 86_400_000 });
 * sweeper.start();
 * ```
 *
 * `stock.reserve` writes each product into the index of its slot. The sweeper reads these indexes.
 *
 * @throws ArgumentError if an option is out of bounds
 */
export function createReservationSweeper(
  moonpath: SlotClient<"slot" | "stock">,
  options: ReservationSweeperOptions,
): ReservationSweeper {
  return readFrom("options", () => new Sweeper(moonpath, options));
}

const sweeperOptions: OptionNames<ReservationSweeperOptions> = {
  rememberMs: true,
  limit: true,
  concurrency: true,
  onError: true,
  onDeadLetter: true,
  onSwept: true,
};

/** The errors of products whose keys a person must repair. */
const nonRetryable = new Set(["CORRUPT", "WRONG_TYPE", "REPLY"]);

/** The errors of an entry of `slot-dead` that say nothing about the other entries. */
const entryErrors = new Set([...nonRetryable, "ARGUMENT"]);

class Sweeper implements ReservationSweeper {
  readonly #client: SlotClient<"slot" | "stock">;
  readonly #options: ReservationSweeperOptions;
  readonly #limit: number;
  readonly #worker: SlotWorker;
  #deadLettered = 0;

  constructor(client: SlotClient<"slot" | "stock">, options: ReservationSweeperOptions) {
    refuseUnknownOptions(options, sweeperOptions);
    const { rememberMs, limit = defaults.limit.value, concurrency = defaults.concurrency.value } = options;
    checkedInteger("rememberMs", rememberMs, 1_000, MAX_DURATION_MS);
    this.#client = checkedClient(client);
    this.#options = options;
    this.#limit = checkedInteger("limit", limit, 1, 100);
    const { namespace } = client;
    this.#worker = new SlotWorker({
      client,
      group: GROUP,
      keyInSlot: (slot) => keys.slotDueInSlot(namespace, slot),
      channels: `${namespace}:{*}:slot-due`,
      serve: (entry) => this.#serve(entry),
      concurrency: checkedInteger("concurrency", concurrency, 1, 1_000),
      onError: options.onError,
    });
  }

  start(): void {
    this.#worker.start();
  }

  stop(options?: StopOptions): Promise<"finished" | "timedOut"> {
    return this.#worker.stop(graceMsOf(options, defaults.graceMs.value));
  }

  async redrive(): Promise<Redriven> {
    const { namespace } = this.#client;
    const all = Array.from({ length: SLOTS }, (_, slot) => keys.slotDeadInSlot(namespace, slot));
    const { hashes, error } = await this.#client.readHashes(all);
    let redriven = 0;
    const refused: Error[] = [];
    for (const [member, value] of hashes.flat()) {
      try {
        if (await this.#redriveOne(member, value)) redriven += 1;
      } catch (thrown) {
        if (!hasCode(thrown, entryErrors)) throw thrown;
        refused.push(thrown);
      }
    }
    if (error !== undefined) throw error;
    const [cause] = refused;
    if (cause === undefined) return { redriven };
    throw new CorruptError(
      `${refused.length} entries of <namespace>:{<slot>}:slot-dead or the keys of their products are not valid; ` +
        `${redriven} other products are due again`,
      { cause },
    );
  }

  status(): ReservationSweeperStatus {
    return { ...this.#worker.status(), deadLettered: this.#deadLettered };
  }

  /** Whether it made the product due again. */
  async #redriveOne(member: string, value: string): Promise<boolean> {
    const { tenant, name: product } = nameIn(member);
    const sinceMs = Number(value.split(" ")[0]);
    const slot = this.#client.scriptsOf(tenant, "slot");
    const { outcome } = await slot.redrive({ product, member, sinceMs });
    return outcome === "redriven";
  }

  async #serve({ tenant, name: product, member, dueMs }: SlotEntry): Promise<"more" | "done"> {
    const { rememberMs, onSwept, onDeadLetter } = this.#options;
    const stock = this.#client.scriptsOf(tenant, "stock");
    try {
      const { expired, forgotten, waitMs } = await stock.sweep({ product, limit: this.#limit, rememberMs });
      if (expired + forgotten > 0) notify(onSwept, { tenant, product }, { expired, forgotten });
      return waitMs === 0 ? "more" : "done";
    } catch (error) {
      if (!hasCode(error, nonRetryable)) throw error;
      const reason = failureReasonOf(error);
      const { outcome } = await this.#client
        .scriptsOf(tenant, "slot")
        .setAside({ product, member, dueMs, reason });
      if (outcome === "set_aside") {
        this.#deadLettered += 1;
        notify(onDeadLetter, { tenant, product }, reason);
      }
      return "done";
    }
  }
}

function hasCode(error: unknown, codes: ReadonlySet<string>): error is Error {
  return error instanceof Error && "code" in error && typeof error.code === "string" && codes.has(error.code);
}

function nameIn(member: string): { readonly tenant: string; readonly name: string } {
  const colon = member.indexOf(":");
  return { tenant: member.slice(0, colon), name: member.slice(colon + 1) };
}
