import type { StockReserveArgs, StockReserveReply, types } from "../../generated/ts/index.js";
import { ArgumentError, type CallOptions } from "../client/index.js";
import { notify, reasonOf } from "../core/notify.js";
import { checkedInteger, MAX_LEASE_MS } from "../core/options.js";
import { readFrom } from "../core/read-from.js";
import type { ItemOutcome } from "./item-results.js";
import type { ExpiryWorkerStatus, StopOptions } from "./options.js";
import { type Redriven, type RedriveOptions, redrive } from "./redrive.js";
import type { ExpiryTenant } from "./tenant.js";
import { createExpiryWorker } from "./worker.js";

/** The products that may have reservations. */
export const reservationQueue = "reservations";
/** The products that had none at their last sweep, and are looked at once more. */
export const recheckQueue = "reservations-quiet";

/**
 * How long a product without reservations stays watched, and the longest time between two sweeps of one that
 * has some. A reservation follows its tracking well within it.
 */
export const recheckMs = 60_000;

/**
 * Holds units as `stock.reserve` does, and sees to it that the sweeper knows the product: it is tracked first,
 * so that a crash in between only costs an idle sweep.
 *
 * ```ts
 * const reply = await reserve(acme, { product: "lamp", reservation: "cart-1", units: 1, leaseMs: 900_000, rememberMs: 86_400_000 });
 * ```
 *
 * @throws the errors of both calls; after one, call again with the same reservation
 */
export async function reserve(
  tenant: Pick<ExpiryTenant, "expiry" | "stock">,
  args: StockReserveArgs,
  options: CallOptions = {},
): Promise<StockReserveReply> {
  if ((readFrom("options", () => options.deadlineMs) ?? 0) > recheckMs / 4) {
    throw new ArgumentError("deadlineMs", `at most ${recheckMs / 4}, so that the sweeper still watches`);
  }
  const track = () => tenant.expiry.track({ queue: reservationQueue, item: args.product, dueMs: 0 }, options);
  let trackedAt: number;
  do {
    trackedAt = performance.now();
    await track();
    // A process that stood still in between may find the product forgotten again.
  } while (performance.now() - trackedAt > recheckMs / 4);
  try {
    return await tenant.stock.reserve(args, options);
  } finally {
    if (performance.now() - trackedAt > recheckMs / 2) await track();
  }
}

export interface SweepCounts {
  readonly expired: number;
  readonly forgotten: number;
}

export interface ReservationSweeperOptions {
  /** How long it is known of a reservation that it expired; as for `stock.reserve`. */
  readonly rememberMs: number;
  /** Products in one claim, 1 to 1,000. Default 100. */
  readonly limit?: number | undefined;
  /** How long a dead sweeper's products wait for another. Default 30,000. */
  readonly leaseMs?: number | undefined;
  readonly onError?: ((error: Error) => void) | undefined;
  /** Told of products that cannot be swept: their keys are corrupt, or not of the sweeper's type. */
  readonly onDeadLetter?: ((products: readonly string[], reason: string) => void) | undefined;
  /** Told of every sweep that ended something. */
  readonly onSwept?: ((product: string, counts: SweepCounts) => void) | undefined;
}

export interface ReservationSweeper {
  start(): void;
  stop(options?: StopOptions): Promise<"finished" | "left">;
  /** Has deadLettered products swept again. */
  redrive(options?: RedriveOptions): Promise<Redriven>;
  status(): ExpiryWorkerStatus;
}

/**
 * Ends the reservations of products that nobody asks for any more. Run one in as many processes as you like.
 *
 * No product with reservations is ever forgotten. One without any moves to the quiet set before it leaves the
 * first, and is looked at again when `recheckMs` is over: a reservation that was on its way has arrived by then.
 */
export function createReservationSweeper(
  tenant: ExpiryTenant,
  options: ReservationSweeperOptions,
): ReservationSweeper {
  const given = readFrom("options", () => {
    const { rememberMs, limit, leaseMs, onError, onDeadLetter: onParked } = options;
    return { rememberMs, limit, leaseMs, onError, onParked };
  });
  checkedInteger("rememberMs", given.rememberMs, 1_000, MAX_LEASE_MS);
  const sweep = (product: string, signal: AbortSignal) => sweepProduct(tenant, product, options, signal);
  const shared = {
    limit: given.limit,
    leaseMs: given.leaseMs,
    // A product with reservations comes again and again; that is no failure.
    maxAttempts: Number.POSITIVE_INFINITY,
    onError: given.onError,
    onParked: given.onParked,
  };
  const busy = createExpiryWorker(tenant, {
    ...shared,
    queue: reservationQueue,
    handle: (items, { signal, leaseEndsMs }) =>
      eachProduct(items, signal, async (item) => {
        const waitMs = await sweep(item, signal);
        if (waitMs !== undefined) return retry(item, waitMs);
        const quiet = { queue: recheckQueue, item, dueMs: leaseEndsMs + recheckMs };
        const { outcome } = await tenant.expiry.track(quiet);
        // Somebody has just looked at it there, and may have missed a reservation: not yet.
        return outcome === "claimed" ? retry(item, 1_000) : { item, outcome: "done" };
      }),
  });
  const quiet = createExpiryWorker(tenant, {
    ...shared,
    queue: recheckQueue,
    handle: (items, { signal }) =>
      eachProduct(items, signal, async (item) => {
        const waitMs = await sweep(item, signal);
        if (waitMs === undefined) return { item, outcome: "done" };
        const { outcome } = await tenant.expiry.track({ queue: reservationQueue, item, dueMs: 0 });
        // A sweeper that has it there may have looked before the reservation came, and let it go: not yet.
        return outcome === "claimed" ? retry(item, 1_000) : { item, outcome: "done" };
      }),
  });
  return {
    start() {
      busy.start();
      quiet.start();
    },
    async stop(stopping) {
      const ends = await Promise.all([busy.stop(stopping), quiet.stop(stopping)]);
      return ends.includes("left") ? "left" : "finished";
    },
    async redrive(chosen) {
      const sets = await Promise.all(
        [reservationQueue, recheckQueue].map((queue) => redrive(tenant, queue, chosen)),
      );
      return { redriven: sets.reduce((sum, { redriven }) => sum + redriven, 0) };
    },
    status: () => busy.status(),
  };
}

function retry(item: string, waitMs: number): ItemOutcome {
  return { item, outcome: "retry", delayMs: Math.max(1, Math.min(waitMs, recheckMs)) };
}

/** The errors of a product whose keys somebody has to repair. */
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
    return { item, outcome: "dead", reason: reasonOf(error) };
  return { item, outcome: "retry", delayMs: 1_000 };
}

const page = 1_000;
const maxPages = 1_000;

/** Sweeps until nothing is due. Answers how long until something is; undefined when no reservation is left. */
async function sweepProduct(
  tenant: Pick<ExpiryTenant, "stock">,
  product: string,
  { rememberMs, onSwept }: ReservationSweeperOptions,
  signal: AbortSignal,
): Promise<number | undefined> {
  let expired = 0;
  let forgotten = 0;
  let waitMs: number | undefined = 0;
  for (let pages = 0; waitMs === 0 && pages < maxPages && !signal.aborted; pages++) {
    const reply = await tenant.stock.sweep({ product, limit: page, rememberMs });
    expired += reply.expired;
    forgotten += reply.forgotten;
    waitMs = reply.waitMs;
  }
  if (expired + forgotten > 0) notify(onSwept, product, { expired, forgotten });
  return waitMs;
}
