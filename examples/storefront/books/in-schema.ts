import { inTransaction } from "moonpath/postgres";
import type { Pool, PoolClient } from "pg";

/**
 * One transaction in the shop's own schema, where the tables of `moonpath/postgres` lie, too: they
 * are named without one.
 */
export function inSchema<Result>(
  pool: Pool,
  schema: string,
  work: (tx: PoolClient) => Promise<Result>,
): Promise<Result> {
  return inTransaction(pool, async (tx) => {
    await tx.query(`set local search_path to ${schema}`);
    return work(tx);
  });
}
