import { setTimeout as pause } from "node:timers/promises";
import pg from "pg";
import { createInvalidationOutbox } from "../../../src/outbox/index.js";
import { createTables } from "../../../src/postgres/index.js";

/** How many transactions write how much. */
export interface WritersOptions {
  readonly databaseUrl: string;
  readonly namespace: string;
  readonly rows: number;
  readonly writers: number;
  readonly keys: number;
  readonly onProgress?: (rows: number) => void;
}

/** What the writers have committed. */
export interface Written {
  readonly rows: number;
  readonly transactions: number;
  readonly rolledBack: number;
  /** The last version of each key. Each version from 1 on was enqueued once. */
  readonly versions: ReadonlyMap<string, number>;
}

/**
 * Writes rows of the outbox from many connections with random delays. A transaction counts versions of
 * some keys up, and enqueues each as the entry `version:<key>:<version>`. Some have their transaction
 * number long before they lock a key, some stay open for long, and some roll back.
 */
export async function runWriters(options: WritersOptions): Promise<Written> {
  const { databaseUrl, namespace, writers, keys, onProgress } = options;
  const pool = new pg.Pool({ connectionString: databaseUrl, max: writers });
  pool.on("error", () => undefined);
  await createTables(pool);
  await pool.query(
    "create table versions (key text primary key, version int not null) with (fillfactor = 50)",
  );
  await pool.query("insert into versions select 'k' || n, 0 from generate_series(1, $1::int) as n", [keys]);
  const outbox = createInvalidationOutbox({ namespace });
  let left = options.rows;
  let [rows, transactions, rolledBack] = [0, 0, 0];

  const write = async (): Promise<void> => {
    const client = await pool.connect();
    try {
      while (left > 0) {
        const chosen = new Set(Array.from({ length: 1 + random(4) }, () => `k${1 + random(keys)}`));
        const each = 1 + random(12);
        const isRolledBack = random(20) === 0;
        if (!isRolledBack) left -= chosen.size * each;
        await client.query("begin");
        if (random(3) === 0) {
          await client.query("select pg_current_xact_id()");
          await delay();
        }
        // In one order, so that the writers do not deadlock.
        for (const key of [...chosen].sort()) {
          const updated = await client.query<{ version: number }>(
            "update versions set version = version + $2 where key = $1 returning version",
            [key, each],
          );
          const last = updated.rows[0]?.version ?? Number.NaN;
          if (random(4) === 0) await delay();
          const fields = Array.from({ length: each }, (_, place) => ({
            key,
            version: last - each + 1 + place,
          }));
          await outbox.enqueue(client, { tenant: "acme", pattern: "version:<key>:<version>", fields });
        }
        if (random(4) === 0) await delay();
        await client.query(isRolledBack ? "rollback" : "commit");
        transactions++;
        if (isRolledBack) rolledBack++;
        else {
          rows += chosen.size * each;
          onProgress?.(rows);
        }
      }
    } finally {
      client.release();
    }
  };

  await Promise.all(Array.from({ length: writers }, write));
  const { rows: versions } = await pool.query<{ key: string; version: number }>("select * from versions");
  await pool.end();
  return {
    rows,
    transactions,
    rolledBack,
    versions: new Map(versions.map(({ key, version }) => [key, version])),
  };
}

function random(below: number): number {
  return Math.floor(Math.random() * below);
}

/** Mostly some milliseconds, and sometimes so long that many others commit meanwhile. */
function delay(): Promise<void> {
  return pause(random(200) === 0 ? 200 : random(10));
}

/** Notes deliveries, and what was wrong with them. */
export class DeliveryLog {
  readonly #versions = new Map<string, number>();
  count = 0;
  repeated = 0;
  /** A key's version that came before an earlier one. */
  outOfOrder = 0;

  note(name: string): void {
    const [, key = "", version = ""] = name.split(":");
    const expected = (this.#versions.get(key) ?? 0) + 1;
    this.count++;
    if (Number(version) === expected) this.#versions.set(key, expected);
    else if (Number(version) < expected) this.repeated++;
    else this.outOfOrder++;
  }

  /** How many versions did not come, or not in their order. */
  missing(versions: ReadonlyMap<string, number>): number {
    let missing = 0;
    for (const [key, version] of versions) missing += version - (this.#versions.get(key) ?? 0);
    return missing;
  }
}
