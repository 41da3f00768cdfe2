import { ArgumentError } from "../core/errors.js";

/**
 * What the helpers need of PostgreSQL: a Pool, a Client or a PoolClient of `pg` fits, and so does anything with this
 * method. Inside a transaction it has to be the one connection that the transaction is on.
 */
export interface Database {
  query(text: string, values?: unknown[]): Promise<Answer>;
}

/** The one connection that a transaction is on. A pool is none: it runs each statement on another one. */
export interface Transaction extends Database {
  /** Pools have it. */
  readonly totalCount?: undefined;
}

/** @throws ArgumentError it is a pool */
export function checkTransaction(tx: Database): void {
  if ("totalCount" in tx && tx.totalCount !== undefined) {
    throw new ArgumentError("tx", "the connection that the transaction is on, not a pool");
  }
}

/** What of an answer is read. `command` is PostgreSQL's own word for what it did. */
export interface Answer {
  readonly rows: readonly unknown[];
  readonly command?: string;
}

/** A connection out of a pool, as `pg.PoolClient` is one. */
export interface PooledConnection extends Transaction {
  release(error?: boolean): void;
  on?(event: "error", listener: (error: Error) => void): unknown;
  off?(event: "error", listener: (error: Error) => void): unknown;
}

/** A pool of connections, as `pg.Pool` is one. */
export interface DatabasePool<Connection extends PooledConnection = PooledConnection> {
  connect(): Promise<Connection>;
}

/** The same with its second form spelt out, so that the compiler finds the connection's own type. */
export interface CallbackPool<Connection extends PooledConnection> extends DatabasePool<Connection> {
  connect(): Promise<Connection>;
  connect(
    done: (error: Error | undefined, connection: Connection | undefined, release: () => void) => void,
  ): void;
}

/** The first row of an answer, as a record; undefined when there is none. */
export function firstRow(rows: readonly unknown[]): Readonly<Record<string, unknown>> | undefined {
  const [row] = rows;
  return typeof row === "object" && row !== null ? Object.fromEntries(Object.entries(row)) : undefined;
}
