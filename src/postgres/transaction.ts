import { ArgumentError } from "../core/errors.js";
import type { CallbackPool, DatabasePool, PooledConnection } from "./database.js";

/** Options of a transaction. */
export interface TransactionOptions {
  /**
   * The time limit of each statement, including waits for row locks, and of each pause between two
   * statements, in milliseconds. 1 to 86,400,000, default 10,000. After that pause, PostgreSQL ends
   * the session, for example if the process has stopped.
   */
  readonly limitMs?: number | undefined;
}

/**
 * Runs a function in one transaction on one connection. It commits if the function resolves, and
 * rolls back if it throws. It always releases the connection, and removes a broken one from the
 * pool.
 *
 * Set the limits for a free connection and for a silent server on the pool:
 * `connectionTimeoutMillis` and `query_timeout`. If COMMIT itself fails, the outcome is unknown.
 *
 * ```ts
 * await inTransaction(pool, (tx) => guardFence(tx, { tenant: "acme", lock: "nightly", fence }));
 * ```
 *
 * @throws ArgumentError for a `limitMs` out of bounds
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
  let isBroken = false;
  // A connection lost between two statements emits an error. Without a listener, Node would exit.
  const onError = () => {
    isBroken = true;
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
        "PostgreSQL rolled the transaction back, because the function ignored the error of a statement",
      );
    return result;
  } catch (error) {
    await connection.query("rollback").catch(onError);
    throw error;
  } finally {
    connection.off?.("error", onError);
    connection.release(isBroken);
  }
}
