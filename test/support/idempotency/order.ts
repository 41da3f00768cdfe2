import { type DatabasePool, inTransaction, recordOnce } from "../../../src/postgres/index.js";

export interface Order {
  readonly request: string;
  readonly fence: number;
  readonly by: string;
}

/** An effect in PostgreSQL: one row of `placed` for each time it happens. */
export function place(pool: DatabasePool, order: Order, recorded: boolean): Promise<{ readonly by: string }> {
  const { request, fence, by } = order;
  return inTransaction(pool, (tx) => {
    const effect = async () => {
      await tx.query("insert into placed (request, by) values ($1, $2)", [request, by]);
      return { by };
    };
    return recorded ? recordOnce(tx, { tenant: "acme", request, fence }, effect) : effect();
  });
}
