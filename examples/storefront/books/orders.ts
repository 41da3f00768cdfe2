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
  readonly coupon: string | undefined;
  readonly lines: readonly OrderLine[];
}

/** How an order ended. */
export type OrderEnd =
  /** `discountMinor`: what a coupon takes off, in pence. */
  | { readonly outcome: "sold"; readonly discountMinor: number }
  /** `products`: those of which too few units were available. */
  | { readonly outcome: "refused"; readonly products: readonly string[] };

/** The state of an order in the books. An order is placed until it has ended. */
export type OrderState = { readonly outcome: "placed" } | OrderEnd;

/** The books' reply about an order. */
export type OrderReceipt<State extends OrderState = OrderState> = State & {
  readonly order: string;
  readonly units: number;
  /** Price times units of all lines, in pence. The customer pays this less the discount. */
  readonly amountMinor: number;
};

/** A placed order that has not ended. */
export interface UnfinishedOrder {
  readonly order: string;
  readonly customer: string;
  readonly coupon: string | undefined;
  readonly amountMinor: number;
}

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
  async place({ order, invoice, customer, coupon, lines }: Order): Promise<OrderReceipt> {
    const insert = `
      with placed as (
        insert into ${this.#schema}.orders (order_name, invoice, customer, coupon) values ($1, $2, $3, $7)
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
      coupon,
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
        await this.#end(tx, run.request, end);
        return this.#read(tx, run.request);
      }),
    );
    return inBooks(ended);
  }

  /** Ends an order whose process has died. Returns whether it had not ended before. */
  async endUnfinished(order: string, end: OrderEnd): Promise<boolean> {
    return (await this.#end(this.#pool, order, end)) === 1;
  }

  /** Orders that were placed this long ago and have not ended. */
  async unfinished(olderThanMs: number, limit: number): Promise<UnfinishedOrder[]> {
    const { rows } = await this.#pool.query<Omit<UnfinishedOrder, "coupon"> & { coupon: string | null }>(
      `select order_name as order, customer, coupon, sum(units::bigint * price_minor)::float8 as "amountMinor"
       from ${this.#schema}.orders join ${this.#schema}.order_lines using (order_name)
       where state = 'placed' and placed_at < now() - make_interval(secs => $1::float8 / 1000)
       group by order_name order by placed_at limit $2`,
      [olderThanMs, limit],
    );
    return rows.map(({ coupon, ...order }) => ({ ...order, coupon: coupon ?? undefined }));
  }

  async #end(db: Pick<Pool, "query">, order: string, end: OrderEnd): Promise<number | null> {
    const { outcome } = end;
    const { rowCount } = await db.query(
      `update ${this.#schema}.orders set state = $2, missing = $3, discount_minor = $4
       where order_name = $1 and state = 'placed'`,
      [order, outcome, outcome === "refused" ? end.products : [], outcome === "sold" ? end.discountMinor : 0],
    );
    return rowCount;
  }

  async #read(db: Pick<Pool, "query">, order: string): Promise<OrderReceipt> {
    const { rows } = await db.query<OrderRow>(
      `select state, missing, discount_minor::float8 as "discountMinor", sum(units)::float8 as units,
         sum(units::bigint * price_minor)::float8 as "amountMinor"
       from ${this.#schema}.orders join ${this.#schema}.order_lines using (order_name)
       where order_name = $1 group by order_name`,
      [order],
    );
    const [row] = rows;
    if (row === undefined) throw new Error("the order was removed at the same moment");
    const { state, missing, discountMinor, units, amountMinor } = row;
    const sums = { order, units, amountMinor };
    switch (state) {
      case "placed":
        return { outcome: state, ...sums };
      case "sold":
        return { outcome: state, discountMinor, ...sums };
      case "refused":
        return { outcome: state, products: missing, ...sums };
    }
  }
}

interface OrderRow {
  readonly state: OrderState["outcome"];
  readonly missing: readonly string[];
  readonly discountMinor: number;
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
