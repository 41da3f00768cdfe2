import type { Pool } from "pg";
import type { ShopContext } from "./shop/context.js";
import { persist } from "./wait.js";

/** Offers of which one half was taken away. */
export interface Orphans {
  /** Tracked, without a row. */
  readonly rowsLost: number;
  /** Running, and not tracked. */
  readonly trackingLost: number;
}

/**
 * Takes away one half of each offer that is left over for it: the row, or the tracking, in turns.
 * So a crash between two steps, or a database that was restored, leaves them; the clean-up has to
 * find them.
 */
export async function makeOrphans({
  acme,
  pool,
  schema,
}: Pick<ShopContext, "acme" | "pool" | "schema">): Promise<Orphans> {
  const offers = await persist(() => leftOver(pool, schema));
  const rows = offers.filter((_, index) => index % 2 === 0);
  const trackings = offers.filter((_, index) => index % 2 === 1);
  await persist(() => pool.query(`delete from ${schema}.offers where offer = any($1)`, [rows]));
  for (const item of trackings) await acme.expiry.cancel({ queue: "offers", item });
  return { rowsLost: rows.length, trackingLost: trackings.length };
}

async function leftOver(pool: Pool, schema: string): Promise<string[]> {
  const { rows } = await pool.query<{ offer: string }>(
    `select offer from ${schema}.offers where state = 'running' and not extended order by offer`,
  );
  return rows.map(({ offer }) => offer);
}
