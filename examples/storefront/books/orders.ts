import { recordOnce } from "moonpath/postgres";
import type { Pool } from "pg";
import type { OrderLine } from "../events.js";
import { inBooks } from "./errors.js";
import { inSchema } from "./in-schema.js";

/** An order with the price of each line. */
export interface Order {
  /** The request's name. */
  readonly order: string;
  /** The invoice that the order belongs to, if the replay sent it. */
  readonly invoice: string | undefined;
  readonly customer: string;
  readonly lines: readonly OrderLine[];
}

/** How an order ended. */
export type OrderEnd =
  | { readonly outcome: "sold" }
  /** `products`: those of which too few units were available. */
  | { readonly outcome: "refused"; readonly products: readonly string[] };

/** The state of an order in the books. An order is placed until it has ended. */
export type OrderState = { readonly outcome: "placed" } | OrderEnd;

/** The books' reply about an order. */
export type OrderReceipt<State extends OrderState = OrderState> = State & {
  readonly order: string;
  readonly units: number;
  /** What the customer pays, in pence. */
  readonly amountMinor: number;
};

/** The run of a request that ends an order. */
export interface OrderRun {
  readonly tenant: string;
  readonly request: string;
  readonly fence: number;
}

/**
 * The shop's orders. A row is written before any unit moves, so an interrupted order can be completed
 * from its row.
 */
export class OrderBook {
  readonly #pool: Pool;
  readonly #schema: string;

  constructor(pool: Pool, schema: string) {
    this.#pool = pool;
    this.#schema = schema;
  }

  /** Inserts an order with its lines once, and returns its present state. */
  async place({ order, invoice, customer, lines }: Order): Promise<OrderReceipt> {
    const insert = `
      with placed as (
        insert into ${this.#schema}.orders (order_name, invoice, customer) values ($1, $2, $3)
        on conflict do nothing returning order_name
      )
      insert into ${this.#schema}.order_lines (order_name, line, product, units, price_minor)
      select order_name, line, product, units, price_minor
      from placed, unnest($4::text[], $5::int[], $6::int[]) with ordinality as given (product, units, price_minor, line)`;
    const placed = this.#pool.query(insert, [
      order,
      invoice,
      customer,
      lines.map(({ product }) => product),
      lines.map(({ units }) => units),
      lines.map(({ priceMinor }) => priceMinor),
    ]);
    await inBooks(placed);
    return inBooks(this.#read(this.#pool, order));
  }

  /**
   * Ends an order, in one transaction and once. An order that has ended keeps its end. Returns the end
   * that counts.
   */
  end(run: OrderRun, end: OrderEnd): Promise<OrderReceipt> {
    const ended = inSchema(this.#pool, this.#schema, (tx) =>
      recordOnce(tx, run, async () => {
        await tx.query(
          "update orders set state = $2, missing = $3 where order_name = $1 and state = 'placed'",
          [run.request, end.outcome, end.outcome === "refused" ? end.products : []],
        );
        return this.#read(tx, run.request);
      }),
    );
    return inBooks(ended);
  }

  /** Records a sale whose process has died. Does nothing if the order has ended. */
  async recordSale(order: string): Promise<boolean> {
    const { rowCount } = await this.#pool.query(
      `update ${this.#schema}.orders set state = 'sold' where order_name = $1 and state = 'placed'`,
      [order],
    );
    return rowCount === 1;
  }

  /** Orders that were placed this long ago and have not ended. */
  async unfinished(olderThanMs: number, limit: number): Promise<string[]> {
    const { rows } = await this.#pool.query<{ order: string }>(
      `select order_name as order from ${this.#schema}.orders
       where state = 'placed' and placed_at < now() - make_interval(secs => $1::float8 / 1000)
       order by placed_at limit $2`,
      [olderThanMs, limit],
    );
    return rows.map(({ order }) => order);
  }

  async #read(db: Pick<Pool, "query">, order: string): Promise<OrderReceipt> {
    const { rows } = await db.query<OrderRow>(
      `select state, missing, sum(units)::float8 as units,
         (sum(units::bigint * price_minor) - discount_minor)::float8 as "amountMinor"
       from ${this.#schema}.orders join ${this.#schema}.order_lines using (order_name)
       where order_name = $1 group by order_name`,
      [order],
    );
    const [row] = rows;
    if (row === undefined) throw new Error("the order was removed at the same moment");
    const { state, missing, units, amountMinor } = row;
    const sums = { order, units, amountMinor };
    return state === "refused" ? { outcome: state, products: missing, ...sums } : { outcome: state, ...sums };
  }
}

interface OrderRow {
  readonly state: OrderState["outcome"];
  readonly missing: readonly string[];
  readonly units: number;
  readonly amountMinor: number;
}

/** The sums of all orders in the books. */
export interface OrderSums {
  /** Orders that have not ended. */
  readonly open: number;
  readonly sold: number;
  readonly refused: number;
  /** Lines of orders that have ended. */
  readonly lines: number;
  /** Reservations that were sold: one for each product of an order. */
  readonly reservations: number;
  /** Price times units of all sold lines, in pence. */
  readonly soldMinor: number;
  /** The same of refused lines. */
  readonly refusedMinor: number;
  /** The discounts of sold orders. */
  readonly discountMinor: number;
}

export async function sumOrders(pool: Pool, schema: string): Promise<OrderSums> {
  const { rows } = await pool.query<OrderSums>(
    `select
       (select count(*) from ${schema}.orders where state = 'placed')::float8 as open,
       (select count(*) from ${schema}.orders where state = 'sold')::float8 as sold,
       (select count(*) from ${schema}.orders where state = 'refused')::float8 as refused,
       (select coalesce(sum(discount_minor), 0) from ${schema}.orders where state = 'sold')::float8 as "discountMinor",
       (count(*) filter (where state <> 'placed'))::float8 as lines,
       (count(distinct (order_name, product)) filter (where state = 'sold'))::float8 as reservations,
       coalesce(sum(units::bigint * price_minor) filter (where state = 'sold'), 0)::float8 as "soldMinor",
       coalesce(sum(units::bigint * price_minor) filter (where state = 'refused'), 0)::float8 as "refusedMinor"
     from ${schema}.order_lines join ${schema}.orders using (order_name)`,
  );
  const [sums] = rows;
  if (sums === undefined) throw new Error("the books gave no sums of orders");
  return sums;
}
