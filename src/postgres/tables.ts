import type { Database } from "./database.js";

const SQL = `
create table if not exists moonpath_requests (
  tenant      text        not null,
  request     text        not null,
  fence       bigint      not null,
  reply       text,
  recorded_at timestamptz not null default now(),
  primary key (tenant, request)
);
create index if not exists moonpath_requests_recorded_at on moonpath_requests (recorded_at);
create table if not exists moonpath_fences (
  tenant text   not null,
  lock   text   not null,
  fence  bigint not null,
  primary key (tenant, lock)
);
create table if not exists moonpath_view_batches (
  tenant text   not null,
  shard  text   not null,
  batch  bigint not null,
  digest text   not null,
  primary key (tenant, shard)
);
create table if not exists moonpath_write_batches (
  tenant  text   not null,
  shard   text   not null,
  batch   bigint not null,
  digest  text   not null,
  refused text   not null,
  primary key (tenant, shard)
);`;

/**
 * Returns the SQL that creates the tables of these helpers, for your migrations:
 * `moonpath_requests` (a row per request), `moonpath_fences` (a row per lock),
 * `moonpath_view_batches` and `moonpath_write_batches` (a row per shard). It skips tables that exist.
 */
export function tablesSql(): string {
  return SQL.trim();
}

/** Creates missing tables. Every start may call it, also several processes at the same time. */
export async function createTables(db: Database): Promise<void> {
  // The lock prevents a unique violation in PostgreSQL's catalog if two processes create a table.
  await db.query(`do $$ begin perform pg_advisory_xact_lock(hashtext('moonpath_tables')); ${SQL} end $$`);
}
