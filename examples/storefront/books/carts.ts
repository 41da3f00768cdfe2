import type { Pool } from "pg";

/** A cart, whose units are held while its lease runs. */
export interface Cart {
  readonly product: string;
  readonly cart: string;
}

/** How a cart ended without a sale. */
export type CartEnd = "released" | "expired";

/** A cart with its units and the duration of its lease. */
export interface FilledCart extends Cart {
  readonly units: number;
  readonly leaseMs: number;
}

/** The row of a cart in the books. */
export interface CartRow extends Pick<FilledCart, "units" | "leaseMs"> {
  readonly state: "held" | CartEnd;
}

/** Inserts a cart that holds units, and returns its row. An existing row stays as it is. */
export async function openCart(
  pool: Pool,
  schema: string,
  { product, cart, units, leaseMs }: FilledCart,
): Promise<CartRow> {
  await pool.query(
    `insert into ${schema}.carts (product, cart, units, lease_ms, ends_at)
     values ($1, $2, $3, $4::integer, now() + make_interval(secs => $4::float8 / 1000)) on conflict do nothing`,
    [product, cart, units, leaseMs],
  );
  const { rows } = await pool.query<CartRow>(
    `select units, lease_ms as "leaseMs", state from ${schema}.carts where product = $1 and cart = $2`,
    [product, cart],
  );
  const [row] = rows;
  if (row === undefined) throw new Error("the cart was removed at the same moment");
  return row;
}

/** Records the end of a cart. A cart that has ended keeps its first end. */
export async function endCart(
  pool: Pool,
  schema: string,
  { product, cart }: Cart,
  end: CartEnd,
): Promise<void> {
  await pool.query(
    `update ${schema}.carts set state = $3 where product = $1 and cart = $2 and state = 'held'`,
    [product, cart, end],
  );
}

/** Carts whose lease has ended and whose end is not recorded. */
export async function overdueCarts(pool: Pool, schema: string, limit: number): Promise<Cart[]> {
  const { rows } = await pool.query<Cart>(
    `select product, cart from ${schema}.carts where state = 'held' and ends_at <= now() order by ends_at limit $1`,
    [limit],
  );
  return rows;
}

/** The number of carts in each state. */
export interface CartSums {
  readonly held: number;
  readonly released: number;
  readonly expired: number;
}

export async function sumCarts(pool: Pool, schema: string): Promise<CartSums> {
  const { rows } = await pool.query<CartSums>(
    `select
       (count(*) filter (where state = 'held'))::float8 as held,
       (count(*) filter (where state = 'released'))::float8 as released,
       (count(*) filter (where state = 'expired'))::float8 as expired
     from ${schema}.carts`,
  );
  const [sums] = rows;
  if (sums === undefined) throw new Error("the books gave no sums of carts");
  return sums;
}
