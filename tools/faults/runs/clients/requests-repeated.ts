import pg from "pg";
import { createTables } from "../../../../src/postgres/index.js";
import { startPostgres } from "../../../../src/testing/index.js";
import type { Fault } from "../../fault.js";
import type { FaultRun } from "../../fault-run.js";
import { startWorker } from "../../fault-run.js";
import { client, ownServer } from "../../support/connections.js";
import { formatNumber, runConcurrently } from "../../support/run-concurrently.js";

/** Copies of each request that each of the two processes sends at once. */
const COPIES = [3, 2] as const;
const LEASE_MS = 1_000;

/**
 * Each request comes five times at once, in two processes. The run kills the processes between the
 * effect and its record.
 */
export const requestsRepeated: Fault = {
  id: 16,
  name: "Idempotency keys with concurrent duplicates, and killed processes",
  async run(run) {
    const [server, database] = await Promise.all([ownServer(run), startPostgres()]);
    run.onClose(database, () => database.stop());
    const pool = run.onClose(new pg.Pool({ connectionString: database.url, max: 4 }), (open) => open.end());
    pool.on("error", () => {});
    await createTables(pool);
    const table = run.name().replaceAll("-", "_");
    await pool.query(`create table ${table} (request text not null)`);
    const keys = run.size({ full: 100_000, quick: 600 });
    const kills = run.size({ full: 40, quick: 2 });
    const namespace = run.name();
    const { tenant } = client(run, server, namespace);
    const shared = {
      port: server.port,
      password: server.password,
      namespace,
      database: database.url,
      leaseMs: LEASE_MS,
    };
    const task = { ...shared, table, waitMs: 10 * LEASE_MS, plain: 0 };
    const part = Math.ceil(keys / kills);
    let killed = 0;
    for (let kill = 0; kill < kills && !run.signal.aborted; kill++) {
      run.progress(`kill ${kill + 1} of ${kills}`);
      const share = { from: kill * part, count: Math.min(part, keys - kill * part) };
      // Both processes send the same keys. One of them dies during its work.
      const workers = COPIES.map((copies, one) =>
        startWorker(run, "orders", { ...task, ...share, copies, dieAt: one === 0 ? 20 + kill : 0 }),
      );
      const ends = await Promise.all(workers.map((worker) => worker.ended));
      killed += ends.filter((end) => end === "SIGKILL").length;
    }
    // A call for each key now gets a reply or runs the request. No key is blocked after the lease.
    let stuck = 0;
    await runConcurrently(run, { count: keys, workers: 32 }, async (index) => {
      const key = `order-${index}`;
      const again = tenant.idempotency.run(key, { key }, () => ({ receipt: key }), { waitMs: 3 * LEASE_MS });
      await again.catch(() => {
        stuck++;
      });
    });
    const { rows } = await pool.query<{ effects: number; keys: number }>(
      `select count(*)::int as effects, count(distinct request)::int as keys from ${table}`,
    );
    const { effects = 0, keys: distinct = 0 } = rows[0] ?? {};
    const plain = await doubleWithout(run, pool, task);
    return {
      size: `${formatNumber(keys)} keys, each sent ${COPIES[0] + COPIES[1]} times at once from ${COPIES.length} processes, ${killed} kills`,
      figure: `${formatNumber(effects - distinct)} double effects in PostgreSQL, ${formatNumber(keys - distinct)} missing, ${formatNumber(stuck)} keys blocked after the lease`,
      control: `without the request's name in the transaction, one kill: ${plain} double`,
      ok: effects === distinct && distinct === keys && stuck === 0 && killed > 0 && plain > 0,
    };
  },
};

/**
 * One process dies after its commit, and another one runs the same keys. Returns the number of
 * double effects.
 */
async function doubleWithout(
  run: FaultRun,
  pool: pg.Pool,
  task: Readonly<Record<string, unknown>>,
): Promise<number> {
  const table = run.name().replaceAll("-", "_");
  await pool.query(`create table ${table} (request text not null)`);
  const plain = { ...task, namespace: run.name(), table, plain: 1, from: 0, count: 10, copies: 1 };
  await startWorker(run, "orders", { ...plain, dieAt: 1 }).ended;
  await startWorker(run, "orders", { ...plain, dieAt: 0 }).ended;
  const { rows } = await pool.query<{ twice: number }>(
    `select (count(*) - count(distinct request))::int as twice from ${table}`,
  );
  return rows[0]?.twice ?? 0;
}
