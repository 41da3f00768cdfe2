import type { types } from "../../generated/ts/index.js";
import { checkedInteger } from "../core/checks.js";
import { MAX_DURATION_MS } from "../core/limits.js";
import { failureReasonOf, notify } from "../core/notify.js";
import { readFrom } from "../core/read-from.js";
import { reservationDefaults } from "./defaults.js";
import type { ItemOutcome } from "./item-results.js";
import type { ExpiryWorkerStatus, StopOptions } from "./options.js";
import { type Redriven, type RedriveOptions, redrive } from "./redrive.js";
import { recheckMs, recheckQueue, reservationQueue } from "./reserve.js";
import type { ReservationTenant } from "./tenant.js";
import { createExpiryWorker } from "./worker.js";

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
  /** Products in one claim, 1 to 250. Default 100. */
  readonly limit?: number | undefined;
  /** Milliseconds until another sweeper gets the products of one that died. Default 30,000. */
  readonly leaseMs?: number | undefined;
  /** Receives errors of Redis and lost leases. */
  readonly onError?: ((error: Error) => void) | undefined;
  /** Receives products that cannot be swept, because their keys are corrupt or of another type. */
  readonly onDeadLetter?: ((products: readonly string[], reason: string) => void) | undefined;
  /** Receives every sweep that ended a reservation. */
  readonly onSwept?: ((product: string, counts: SweepCounts) => void) | undefined;
}

/** A sweeper: it ends reservations whose lease has ended. */
export interface ReservationSweeper {
  /** Starts the sweeper. A stopped sweeper does not start again. */
  start(): void;
  /**
   * Finishes the current sweeps. `timedOut`: Redis does not answer. No product is lost, because
   * another sweeper gets the products when their lease ends. A second sweep frees no units twice.
   */
  stop(options?: StopOptions): Promise<"finished" | "timedOut">;
  /** Sweeps the dead products again. */
  redrive(options?: RedriveOptions): Promise<Redriven>;
  /** The state and the counts of the queue `reservations`, without those of the recheck queue. */
  status(): ExpiryWorkerStatus;
}

/**
 * Ends the expired reservations of products that no caller reads or reserves any more. You can run
 * one in each process.
 *
 * ```ts
 * const sweeper = createReservationSweeper(acme, { rememberMs: 86_400_000 });
 * sweeper.start();
 * ```
 *
 * A product with reservations always stays in a queue. A product without reservations moves to the
 * recheck queue, and only then leaves the first queue. It is checked again after `recheckMs`. By
 * then, a concurrent `reserve` has ended.
 *
 * @throws ArgumentError if an option is out of bounds
 */
export function createReservationSweeper(
  tenant: ReservationTenant,
  options: ReservationSweeperOptions,
): ReservationSweeper {
  const unchecked = readFrom("options", () => {
    const { rememberMs, limit, leaseMs, onError, onDeadLetter } = options;
    return { rememberMs, limit, leaseMs, onError, onDeadLetter };
  });
  checkedInteger("rememberMs", unchecked.rememberMs, 1_000, MAX_DURATION_MS);
  const sweep = (product: string, signal: AbortSignal) => sweepProduct(tenant, product, options, signal);
  const shared = {
    limit: unchecked.limit,
    leaseMs: unchecked.leaseMs,
    // A product with reservations is claimed many times. That is not a failure.
    maxAttempts: Number.POSITIVE_INFINITY,
    onError: unchecked.onError,
    onDeadLetter: unchecked.onDeadLetter,
  };
  const sweeping = createExpiryWorker(tenant, {
    ...shared,
    queue: reservationQueue,
    handle: (items, { signal, leaseEndsMs }) =>
      eachProduct(items, signal, async (item) => {
        const waitMs = await sweep(item, signal);
        if (waitMs !== undefined) return retry(item, waitMs);
        const recheck = { queue: recheckQueue, item, dueMs: leaseEndsMs + recheckMs };
        const { outcome } = await tenant.expiry.track(recheck);
        // Another sweeper is checking it there and may have missed a reservation, so it stays in
        // this queue.
        return outcome === "claimed" ? retry(item, retryMs) : { item, outcome: "done" };
      }),
  });
  const rechecking = createExpiryWorker(tenant, {
    ...shared,
    queue: recheckQueue,
    handle: (items, { signal }) =>
      eachProduct(items, signal, async (item) => {
        const waitMs = await sweep(item, signal);
        if (waitMs === undefined) return { item, outcome: "done" };
        const { outcome } = await tenant.expiry.track({ queue: reservationQueue, item, dueMs: 0 });
        // Another sweeper has it there and may have swept before the reservation came, so it stays
        // in this queue.
        return outcome === "claimed" ? retry(item, retryMs) : { item, outcome: "done" };
      }),
  });
  return {
    start() {
      sweeping.start();
      rechecking.start();
    },
    async stop(stopOptions) {
      const ends = await Promise.all([sweeping.stop(stopOptions), rechecking.stop(stopOptions)]);
      return ends.includes("timedOut") ? "timedOut" : "finished";
    },
    async redrive(redriveOptions) {
      const results = await Promise.all(
        [reservationQueue, recheckQueue].map((queue) => redrive(tenant, queue, redriveOptions)),
      );
      return { redriven: results.reduce((sum, { redriven }) => sum + redriven, 0) };
    },
    status: () => sweeping.status(),
  };
}

function retry(item: string, waitMs: number): ItemOutcome {
  return { item, outcome: "retry", delayMs: Math.max(1, Math.min(waitMs, recheckMs)) };
}

/** The errors of products whose keys a person must repair. */
const nonRetryable = new Set(["CORRUPT", "WRONG_TYPE", "ARGUMENT", "REPLY"]);

async function eachProduct(
  items: readonly types.ClaimedItem[],
  signal: AbortSignal,
  handle: (product: string) => Promise<ItemOutcome>,
): Promise<ItemOutcome[]> {
  const outcomes: ItemOutcome[] = [];
  for (const { item } of items) {
    if (signal.aborted) outcomes.push({ item, outcome: "retry", delayMs: 1 });
    else outcomes.push(await handle(item).catch((error: unknown) => outcomeOf(item, error)));
  }
  return outcomes;
}

function outcomeOf(item: string, error: unknown): ItemOutcome {
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  if (typeof code === "string" && nonRetryable.has(code))
    return { item, outcome: "dead", reason: failureReasonOf(error) };
  return { item, outcome: "retry", delayMs: retryMs };
}

const { retryMs, pageSize, maxPages } = {
  retryMs: reservationDefaults.retryMs.value,
  pageSize: reservationDefaults.pageSize.value,
  maxPages: reservationDefaults.maxPages.value,
};

/**
 * Sweeps until no reservation is due. Resolves with the milliseconds until the next lease ends, or
 * with undefined if no reservation is left.
 */
async function sweepProduct(
  tenant: Pick<ReservationTenant, "stock">,
  product: string,
  { rememberMs, onSwept }: ReservationSweeperOptions,
  signal: AbortSignal,
): Promise<number | undefined> {
  let expired = 0;
  let forgotten = 0;
  let waitMs: number | undefined = 0;
  for (let pages = 0; waitMs === 0 && pages < maxPages && !signal.aborted; pages++) {
    const reply = await tenant.stock.sweep({ product, limit: pageSize, rememberMs });
    expired += reply.expired;
    forgotten += reply.forgotten;
    waitMs = reply.waitMs;
  }
  if (expired + forgotten > 0) notify(onSwept, product, { expired, forgotten });
  return waitMs;
}
