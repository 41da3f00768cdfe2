import { createTables, inTransaction } from "moonpath/postgres";
import type { Pool } from "pg";

/**
 * Creates the shop's tables, empty, in a schema of their own; an earlier one of that name goes.
 *
 * - `events`: one row an event. `deliveries` counts how often it arrived, `applied` how often a
 * script took it
 *   as new (once, however often it arrives).
 * - `product_views`: page views, as the view sync has brought them.
 * - `carts`: one row a cart that held units. Those of sales are not there: they become events.
 * - `offers`: one row an offer; `ends_in_ms` is as it was made, `ends_at` as it was extended;
 * `ended_by` is the claim under which
 *   it expired.
 * - those of `moonpath/postgres`.
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
      create index on ${name}.offers (ends_at) where state = 'running'`);
    await createTables(tx);
  });
}

/** Removes the schema and everything in it. */
export async function dropSchema(pool: Pool, schema: string): Promise<void> {
  await pool.query(`drop schema if exists ${checked(schema)} cascade`);
}

/** Schema names stand in SQL text and in names of statements, so they are short and plain. */
function checked(schema: string): string {
  if (!/^[a-z][a-z0-9_]{0,39}$/.test(schema))
    throw new TypeError("a schema name is 1 to 40 of a-z, 0-9 and _");
  return schema;
}
