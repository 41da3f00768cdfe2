import type { Tenant } from "../../generated/ts/index.js";
import { checkedInteger } from "../core/checks.js";
import { readFrom } from "../core/read-from.js";

/** Which dead items become due again. All options may be left out. */
export interface RedriveOptions {
  /** Redrives at most so many items: 1 to 1,000,000. Default 10,000. */
  readonly limit?: number | undefined;
  /** Only items that were deadLettered for this reason. Default all. */
  readonly reason?: string | undefined;
}

/** The result of a redrive. */
export interface Redriven {
  /** How many items are due again. */
  readonly redriven: number;
}

const PAGE_SIZE = 1_000;

/**
 * Makes a queue's dead items due again, as if they had never been tried. The oldest come first. An item that becomes
 * dead again meanwhile stays dead. With a `reason`, only the first 1,000 dead items are searched.
 *
 * @throws ArgumentError for options out of bounds, and the errors of the calls
 */
export async function redrive(
  tenant: Pick<Tenant, "expiry">,
  queue: string,
  options: RedriveOptions = {},
): Promise<Redriven> {
  const unchecked = readFrom("options", () => ({ limit: options.limit, reason: options.reason }));
  const { reason } = unchecked;
  let left = checkedInteger("limit", unchecked.limit ?? 10_000, 1, 1_000_000);
  let redriven = 0;
  const seen = new Set<string>();
  // Each round except the last handles an item that no earlier round had, so the loop ends.
  while (left > 0) {
    const limit = reason === undefined ? Math.min(left, PAGE_SIZE) : PAGE_SIZE;
    const { items: dead } = await tenant.expiry.listDead({ queue, limit });
    const items = dead
      .filter((one) => !seen.has(one.item) && (reason === undefined || one.reason === reason))
      .slice(0, left);
    if (items.length === 0) break;
    for (const { item } of items) seen.add(item);
    const reply = await tenant.expiry.redrive({ queue, items: items.map(({ item }) => item) });
    redriven += reply.redriven;
    left -= items.length;
  }
  return { redriven };
}
