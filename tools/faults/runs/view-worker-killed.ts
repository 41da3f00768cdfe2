import { setTimeout as pause } from "node:timers/promises";
import pg from "pg";
import { createTables } from "../../../src/postgres/index.js";
import { startPostgres } from "../../../src/testing/index.js";
import type { Bench } from "../bench.js";
import { startWorker } from "../bench.js";
import type { Fault } from "../fault.js";
import { client, connect, ownServer, type Place } from "../support/connections.js";
import { crowd, number } from "../support/crowd.js";

const STEPS = ["before take", "after take", "before commit", "after commit", "after ack"];
const SHARDS = ["0", "1", "2", "3"];
const PRODUCTS = 500;
const VIEWS_A_CALL = 100;

/** The worker that brings views into the database is killed at every step, again and again, while views are counted. */
export const viewWorkerKilled: Fault = {
  id: 2,
  name: "kill -9 of the view worker at every step of take, database and ack",
  async run(bench) {
    const [server, database] = await Promise.all([ownServer(bench), startPostgres()]);
    bench.closing(database, () => database.stop());
    const pool = bench.closing(new pg.Pool({ connectionString: database.url, max: 4 }), (open) => open.end());
    pool.on("error", () => {});
    await createTables(pool);
    const table = bench.name().replaceAll("-", "_");
    await pool.query(`create table ${table} (product text primary key, views bigint not null)`);
    const views = bench.size({ full: 1_000_000, quick: 30_000 });
    const kills = bench.size({ full: 100, quick: 5 });
    const namespace = bench.name();
    const task = {
      port: server.port,
      password: server.password,
      namespace,
      database: database.url,
      table,
      shards: SHARDS.join(","),
      naive: "",
    };

    const counting = countAll(bench, server, namespace, views);
    let killed = 0;
    while (killed < kills && !bench.signal.aborted) {
      bench.progress(`kill ${killed + 1} of ${kills}`);
      const step = STEPS[killed % STEPS.length] ?? "";
      const worker = startWorker(bench, "views", { ...task, step, atBatch: killed % 3 });
      if ((await worker.ended) === "SIGKILL") killed++;
    }
    await counting;
    await startWorker(bench, "views", { ...task, step: "never", atBatch: 0 }).ended;
    const written = await sum(pool, table);
    const naive = await naiveLoss(bench, pool, server, task);
    return {
      size: `${number(views)} views, ${killed} kills over ${STEPS.length} steps`,
      figure: `${number(Math.max(0, views - written))} lost, ${number(Math.max(0, written - views))} double`,
      control: `read, delete and then write: ${number(naive)} of 1,000 lost by one kill`,
      ok: written === views && killed === kills && naive > 0,
    };
  },
};

async function countAll(bench: Bench, place: Place, namespace: string, views: number) {
  const { tenant } = client(bench, place, namespace);
  const paceMs = bench.size({ full: 30, quick: 20 });
  await crowd(bench, { count: views / VIEWS_A_CALL, hands: 4 }, async (index) => {
    const product = `p${index % PRODUCTS}`;
    await tenant.views.add({
      shard: SHARDS[index % SHARDS.length] ?? "0",
      views: [{ product, count: VIEWS_A_CALL }],
      rememberMs: 600_000,
    });
    // The kills go on for minutes; views are counted all the while.
    await pause(paceMs);
  });
}

async function sum(pool: pg.Pool, table: string): Promise<number> {
  const { rows } = await pool.query<{ sum: number }>(
    `select coalesce(sum(views), 0)::float8 as sum from ${table}`,
  );
  return rows[0]?.sum ?? Number.NaN;
}

/** One kill of a worker that takes without a batch. */
async function naiveLoss(
  bench: Bench,
  pool: pg.Pool,
  place: Place,
  task: Readonly<Record<string, unknown>>,
): Promise<number> {
  const key = `${bench.name()}:plain`;
  const table = bench.name().replaceAll("-", "_");
  await pool.query(`create table ${table} (product text primary key, views bigint not null)`);
  await connect(bench, place).hset(key, "lamp", 1_000);
  const plain = { ...task, table, naive: key, atBatch: 0 };
  await startWorker(bench, "views", { ...plain, step: "after take" }).ended;
  await startWorker(bench, "views", { ...plain, step: "never" }).ended;
  return 1_000 - (await sum(pool, table));
}
