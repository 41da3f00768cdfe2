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
);`;

/**
 * The tables of these helpers as SQL, for those who keep migrations: `moonpath_requests` (a row an effect),
 * `moonpath_fences` (a row a lock) and `moonpath_view_batches` (a row a shard).
 */
export function tablesSql(): string {
  return SQL.trim();
}

/** Creates the tables that are not there yet. Safe to call at every start, and by several processes at once. */
export async function createTables(db: Database): Promise<void> {
  // Two processes that create the same table at once would collide in PostgreSQL's catalogue.
  await db.query(`do $$ begin perform pg_advisory_xact_lock(hashtext('moonpath_tables')); ${SQL} end $$`);
}
