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
create table if not exists moonpath_versions (
  tenant   text   not null,
  resource text   not null,
  number   bigint not null,
  primary key (tenant, resource)
);
create table if not exists moonpath_view_batches (
  tenant text   not null,
  shard  text   not null,
  batch  bigint not null,
  digest text   not null,
  primary key (tenant, shard)
);
create table if not exists moonpath_invalidations (
  id          bigint      generated always as identity,
  xid         xid8        not null,
  namespace   text        not null,
  tenant      text        not null,
  kind        text        not null,
  name        text        not null,
  is_soft     boolean     not null,
  settle_ms   bigint,
  enqueued_at timestamptz not null default clock_timestamp(),
  attempts    int         not null default 0,
  retry_at    timestamptz,
  dead_at     timestamptz,
  error       text,
  primary key (namespace, id)
);
create index if not exists moonpath_invalidations_retry_at on moonpath_invalidations (namespace, retry_at)
  where retry_at is not null;
create table if not exists moonpath_write_batches (
  tenant  text   not null,
  shard   text   not null,
  batch   bigint not null,
  digest  text   not null,
  refused text   not null,
  primary key (tenant, shard)
);
create table if not exists moonpath_webhooks (
  id          bigint      generated always as identity,
  namespace   text        not null,
  endpoint    text        not null,
  message     text        not null,
  body        text        not null,
  enqueued_at timestamptz not null default clock_timestamp(),
  due_at      timestamptz not null default clock_timestamp(),
  claims      bigint      not null default 0,
  attempts    int         not null default 0,
  dead_at     timestamptz,
  error       text,
  primary key (namespace, id),
  unique (namespace, endpoint, message)
);
create index if not exists moonpath_webhooks_due_at on moonpath_webhooks (namespace, endpoint, due_at)
  where dead_at is null;`;

/**
 * Returns the SQL that creates the tables of these helpers, for your migrations. It does nothing for
 * tables that exist. It needs PostgreSQL 13 or later.
 *
 * - `moonpath_requests`: a row per request
 * - `moonpath_fences`: a row per lock
 * - `moonpath_versions`: a row per resource that is written with entity tags
 * - `moonpath_view_batches`: a row per shard
 * - `moonpath_write_batches`: a row per shard
 * - `moonpath_invalidations`: a row per invalidation that is not delivered
 * - `moonpath_webhooks`: a row per webhook that is not delivered
 */
export function tablesSql(): string {
  return SQL.trim();
}

/** Creates missing tables. Every start may call it, also several processes at the same time. */
export async function createTables(db: Database): Promise<void> {
  // The lock prevents a unique violation in PostgreSQL's catalog if two processes create a table.
  await db.query(`do $$ begin perform pg_advisory_xact_lock(hashtext('moonpath_tables')); ${SQL} end $$`);
}
