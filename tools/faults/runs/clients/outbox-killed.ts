import { setTimeout as pause } from "node:timers/promises";
import pg from "pg";
import type { Moonpath } from "../../../../src/index.js";
import { createTables } from "../../../../src/postgres/index.js";
import { startPostgres } from "../../../../src/testing/index.js";
import type { Fault } from "../../fault.js";
import { type FaultRun, startWorker } from "../../fault-run.js";
import { checkDeliveries, ROWS, versionsCache, versionsOf } from "../../support/cache/outbox.js";
import { client, ownServer } from "../../support/connections.js";
import { formatNumber } from "../../support/run-concurrently.js";

const WRITER_STEPS = ["after commit", "before commit"];
const RELAY_STEPS = ["after delivery", "before delivery"];

/** The run kills processes that change rows, and the relay that delivers their invalidations. */
export const outboxKilled: Fault = {
  id: 32,
  name: "Outbox: kill -9 of writers between commit and invalidation, and of the relay while it delivers",
  async run(run) {
    const [server, database] = await Promise.all([ownServer(run), startPostgres()]);
    run.onClose(database, () => database.stop());
    const pool = run.onClose(new pg.Pool({ connectionString: database.url, max: 4 }), (open) => open.end());
    pool.on("error", () => {});
    await createTables(pool);
    const { redis, moonpath } = client(run, server, run.name());
    const deliveries = run.name();
    const place = { port: server.port, password: server.password, database: database.url, deliveries };
    const table = await rowsTable(run, pool);
    const task = {
      ...place,
      namespace: moonpath.namespace,
      table,
      count: run.size({ full: 500, quick: 100 }),
    };
    const kills = run.size({ full: 25, quick: 3 });

    let killed = 0;
    const killAll = async (role: string, steps: readonly string[], spread: number) => {
      for (let own = 0; own < kills && !run.signal.aborted; ) {
        run.progress(`kill ${killed + 1} of ${2 * kills}`);
        const step = steps[own % steps.length] ?? "";
        // A relay that has waited for rows in vain ends before its step.
        const ended = await startWorker(run, "outbox", { ...task, role, step, at: (own * 7) % spread }).ended;
        if (ended !== "SIGKILL") continue;
        own++;
        killed++;
      }
    };
    const reading = run.onClose(new Readers(moonpath, pool, table), (open) => open.stop());
    let areRelaysKilled = false;
    const relays = killAll("relay", RELAY_STEPS, 30).finally(() => {
      areRelaysKilled = true;
    });
    await killAll("writer", WRITER_STEPS, 40);
    // The last writers are not killed. Without rows, no relay would reach its step.
    do {
      await startWorker(run, "outbox", { ...task, role: "writer", step: "never", at: 0 }).ended;
    } while (!areRelaysKilled && !run.signal.aborted);
    await relays;
    await startWorker(run, "outbox", { ...task, role: "relay", step: "never", at: 0 }).ended;
    const stale = await reading.stop();

    const versions = await versionsOf(pool, table);
    const committed = [...versions.values()].reduce((sum, version) => sum + version, 0);
    const names = (await redis.lrange(deliveries, 0, -1)).filter((name) => name.startsWith("version:"));
    const { skipped, disordered, repeated } = checkDeliveries(names, versions);
    const control = await withoutOutbox(run, pool, moonpath, place);
    return {
      size: `${formatNumber(committed)} committed changes of ${ROWS} rows, each with two invalidations, ${killed} kills`,
      figure: `${skipped} skipped, ${disordered} out of order, ${stale} entries stale; ${formatNumber(repeated)} delivered again`,
      control: `writers that invalidate after the commit, without the outbox: ${control.stale} of ${ROWS} entries stale after ${control.kills} kills`,
      ok: skipped + disordered + stale === 0 && repeated > 0 && killed === 2 * kills && control.stale > 0,
    };
  },
};

async function rowsTable(run: FaultRun, pool: pg.Pool): Promise<string> {
  const table = run.name().replaceAll("-", "_");
  await pool.query(`create table ${table} (row int primary key, version int not null)`);
  await pool.query(`insert into ${table} select n, 0 from generate_series(0, $1::int) as n`, [ROWS - 1]);
  return table;
}

/** Reads all entries again and again, so that each is stored when its row changes. */
class Readers {
  readonly #entries;
  readonly #rows = Array.from({ length: ROWS }, (_, row) => ({ row }));
  readonly #reading: Promise<void>;
  #isStopped = false;

  constructor(
    moonpath: Moonpath,
    readonly pool: pg.Pool,
    readonly table: string,
  ) {
    this.#entries = versionsCache(moonpath, pool, table).tenant("shop");
    this.#reading = this.#read();
    this.#reading.catch(() => {}); // `stop` rejects with it.
  }

  async #read(): Promise<void> {
    while (!this.#isStopped) {
      await this.#entries.getMany(this.#rows);
      await pause(10);
    }
  }

  /** How many entries have not the version of their row. */
  async stop(): Promise<number> {
    this.#isStopped = true;
    await this.#reading;
    const versions = await versionsOf(this.pool, this.table);
    const found = await Promise.all(this.#rows.map((one) => this.#entries.get(one)));
    return found.filter((version, row) => version !== undefined && version !== versions.get(row)).length;
  }
}

/** Kills writers that invalidate by themselves. */
async function withoutOutbox(
  run: FaultRun,
  pool: pg.Pool,
  moonpath: Moonpath,
  place: Readonly<Record<string, unknown>>,
): Promise<{ readonly stale: number; readonly kills: number }> {
  const table = await rowsTable(run, pool);
  const { namespace } = moonpath;
  // The entries of the run are of another table.
  await moonpath.tenant("shop").cache.invalidateAll();
  const reading = run.onClose(new Readers(moonpath, pool, table), (open) => open.stop());
  const kills = run.size({ full: 10, quick: 3 });
  const task = { ...place, namespace, table, count: 100, role: "plain writer", step: "after commit" };
  for (let own = 0; own < kills && !run.signal.aborted; own++) {
    await startWorker(run, "outbox", { ...task, at: own }).ended;
  }
  return { stale: await reading.stop(), kills };
}
