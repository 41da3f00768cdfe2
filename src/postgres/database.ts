/**
 * What the helpers need of PostgreSQL: a Pool, a Client or a PoolClient of `pg` fits, and so does anything with this
 * method. Inside a transaction it has to be the one connection that the transaction is on.
 */
export interface Database {
  query(text: string, values?: unknown[]): Promise<{ readonly rows: readonly unknown[] }>;
}

/** A pool of connections, as `pg.Pool` is one. */
export interface DatabasePool<Connection extends Database & { release(error?: boolean): void }> {
  connect(): Promise<Connection>;
}

/** The first row of an answer, as a record; undefined when there is none. */
export function firstRow(rows: readonly unknown[]): Readonly<Record<string, unknown>> | undefined {
  const [row] = rows;
  return typeof row === "object" && row !== null ? Object.fromEntries(Object.entries(row)) : undefined;
}
