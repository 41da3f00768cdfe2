import type { Redis } from "ioredis";
import pg from "pg";
import { createTables } from "../../../../src/postgres/index.js";
import { startPostgres } from "../../../../src/testing/index.js";
import { createWriteQueue } from "../../../../src/writebehind/index.js";
import type { Fault } from "../../fault.js";
import type { FaultRun } from "../../fault-run.js";
import { startWorker } from "../../fault-run.js";
import { client, ownServer } from "../../support/connections.js";
import { formatNumber } from "../../support/run-concurrently.js";
import { noteOf, QUEUE } from "../../support/writes.js";

const FLUSHER_STEPS = ["after commit", "before commit", "before ack", "after take"];
const WRITER_STEPS = ["between two writes", "during the write", "before the write", "after the write"];
/** Events of the control. */
const CONTROL = 100;

/**
 * The run kills the process that queues writes, and the worker that brings them to the database, at
 * each step. The database refuses some writes.
 */
export const writesKilled: Fault = {
  id: 25,
  name: "kill -9 of the write-behind worker and of the writing process at each step",
  async run(run) {
    const [server, database] = await Promise.all([ownServer(run), startPostgres()]);
    run.onClose(database, () => database.stop());
    const pool = run.onClose(new pg.Pool({ connectionString: database.url, max: 4 }), (open) => open.end());
    pool.on("error", () => {});
    await createTables(pool);
    const { redis, moonpath } = client(run, server, run.name());
    const acknowledged = run.name();
    const place = { port: server.port, password: server.password, database: database.url, acknowledged };
    const task = {
      ...place,
      namespace: moonpath.namespace,
      table: await tablesOf(run, pool),
      count: run.size({ full: 1_000, quick: 150 }),
    };
    const kills = run.size({ full: 50, quick: 2 });

    let killed = 0;
    const killAll = async (role: string, steps: readonly string[], spread: number) => {
      for (let own = 0; own < kills && !run.signal.aborted; ) {
        run.progress(`kill ${killed + 1} of ${2 * kills}`);
        const step = steps[own % steps.length] ?? "";
        // A worker that has waited for writes in vain ends before its step.
        const ended = await startWorker(run, "writes", { ...task, role, step, at: (own * 7) % spread }).ended;
        if (ended !== "SIGKILL") continue;
        own++;
        killed++;
      }
    };
    let areFlushersKilled = false;
    const flushers = killAll("flusher", FLUSHER_STEPS, 3).finally(() => {
      areFlushersKilled = true;
    });
    await killAll("writer", WRITER_STEPS, 40);
    // The last writers are not killed. Without writes, no flusher would reach its step.
    do {
      await startWorker(run, "writes", { ...task, role: "writer", step: "never", at: 0 }).ended;
    } while (!areFlushersKilled && !run.signal.aborted);
    await flushers;
    await startWorker(run, "writes", { ...task, role: "flusher", step: "never", at: 0 }).ended;

    const dead = await createWriteQueue(moonpath, { name: QUEUE }).tenant("shop").listDead();
    const refused = dead.map(({ operation }) => Number(operation.replace("event-", "")));
    const result = await compare(pool, task.table, redis, acknowledged, refused);
    const [lost, twice] = [
      await withoutGuard(run, pool, place, true),
      await withoutGuard(run, pool, place, false),
    ];
    return {
      size: `${formatNumber(result.acknowledged)} acknowledged writes of which ${formatNumber(refused.length)} are refused, ${killed} kills`,
      figure: `${result.lost} lost, ${result.twice} applied twice, ${result.disordered} out of order`,
      control: `of ${CONTROL} writes by one kill: ${lost} lost by a worker that acknowledges first, ${twice} applied twice by one without the batch's number`,
      ok:
        result.lost === 0 &&
        result.twice === 0 &&
        result.disordered === 0 &&
        killed === 2 * kills &&
        refused.length > 0 &&
        lost > 0 &&
        twice > 0,
    };
  },
};

/** Makes the tables of events and rows. Returns the start of their names. */
async function tablesOf(run: FaultRun, pool: pg.Pool): Promise<string> {
  const table = run.name().replaceAll("-", "_");
  await pool.query(
    `create table ${table}_events (at bigserial, key text, number bigint, note text check (note <> 'refused'));
     create table ${table}_rows (key text primary key, version bigint not null, lowered int not null default 0)`,
  );
  return table;
}

interface Result {
  readonly acknowledged: number;
  readonly lost: number;
  readonly twice: number;
  readonly disordered: number;
}

async function compare(
  pool: pg.Pool,
  table: string,
  redis: Redis,
  prefix: string,
  refused: readonly number[],
): Promise<Result> {
  const events = (await redis.smembers(`${prefix}:events`)).map(Number);
  const versions = Object.entries(await redis.hgetall(`${prefix}:rows`));
  const written = await pool.query<{ number: string; times: string }>(
    `select number, count(*) as times from ${table}_events group by number`,
  );
  const times = new Map(written.rows.map((row) => [Number(row.number), Number(row.times)]));
  for (const number of refused) times.set(number, (times.get(number) ?? 0) + 1);
  const rows = await pool.query<{ key: string; version: string; lowered: number }>(
    `select * from ${table}_rows`,
  );
  const stored = new Map(rows.rows.map(({ key, version }) => [key, Number(version)]));
  const order = await pool.query<{ count: string }>(
    `select count(*) from (select number < lag(number) over (partition by key order by at) as back
     from ${table}_events) as pairs where back`,
  );
  const lowered = rows.rows.reduce((sum, row) => sum + row.lowered, 0);
  return {
    acknowledged: 2 * events.length,
    lost:
      events.filter((number) => !times.has(number)).length +
      versions.filter(([row, version]) => (stored.get(row) ?? -1) < Number(version)).length,
    twice:
      [...times.values()].filter((count) => count > 1).length +
      refused.filter((number) => noteOf(number) !== "refused").length,
    disordered: Number(order.rows[0]?.count ?? Number.NaN) + lowered,
  };
}

/** Kills a worker that acknowledges first, or one that writes without the number of the batch. */
async function withoutGuard(
  run: FaultRun,
  pool: pg.Pool,
  place: Readonly<Record<string, unknown>>,
  losing: boolean,
): Promise<number> {
  const namespace = run.name();
  const table = await tablesOf(run, pool);
  const { moonpath } = client(
    run,
    { host: "127.0.0.1", port: Number(place["port"]), password: String(place["password"]) },
    namespace,
  );
  const queue = createWriteQueue(moonpath, { name: QUEUE }).tenant("shop");
  for (let number = 0; number < CONTROL; number++) {
    await queue.append({ key: "events-0", value: Buffer.from(JSON.stringify({ number, note: "fine" })) });
  }
  const role = losing ? "acknowledges first" : "without a number";
  const step = losing ? "before the database" : "after the database";
  const task = { ...place, namespace, table, role, count: 0, at: 0 };
  await startWorker(run, "writes", { ...task, step }).ended;
  await startWorker(run, "writes", { ...task, step: "never" }).ended;
  const { rows } = await pool.query<{ count: string }>(`select count(*) from ${table}_events`);
  return Math.abs(CONTROL - Number(rows[0]?.count));
}
