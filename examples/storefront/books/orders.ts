import { recordOnce } from "moonpath/postgres";
import type { Pool } from "pg";
import { inBooks } from "./errors.js";
import { inSchema } from "./in-schema.js";

/** An order whose units have left the shelves. */
export interface Order {
  readonly product: string;
  readonly units: number;
}

export interface OrderRun {
  readonly tenant: string;
  /** The request's name, which becomes the order's. */
  readonly request: string;
  readonly fence: number;
}

/** What the customer is told. */
export interface Receipt extends Order {
  readonly order: string;
}

/** Takes an order down as a sale, once however often its request is run. */
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
