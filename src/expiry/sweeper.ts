import type { types } from "../../generated/ts/index.js";
import { checkedInteger } from "../core/checks.js";
import { MAX_DURATION_MS } from "../core/limits.js";
import { failureReasonOf, notify } from "../core/notify.js";
import { readFrom } from "../core/read-from.js";
import type { ItemOutcome } from "./item-results.js";
import type { ExpiryWorkerStatus, StopOptions } from "./options.js";
import { type Redriven, type RedriveOptions, redrive } from "./redrive.js";
import { recheckMs, recheckQueue, reservationQueue } from "./reserve.js";
import type { ReservationTenant } from "./tenant.js";
import { createExpiryWorker } from "./worker.js";

/** What one sweep of a product has ended. */
export interface SweepCounts {
  readonly expired: number;
  readonly forgotten: number;
}

/** How a sweeper works. */
export interface ReservationSweeperOptions {
  /** How long an expired reservation is remembered, in milliseconds; the same as for `stock.reserve`. */
  readonly rememberMs: number;
  /** Products in one claim, 1 to 1,000. Default 100. */
  readonly limit?: number | undefined;
  /** Milliseconds until another sweeper gets the products of one that died. Default 30,000. */
  readonly leaseMs?: number | undefined;
  readonly onError?: ((error: Error) => void) | undefined;
  /** Receives products that cannot be swept, because their keys are corrupt or of another type. */
  readonly onDeadLetter?: ((products: readonly string[], reason: string) => void) | undefined;
  /** Receives every sweep that ended a reservation. */
  readonly onSwept?: ((product: string, counts: SweepCounts) => void) | undefined;
}

/** Ends reservations whose lease is over. */
export interface ReservationSweeper {
  start(): void;
  stop(options?: StopOptions): Promise<"finished" | "timedOut">;
  /** Sweeps the dead products again. */
  redrive(options?: RedriveOptions): Promise<Redriven>;
  status(): ExpiryWorkerStatus;
}

/**
 * Ends the expired reservations of products that nobody reads or reserves any more. Run one in as many processes as you
 * like.
 *
 * A product with reservations always stays in a queue. A product without any moves to the recheck queue before it leaves
 * the first queue, and is checked again after `recheckMs`. By then a reservation that was being written has arrived.
 *
 * @throws ArgumentError for options out of bounds
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
    // A product with reservations is claimed again and again, which is no failure.
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
        // Another sweeper is checking it there and may have missed a reservation, so it stays here for now.
        return outcome === "claimed" ? retry(item, 1_000) : { item, outcome: "done" };
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
        // Another sweeper has it there and may have looked before the reservation came, so it stays here for now.
        return outcome === "claimed" ? retry(item, 1_000) : { item, outcome: "done" };
      }),
  });
  return {
    start() {
      sweeping.start();
      rechecking.start();
    },
    async stop(stopping) {
      const ends = await Promise.all([sweeping.stop(stopping), rechecking.stop(stopping)]);
      return ends.includes("timedOut") ? "timedOut" : "finished";
    },
    async redrive(chosen) {
      const sets = await Promise.all(
        [reservationQueue, recheckQueue].map((queue) => redrive(tenant, queue, chosen)),
      );
      return { redriven: sets.reduce((sum, { redriven }) => sum + redriven, 0) };
    },
    status: () => sweeping.status(),
  };
}

function retry(item: string, waitMs: number): ItemOutcome {
  return { item, outcome: "retry", delayMs: Math.max(1, Math.min(waitMs, recheckMs)) };
}

/** The errors of a product whose keys a person has to repair. */
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
  return { item, outcome: "retry", delayMs: 1_000 };
}

const PAGE_SIZE = 1_000;
const MAX_PAGES = 1_000;

/**
 * Sweeps until nothing is due. Resolves with the milliseconds until a lease ends, or with undefined when no reservation is
 * left.
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
  for (let pages = 0; waitMs === 0 && pages < MAX_PAGES && !signal.aborted; pages++) {
    const reply = await tenant.stock.sweep({ product, limit: PAGE_SIZE, rememberMs });
    expired += reply.expired;
    forgotten += reply.forgotten;
    waitMs = reply.waitMs;
  }
  if (expired + forgotten > 0) notify(onSwept, product, { expired, forgotten });
  return waitMs;
}
