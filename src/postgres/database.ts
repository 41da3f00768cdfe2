import { ArgumentError } from "../core/errors.js";

/**
 * A connection or a pool with the method `query` of `pg`: Pool, Client and PoolClient fit. In a
 * transaction it must be the transaction's own connection.
 */
export interface Database {
  query(text: string, values?: unknown[]): Promise<QueryResult>;
}

/**
 * The connection of a transaction. A pool does not fit: it uses any connection for each statement.
 */
export interface Transaction extends Database {
  /** Only pools have this property. */
  readonly totalCount?: undefined;
}

/** @throws ArgumentError for a pool */
export function checkTransaction(tx: Database): void {
  if ("totalCount" in tx && tx.totalCount !== undefined) {
    throw new ArgumentError("tx", "the connection of the transaction, not a pool");
  }
}

/** The fields of a result that the helpers read. `command` is PostgreSQL's command tag. */
export interface QueryResult {
  readonly rows: readonly unknown[];
  readonly command?: string;
}

/** A connection from a pool, such as `pg.PoolClient`. */
export interface PooledConnection extends Transaction {
  release(error?: boolean): void;
  on?(event: "error", listener: (error: Error) => void): unknown;
  off?(event: "error", listener: (error: Error) => void): unknown;
}

/** A connection pool, such as `pg.Pool`. */
export interface DatabasePool<Connection extends PooledConnection = PooledConnection> {
  connect(): Promise<Connection>;
}

/** A pool that also has the callback form. TypeScript needs it to infer the connection's type. */
export interface CallbackPool<Connection extends PooledConnection> extends DatabasePool<Connection> {
  connect(): Promise<Connection>;
  connect(
    done: (error: Error | undefined, connection: Connection | undefined, release: () => void) => void,
  ): void;
}

/** The first row as a record; undefined if there is none. */
export function firstRow(rows: readonly unknown[]): Readonly<Record<string, unknown>> | undefined {
  const [row] = rows;
  return typeof row === "object" && row !== null ? Object.fromEntries(Object.entries(row)) : undefined;
}
