import type { Tenant } from "../../generated/ts/index.js";
import { checkedInteger } from "../core/options.js";
import { readFrom } from "../core/read-from.js";

export interface RedriveOptions {
  /** The most items in one go. Default 10,000. */
  readonly limit?: number | undefined;
  /** Only items that were deadLettered for this reason. Default all. */
  readonly reason?: string | undefined;
}

export interface Redriven {
  readonly redriven: number;
}

const page = 1_000;

/**
 * Makes a set's dead items due again, as if they had never been tried; those first that were given up first.
 * One that is given up anew meanwhile stays dead. With a `reason`, the first 1,000 dead items are looked at.
 */
export async function redrive(
  tenant: Pick<Tenant, "expiry">,
  queue: string,
  options: RedriveOptions = {},
): Promise<Redriven> {
  const { most = 10_000, reason } = readFrom("options", () => ({
    most: options.limit,
    reason: options.reason,
  }));
  let left = checkedInteger("most", most, 1, 1_000_000);
  let redriven = 0;
  const seen = new Set<string>();
  // Every round but the last has an item that no round before it had.
  while (left > 0) {
    const limit = reason === undefined ? Math.min(left, page) : page;
    const { items: dead } = await tenant.expiry.listDead({ queue: queue, limit });
    const items = dead
      .filter((one) => !seen.has(one.item) && (reason === undefined || one.reason === reason))
      .slice(0, left);
    if (items.length === 0) break;
    for (const { item } of items) seen.add(item);
    const reply = await tenant.expiry.redrive({ queue: queue, items: items.map(({ item }) => item) });
    redriven += reply.redriven;
    left -= items.length;
  }
  return { redriven };
}
