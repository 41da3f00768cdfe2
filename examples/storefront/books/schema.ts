import { createTables, inTransaction } from "moonpath/postgres";
import type { Pool } from "pg";
import { catalogueTables } from "../catalogue/schema.js";

/**
 * Creates the shop's tables in a schema of their own. An earlier schema of that name is removed.
 *
 * - `events`: one row for each event. `deliveries` is the number of its deliveries. `applied` is
 *   the number of deliveries that a script applied, which is at most one.
 * - `orders` and `order_lines`: one row for each order, written before its units move, and one for each
 *   line with the price paid. `missing` has the products of which a refused order found too few units.
 * - `coupons`: one row for each coupon.
 * - `price_sales`: one row for each planned sale.
 * - `product_views`: page views that the view sync has written.
 * - `carts`: one row for each cart of a visitor who did not order.
 * - `offers`: one row for each offer. `ends_in_ms` is its first duration, `ends_at` its end with
 *   extensions, and `ended_by` the claim under which it expired.
 * - the tables of the catalogue, and those of `moonpath/postgres`.
 */
export async function createSchema(pool: Pool, schema: string): Promise<void> {
  const name = checked(schema);
  await inTransaction(pool, async (tx) => {
    await tx.query(`
      drop schema if exists ${name} cascade;
      create schema ${name};
      set local search_path to ${name};
      create table ${name}.events (
        event         text    not null,
        kind          text    not null check (kind in ('opening', 'sale', 'return', 'price')),
        product       text    not null,
        units         integer not null check (units >= 0),
        amount_minor  integer not null check (amount_minor >= 0),
        sequence      bigint  not null,
        refused       boolean not null,
        deliveries    integer not null check (deliveries > 0),
        applied       integer not null,
        primary key (product, kind, event)
      );
      create index on ${name}.events (product) where kind = 'opening';
      create table ${name}.orders (
        order_name      text        primary key,
        invoice         text,
        customer        text        not null,
        coupon          text,
        state           text        not null default 'placed' check (state in ('placed', 'sold', 'refused')),
        missing         text[]      not null default '{}',
        discount_minor  bigint      not null default 0 check (discount_minor >= 0),
        placed_at       timestamptz not null default now()
      );
      create index on ${name}.orders (placed_at) where state = 'placed';
      create table ${name}.order_lines (
        order_name   text    not null references ${name}.orders,
        line         integer not null,
        product      text    not null,
        units        integer not null check (units > 0),
        price_minor  integer not null check (price_minor >= 0),
        primary key (order_name, line)
      );
      create table ${name}.coupons (
        coupon           text    primary key,
        max_orders       integer not null check (max_orders > 0),
        customer_orders  integer not null check (customer_orders > 0),
        discount_minor   integer not null check (discount_minor > 0)
      );
      create table ${name}.price_sales (
        sale          text        primary key,
        product       text        not null,
        amount_minor  integer     not null check (amount_minor >= 0),
        starts_in_ms  bigint      not null check (starts_in_ms >= 0),
        lasts_ms      bigint      not null check (lasts_ms > 0),
        sequence      bigint      not null,
        starts_at     timestamptz not null,
        ends_at       timestamptz not null,
        ended         boolean     not null default false
      );
      create index on ${name}.price_sales (product);
      create table ${name}.product_views (
        product  text   primary key,
        views    bigint not null
      );
      create table ${name}.carts (
        product  text        not null,
        cart     text        not null,
        units    integer     not null check (units > 0),
        lease_ms integer     not null check (lease_ms > 0),
        state    text        not null default 'held' check (state in ('held', 'released', 'expired')),
        ends_at  timestamptz not null,
        primary key (product, cart)
      );
      create index on ${name}.carts (ends_at) where state = 'held';
      create table ${name}.offers (
        offer         text        primary key,
        product       text        not null,
        amount_minor  integer     not null check (amount_minor >= 0),
        ends_in_ms    bigint      not null check (ends_in_ms > 0),
        state         text        not null default 'running' check (state in ('running', 'cancelled', 'expired')),
        started_at    timestamptz not null default now(),
        ends_at       timestamptz not null,
        extended      boolean     not null default false,
        ended_by      text
      );
      create index on ${name}.offers (ends_at) where state = 'running';
      ${catalogueTables(name)}`);
    await createTables(tx);
  });
}

/** Removes the schema and everything in it. */
export async function dropSchema(pool: Pool, schema: string): Promise<void> {
  await pool.query(`drop schema if exists ${checked(schema)} cascade`);
}

/** A schema name is part of SQL texts and statement names, so it is short and plain. */
function checked(schema: string): string {
  if (!/^[a-z][a-z0-9_]{0,39}$/.test(schema))
    throw new TypeError("a schema name is 1 to 40 of a-z, 0-9 and _");
  return schema;
}
