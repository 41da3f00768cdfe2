import type { Pool } from "pg";
import type { ShopContext } from "./shop/context.js";
import { withRetries } from "./wait.js";

/** Numbers of offers that lost their row or their tracking. */
export interface Orphans {
  /** Offers that are tracked and have no row. */
  readonly rowsLost: number;
  /** Offers that are running and not tracked. */
  readonly trackingLost: number;
}

/**
 * Removes the row or the tracking of each remaining offer, in turns. A crash between two steps, or
 * a restored database, leaves the same state. The clean-up has to find these offers.
 */
export async function makeOrphans({
  acme,
  pool,
  schema,
}: Pick<ShopContext, "acme" | "pool" | "schema">): Promise<Orphans> {
  const offers = await withRetries(() => leftOver(pool, schema));
  const rows = offers.filter((_, index) => index % 2 === 0);
  const trackings = offers.filter((_, index) => index % 2 === 1);
  await withRetries(() => pool.query(`delete from ${schema}.offers where offer = any($1)`, [rows]));
  for (const item of trackings) await acme.expiry.cancel({ queue: "offers", item });
  return { rowsLost: rows.length, trackingLost: trackings.length };
}

async function leftOver(pool: Pool, schema: string): Promise<string[]> {
  const { rows } = await pool.query<{ offer: string }>(
    `select offer from ${schema}.offers where state = 'running' and not extended order by offer`,
  );
  return rows.map(({ offer }) => offer);
}
