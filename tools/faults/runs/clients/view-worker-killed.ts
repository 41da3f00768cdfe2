import { setTimeout as pause } from "node:timers/promises";
import pg from "pg";
import { createTables } from "../../../../src/postgres/index.js";
import { startPostgres } from "../../../../src/testing/index.js";
import type { Fault } from "../../fault.js";
import type { FaultRun } from "../../fault-run.js";
import { startWorker } from "../../fault-run.js";
import { client, connect, ownServer, type ServerAddress } from "../../support/connections.js";
import { formatNumber } from "../../support/run-concurrently.js";

const STEPS = ["before take", "after take", "before commit", "after commit", "after ack"];
const SHARDS = ["0", "1", "2", "3"];
const PRODUCTS = 500;
const VIEWS_A_CALL = 100;
/** Counters that run at once: each counts in a shard of its own. */
const COUNTERS = SHARDS.length;

/**
 * The run kills the worker that writes views to the database at each step, while views are counted.
 */
export const viewWorkerKilled: Fault = {
  id: 2,
  name: "kill -9 of the view worker at each step: take, database, ack",
  async run(run) {
    const [server, database] = await Promise.all([ownServer(run), startPostgres()]);
    run.onClose(database, () => database.stop());
    const pool = run.onClose(new pg.Pool({ connectionString: database.url, max: 4 }), (open) => open.end());
    pool.on("error", () => {});
    await createTables(pool);
    const table = run.name().replaceAll("-", "_");
    await pool.query(`create table ${table} (product text primary key, views bigint not null)`);
    const views = run.size({ full: 1_000_000, quick: 30_000 });
    const kills = run.size({ full: 100, quick: 5 });
    const namespace = run.name();
    const task = {
      port: server.port,
      password: server.password,
      namespace,
      database: database.url,
      table,
      shards: SHARDS.join(","),
      naive: "",
    };

    let killed = 0;
    // A worker without views ends before its step, so views are counted until the last kill.
    const counting = countAll(run, server, namespace, (counted) => counted < views || killed < kills);
    while (killed < kills && !run.signal.aborted) {
      run.progress(`kill ${killed + 1} of ${kills}`);
      const step = STEPS[killed % STEPS.length] ?? "";
      const worker = startWorker(run, "views", { ...task, step, atBatch: killed % 3 });
      if ((await worker.ended) === "SIGKILL") killed++;
    }
    const counted = await counting;
    await startWorker(run, "views", { ...task, step: "never", atBatch: 0 }).ended;
    const written = await sum(pool, table);
    const naive = await naiveLoss(run, pool, server, task);
    return {
      size: `${formatNumber(counted)} views, ${killed} kills over ${STEPS.length} steps`,
      figure: `${formatNumber(Math.max(0, counted - written))} lost, ${formatNumber(Math.max(0, written - counted))} double`,
      control: `a worker that deletes before it writes: ${formatNumber(naive)} of 1,000 lost by one kill`,
      ok: written === counted && killed === kills && naive > 0,
    };
  },
};

/** Counts views while `goesOn` says so. Returns how many. */
async function countAll(
  run: FaultRun,
  place: ServerAddress,
  namespace: string,
  goesOn: (counted: number) => boolean,
): Promise<number> {
  const { tenant } = client(run, place, namespace);
  const paceMs = run.size({ full: 30, quick: 20 });
  let counted = 0;
  const count = async (counter: number) => {
    for (let index = counter; goesOn(counted) && !run.signal.aborted; index += COUNTERS) {
      counted += VIEWS_A_CALL;
      await tenant.views.add({
        shard: SHARDS[index % SHARDS.length] ?? "0",
        views: [{ product: `p${index % PRODUCTS}`, count: VIEWS_A_CALL }],
        rememberMs: 600_000,
      });
      // The kills take minutes, so views are counted slowly.
      await pause(paceMs);
    }
  };
  await Promise.all(Array.from({ length: COUNTERS }, (_, counter) => count(counter)));
  return counted;
}

async function sum(pool: pg.Pool, table: string): Promise<number> {
  const { rows } = await pool.query<{ sum: number }>(
    `select coalesce(sum(views), 0)::float8 as sum from ${table}`,
  );
  return rows[0]?.sum ?? Number.NaN;
}

/** Kills a worker that takes views without a batch. */
async function naiveLoss(
  run: FaultRun,
  pool: pg.Pool,
  place: ServerAddress,
  task: Readonly<Record<string, unknown>>,
): Promise<number> {
  const key = `${run.name()}:plain`;
  const table = run.name().replaceAll("-", "_");
  await pool.query(`create table ${table} (product text primary key, views bigint not null)`);
  await connect(run, place).hset(key, "lamp", 1_000);
  const plain = { ...task, table, naive: key, atBatch: 0 };
  await startWorker(run, "views", { ...plain, step: "after take" }).ended;
  await startWorker(run, "views", { ...plain, step: "never" }).ended;
  return 1_000 - (await sum(pool, table));
}
