import { inTransaction } from "moonpath/postgres";
import type { Pool, PoolClient } from "pg";

/**
 * Runs one transaction with the shop's schema as search path. The tables of `moonpath/postgres` are
 * in that schema, and their statements name no schema.
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
