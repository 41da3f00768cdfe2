import { recordOnce } from "moonpath/postgres";
import type { Pool } from "pg";
import { inBooks } from "./errors.js";
import { inSchema } from "./in-schema.js";

/** An order whose units are sold. */
export interface Order {
  readonly product: string;
  readonly units: number;
}

export interface OrderRun {
  readonly tenant: string;
  /** The request's name, which is also the order's name. */
  readonly request: string;
  readonly fence: number;
}

/** The reply to the customer. */
export interface Receipt extends Order {
  readonly order: string;
}

/** Records an order as a sale. It is recorded once, even if its request runs several times. */
export function recordOrder(pool: Pool, schema: string, run: OrderRun, order: Order): Promise<Receipt> {
  const { product, units } = order;
  const written = inSchema(pool, schema, (tx) =>
    recordOnce(tx, run, async () => {
      await tx.query(
        `insert into events (event, kind, product, units, amount_minor, sequence, refused, deliveries, applied)
         values ($1, 'sale', $2, $3, 0, 0, false, 1, 1)`,
        [run.request, product, units],
      );
      return { order: run.request, product, units };
    }),
  );
  return inBooks(written);
}
