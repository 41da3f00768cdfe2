import type { Database, DatabasePool } from "./database.js";

/** Options of a transaction. */
export interface TransactionOptions {
  /** The longest that one statement, a wait for a lock included, may take, in milliseconds. Default 10,000. */
  readonly limitMs?: number | undefined;
}

/**
 * Runs work in one transaction on one connection: commits when it ends well, rolls back when it throws, and gives the
 * connection back in any case. A connection on which even the roll-back fails is thrown away.
 *
 * ```ts
 * await inTransaction(pool, (tx) => guardFence(tx, { tenant: "acme", lock: "nightly", fence }));
 * ```
 */
export async function inTransaction<Connection extends Database & { release(error?: boolean): void }, Result>(
  pool: DatabasePool<Connection>,
  work: (tx: Connection) => Promise<Result>,
  { limitMs = 10_000 }: TransactionOptions = {},
): Promise<Result> {
  const limit = Math.max(1, Math.floor(limitMs));
  const connection = await pool.connect();
  let broken = false;
  try {
    await connection.query("begin");
    await connection.query(`set local statement_timeout = ${limit}`);
    const result = await work(connection);
    await connection.query("commit");
    return result;
  } catch (error) {
    await connection.query("rollback").catch(() => {
      broken = true;
    });
    throw error;
  } finally {
    connection.release(broken);
  }
}
