import { Deadline } from "../core/deadline.js";
import type { Database } from "../postgres/index.js";
import { outboxDefaults as defaults } from "./defaults.js";
import type { SharedNames } from "./names.js";
import { bigintOf, type Columns, columnsOf, type OutboxRow, rowOf } from "./rows.js";

/** The rows that a relay delivers next. */
export interface NextRows {
  /** In their order: no transaction that can have an earlier one is open. */
  readonly rows: readonly OutboxRow[];
  /** Rows that failed before, and are due again. */
  readonly retries: readonly OutboxRow[];
  /** The number of the first row that waits for an open transaction. */
  readonly waitingId: bigint | undefined;
  readonly xmin: bigint;
}

/** A row that was not delivered. */
export interface FailedRow {
  readonly id: bigint;
  /** The number of failures that were the row's own. */
  readonly attempts: number;
  readonly retryInMs: number;
  readonly isDead: boolean;
  readonly reason: string;
}

/**
 * The statements of a relay. All run on the connection that holds the leader lock, so a relay that has
 * lost the lock can delete nothing.
 */
export class RelaySession {
  readonly #connection: Database;
  readonly #namespace: string;
  readonly #names: SharedNames;
  readonly #limitMs: number;

  constructor(connection: Database, namespace: string, names: SharedNames, limitMs: number) {
    this.#connection = connection;
    this.#namespace = namespace;
    this.#names = names;
    this.#limitMs = limitMs;
  }

  /** Whether this session is the one that delivers, from now until its connection ends. */
  async lead(): Promise<boolean> {
    const [row] = await this.#query("select pg_try_advisory_lock($1::bigint) as leads", [
      this.#names.leaderLock,
    ]);
    if (row?.["leads"] !== true) return false;
    // The server ends the session, and so its lock, if the process hangs or the network is cut.
    await this.#query(
      `select set_config(name, value, false) from pg_settings join (values
         ('statement_timeout', $1), ('idle_session_timeout', $2), ('idle_in_transaction_session_timeout', $1),
         ('tcp_keepalives_idle', '10'), ('tcp_keepalives_interval', '5'), ('tcp_keepalives_count', '3')
       ) as wanted (name, value) using (name)`,
      [String(this.#limitMs), String(IDLE_LIMIT_MS)],
    );
    await this.#query(`listen ${this.#names.channel}`);
    return true;
  }

  /** The next rows above a number, and those that are due again. */
  async next(aboveId: bigint, limit: number): Promise<NextRows> {
    // A row of another server, from a logical backup, may have a number that no transaction has yet.
    const found = await this.#query(
      `select shot.xmin::text, row.*, row.xid < shot.xmin or row.xid >= shot.xmax as "isDue"
       from (select pg_snapshot_xmin(now) as xmin, pg_snapshot_xmax(now) as xmax from pg_current_snapshot() as now) as shot
       left join lateral (
         select ${COLUMNS}, xid from moonpath_invalidations
         where namespace = $1 and id > $2::bigint and retry_at is null order by id limit $3
       ) as row on true order by row.id`,
      [this.#namespace, aboveId, limit],
    );
    const xmin = bigintOf(found[0] ?? {}, "xmin");
    const rows: OutboxRow[] = [];
    let waitingId: bigint | undefined;
    for (const row of found) {
      if (row["id"] === null) break;
      if (row["isDue"] !== true) {
        // A later row of the same key may have ended first, so all behind it wait too.
        waitingId = bigintOf(row, "id");
        break;
      }
      rows.push(rowOf(row));
    }
    const retries = await this.#query(
      `select ${COLUMNS} from moonpath_invalidations
       where namespace = $1 and retry_at <= now() and dead_at is null order by retry_at limit $2`,
      [this.#namespace, defaults.maxRetries.value],
    );
    return { rows, retries: retries.map(rowOf), waitingId, xmin };
  }

  /** Deletes delivered rows. Returns the number of a transaction that began after they were read. */
  async remove(ids: readonly bigint[]): Promise<bigint> {
    const [row] = await this.#query(
      `with removed as (delete from moonpath_invalidations where namespace = $1 and id = any($2::bigint[]))
       select pg_current_xact_id()::text as xid`,
      [this.#namespace, ids.map(String)],
    );
    return bigintOf(row ?? {}, "xid");
  }

  /** Keeps rows for another try, or makes them dead letters. */
  async setAside(failed: readonly FailedRow[]): Promise<void> {
    await this.#query(
      `update moonpath_invalidations as kept
       set attempts = now.attempts, error = now.reason, retry_at = now() + make_interval(secs => now.delay / 1000),
           dead_at = case when now.dead then now() end
       from unnest($2::bigint[], $3::int[], $4::float8[], $5::boolean[], $6::text[])
         as now (id, attempts, delay, dead, reason)
       where kept.namespace = $1 and kept.id = now.id`,
      [
        this.#namespace,
        failed.map(({ id }) => String(id)),
        failed.map(({ attempts }) => attempts),
        failed.map(({ retryInMs }) => retryInMs),
        failed.map(({ isDead }) => isDead),
        failed.map(({ reason }) => reason),
      ],
    );
  }

  /** Lets writers notify. False while a transaction is open that does not. */
  async becomeIdle(): Promise<boolean> {
    const [row] = await this.#query('select pg_try_advisory_lock($1::bigint) as "isIdle"', [
      this.#names.idleLock,
    ]);
    return row?.["isIdle"] === true;
  }

  async becomeBusy(): Promise<void> {
    await this.#query("select pg_advisory_unlock($1::bigint)", [this.#names.idleLock]);
  }

  /** @throws an error of PostgreSQL, or after `limitMs`: then the connection is of no more use */
  async #query(text: string, values?: unknown[]): Promise<readonly Columns[]> {
    const deadline = new Deadline(this.#limitMs);
    try {
      const { rows } = await deadline.race(this.#connection.query(text, values));
      return rows.map(columnsOf);
    } catch (error) {
      if (deadline.endedBy) throw new Error("PostgreSQL did not answer the relay in time");
      throw error;
    } finally {
      deadline.release();
    }
  }
}

const COLUMNS = `id, tenant, kind, name, is_soft as "isSoft", settle_ms as "settleMs", attempts`;

/** Longer than a batch of calls to a slow Redis, and than `pollMs`. */
const IDLE_LIMIT_MS = 120_000;
