import { ArgumentError } from "../core/errors.js";
import type { CallbackPool, DatabasePool, PooledConnection } from "./database.js";

/** Options of a transaction. */
export interface TransactionOptions {
  /**
   * The longest that one statement, a wait for a row included, may take, and the longest pause between two, in milliseconds:
   * 1 to 86,400,000. Default 10,000. PostgreSQL ends a transaction whose process has stopped in the midst of it.
   */
  readonly limitMs?: number | undefined;
}

/**
 * Runs work in one transaction on one connection: commits when it ends well, rolls back when it throws, and gives the
 * connection back in any case. A connection that broke, or on which even the roll-back fails, is thrown away.
 *
 * How long to wait for a free connection, and for a server that is silent, is the pool's own to say
 * (`connectionTimeoutMillis`, `query_timeout`). An error of the commit itself leaves open whether it was done.
 *
 * ```ts
 * await inTransaction(pool, (tx) => guardFence(tx, { tenant: "acme", lock: "nightly", fence }));
 * ```
 *
 * @throws ArgumentError for a limit out of bounds
 */
export function inTransaction<Connection extends PooledConnection, Result>(
  pool: CallbackPool<Connection>,
  work: (tx: Connection) => Promise<Result>,
  options?: TransactionOptions,
): Promise<Result>;
export function inTransaction<Connection extends PooledConnection, Result>(
  pool: DatabasePool<Connection>,
  work: (tx: Connection) => Promise<Result>,
  options?: TransactionOptions,
): Promise<Result>;
export async function inTransaction<Connection extends PooledConnection, Result>(
  pool: DatabasePool<Connection>,
  work: (tx: Connection) => Promise<Result>,
  { limitMs = 10_000 }: TransactionOptions = {},
): Promise<Result> {
  if (!(Number.isInteger(limitMs) && limitMs >= 1 && limitMs <= 86_400_000))
    throw new ArgumentError("limitMs", "a whole number from 1 to 86400000");
  const connection = await pool.connect();
  let broken = false;
  // A connection that is lost between two statements says so to its listeners; without one, the process would end.
  const onError = () => {
    broken = true;
  };
  connection.on?.("error", onError);
  try {
    await connection.query(
      `begin; set local statement_timeout = ${limitMs}; set local idle_in_transaction_session_timeout = ${limitMs}`,
    );
    const result = await work(connection);
    const { command } = await connection.query("commit");
    if (command === "ROLLBACK")
      throw new Error(
        "a statement failed and nobody heeded its error: PostgreSQL rolled the transaction back",
      );
    return result;
  } catch (error) {
    await connection.query("rollback").catch(onError);
    throw error;
  } finally {
    connection.off?.("error", onError);
    connection.release(broken);
  }
}
