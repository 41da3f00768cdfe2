import { outboxDefaults as defaults } from "./defaults.js";
import type { InvalidationDeadLetter, RelayPool } from "./options.js";
import { bigintOf, type Columns, columnsOf, numberOf, textOf } from "./rows.js";

/** What the table of the outbox says. */
export interface StoredStatus {
  /** The rows that are neither delivered nor dead letters. At most 100,000 are counted. */
  readonly depth: number;
  /** The age of the oldest of them, in milliseconds from `enqueue` on; 0 if there is none. */
  readonly oldestMs: number;
  /** Those among them that failed before and are due again later. */
  readonly retrying: number;
  /** The dead letters: rows that failed too often. */
  readonly dead: number;
}

export async function readStatus(pool: RelayPool, namespace: string): Promise<StoredStatus> {
  const [row = {}] = await query(
    pool,
    `select count(*) filter (where dead_at is null) as depth,
       count(*) filter (where retry_at is not null and dead_at is null) as retrying,
       count(*) filter (where dead_at is not null) as dead,
       coalesce(extract(epoch from clock_timestamp() - min(enqueued_at) filter (where dead_at is null)) * 1000, 0)::float8 as "oldestMs"
     from (select dead_at, retry_at, enqueued_at from moonpath_invalidations
       where namespace = $1 order by id limit ${defaults.maxCounted.value}) as known`,
    [namespace],
  );
  return {
    depth: numberOf(row, "depth"),
    oldestMs: Math.max(0, numberOf(row, "oldestMs")),
    retrying: numberOf(row, "retrying"),
    dead: numberOf(row, "dead"),
  };
}

export async function readDeadLetters(
  pool: RelayPool,
  namespace: string,
): Promise<readonly InvalidationDeadLetter[]> {
  const rows = await query(
    pool,
    `select id, tenant, kind, name, error from moonpath_invalidations
     where namespace = $1 and dead_at is not null order by id limit ${defaults.maxListed.value}`,
    [namespace],
  );
  return rows.map((row) => ({
    id: bigintOf(row, "id"),
    tenant: textOf(row, "tenant"),
    kind: row["kind"] === "tag" ? "tag" : "entry",
    name: textOf(row, "name"),
    reason: textOf(row, "error"),
  }));
}

export async function redrive(pool: RelayPool, namespace: string): Promise<number> {
  const [row = {}] = await query(
    pool,
    `with changed as (
       update moonpath_invalidations set dead_at = null, attempts = 0, retry_at = now()
       where namespace = $1 and dead_at is not null returning 1
     ) select count(*) from changed`,
    [namespace],
  );
  return numberOf(row, "count");
}

async function query(pool: RelayPool, text: string, values: unknown[]): Promise<readonly Columns[]> {
  const connection = await pool.connect();
  let isBroken = true;
  try {
    const { rows } = await connection.query(text, values);
    isBroken = false;
    return rows.map(columnsOf);
  } finally {
    connection.release(isBroken);
  }
}
