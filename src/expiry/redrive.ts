import type { CallOptions } from "../client/index.js";
import { checkedInteger } from "../core/checks.js";
import { ArgumentError, UnavailableError } from "../core/errors.js";
import { type OptionNames, refuseUnknownOptions } from "../core/known-options.js";
import { MAX_TIMER_MS } from "../core/limits.js";
import { readFrom } from "../core/read-from.js";
import type { Expiry } from "../queues/index.js";
import { redriveDefaults } from "./defaults.js";

/** The options of `redrive`. All may be left out. */
export interface RedriveOptions {
  /** The maximum number of items: 1 to 1,000,000. Default 10,000. */
  readonly limit?: number | undefined;
  /** Only items with this reason. Default: all items. */
  readonly reason?: string | undefined;
  /**
   * Milliseconds until the whole call ends. Default: no limit, except that of each call to Redis. A
   * queue with 10,000 dead items needs about 200 of them.
   */
  readonly deadlineMs?: number | undefined;
  /** Ends the call early. What is due again by then stays so. */
  readonly signal?: AbortSignal | undefined;
}

const redriveOptions: OptionNames<RedriveOptions> = {
  limit: true,
  reason: true,
  deadlineMs: true,
  signal: true,
};

/** The result of `redrive`. */
export interface Redriven {
  /** How many items are due again. */
  readonly redriven: number;
}

/**
 * Makes a queue's dead items due again, with their attempts reset. The oldest come first. An item
 * that becomes dead again meanwhile stays dead.
 *
 * ```ts
 * const { redriven } = await redrive(acme, "offers", { limit: 500 });
 * ```
 *
 * @throws ArgumentError if an option is out of bounds, UnavailableError if the deadline passes between
 *   two calls; also the errors of `listDead` and `redrive`
 */
export async function redrive(
  tenant: { readonly expiry: Pick<Expiry, "listDead" | "redrive"> },
  queue: string,
  options: RedriveOptions = {},
): Promise<Redriven> {
  checkTenant(tenant);
  readFrom("options", () => refuseUnknownOptions(options, redriveOptions));
  const unchecked = readFrom("options", () => ({
    limit: options.limit,
    reason: options.reason,
    deadlineMs: options.deadlineMs,
    signal: options.signal,
  }));
  const { reason, deadlineMs = Number.POSITIVE_INFINITY, signal } = unchecked;
  if (deadlineMs !== Number.POSITIVE_INFINITY) checkedInteger("deadlineMs", deadlineMs, 1, MAX_TIMER_MS);
  const endsAt = performance.now() + deadlineMs;
  const rest = () => restOf(endsAt, signal);
  let left = checkedInteger("limit", unchecked.limit ?? redriveDefaults.limit.value, 1, 1_000_000);
  const pageSize = redriveDefaults.pageSize.value;
  const seen = new Set<string>();
  let redriven = 0;
  let after: { readonly afterMs: number; readonly afterItem: string } | undefined;
  while (left > 0) {
    const { items: dead } = await tenant.expiry.listDead({ queue, limit: pageSize, ...after }, rest());
    const items = dead
      .filter((one) => !seen.has(one.item) && (reason === undefined || one.reason === reason))
      .slice(0, left)
      .map(({ item }) => item);
    for (const item of items) seen.add(item);
    if (items.length > 0) {
      const reply = await tenant.expiry.redrive({ queue, items }, rest());
      if (reply.outcome === "redriven") redriven += reply.redriven;
    }
    left -= items.length;
    if (dead.length < pageSize) break;
    // The next page begins after an item that stays dead. If none stays, this page has the next ones.
    const last = dead.filter(({ item }) => !items.includes(item)).at(-1);
    if (last) after = { afterMs: last.deadSinceMs, afterItem: last.item };
  }
  return { redriven };
}

/** The options of the next call: the rest of the deadline, and the signal. */
function restOf(endsAt: number, signal: AbortSignal | undefined): CallOptions {
  if (endsAt === Number.POSITIVE_INFINITY) return { signal };
  const deadlineMs = endsAt - performance.now();
  if (deadlineMs > 0) return { deadlineMs, signal };
  throw new UnavailableError("the deadline passed before all dead items were due again");
}

function checkTenant(tenant: { readonly expiry: Pick<Expiry, "listDead" | "redrive"> }): void {
  const expected = "what moonpath.tenant() returns";
  const fits = readFrom("tenant", () => typeof tenant.expiry.listDead === "function", undefined, expected);
  if (!fits) throw new ArgumentError("tenant", expected);
}
