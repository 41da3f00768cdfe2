import type { Pool } from "pg";
import { inBooks } from "./errors.js";

/** A coupon: a fixed discount for a limited number of orders. */
export interface Coupon {
  readonly coupon: string;
  /** Orders in all. */
  readonly limit: number;
  /** Orders of each customer. */
  readonly customerLimit: number;
  /** What an order with the coupon costs less, in pence. */
  readonly discountMinor: number;
}

/** The coupons. Redis counts their redemptions, and the books have the discounts. */
export class CouponBook {
  readonly #pool: Pool;
  readonly #schema: string;

  constructor(pool: Pool, schema: string) {
    this.#pool = pool;
    this.#schema = schema;
  }

  /** Inserts a coupon once. `mismatch`: the first delivery had other content. */
  async set({ coupon, limit, customerLimit, discountMinor }: Coupon): Promise<"set" | "mismatch"> {
    const content = [coupon, limit, customerLimit, discountMinor];
    const insert = `insert into ${this.#schema}.coupons (coupon, max_orders, customer_orders, discount_minor)
      values ($1, $2, $3, $4) on conflict (coupon) do nothing`;
    await inBooks(this.#pool.query(insert, content));
    const same = `select 1 from ${this.#schema}.coupons
      where (coupon, max_orders, customer_orders, discount_minor) = ($1, $2::integer, $3::integer, $4::integer)`;
    const { rowCount } = await inBooks(this.#pool.query(same, content));
    return rowCount === 1 ? "set" : "mismatch";
  }

  /** The discount of a coupon in pence; undefined if it is unknown. */
  async discountOf(coupon: string): Promise<number | undefined> {
    const { rows } = await inBooks(
      this.#pool.query<{ discountMinor: number }>(
        `select discount_minor as "discountMinor" from ${this.#schema}.coupons where coupon = $1`,
        [coupon],
      ),
    );
    return rows[0]?.discountMinor;
  }

  /** How often each coupon was used by orders that are sold. */
  async sums(): Promise<CouponSums[]> {
    const { rows } = await this.#pool.query<CouponSums>(
      `with used as (
         select coupon, customer, count(*) as orders from ${this.#schema}.orders
         where state = 'sold' and discount_minor > 0 group by coupon, customer
       )
       select coupon, max_orders as "limit", customer_orders as "customerLimit",
         coalesce(sum(orders), 0)::float8 as orders, coalesce(max(orders), 0)::float8 as "ordersOfOne"
       from ${this.#schema}.coupons left join used using (coupon) group by coupon order by coupon`,
    );
    return rows;
  }
}

/** The use of one coupon, by the books. */
export interface CouponSums extends Pick<Coupon, "coupon" | "limit" | "customerLimit"> {
  /** Sold orders with a discount. */
  readonly orders: number;
  /** The most of them by one customer. */
  readonly ordersOfOne: number;
}
