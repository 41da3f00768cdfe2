import { setTimeout as pause } from "node:timers/promises";
import pg from "pg";
import type { Tenant } from "../../../../src/index.js";
import { createTables, guardFence, inTransaction } from "../../../../src/postgres/index.js";
import { startPostgres } from "../../../../src/testing/index.js";
import type { Fault } from "../../fault.js";
import type { FaultRun } from "../../fault-run.js";
import { startWorker } from "../../fault-run.js";
import { client, ownServer } from "../../support/connections.js";
import { formatNumber } from "../../support/run-concurrently.js";

const LEASE_MS = 200;
/**
 * PostgreSQL ends the transaction of a stopped process after this time. The next holder waits for
 * that.
 */
const LIMIT_MS = 400;

interface Setting {
  readonly pool: pg.Pool;
  readonly tenant: Tenant;
  readonly task: Readonly<Record<string, unknown>>;
}

interface Tally {
  stops: number;
  /** Writes that were refused because of their fence. */
  refused: number;
  /** Writes whose transaction PostgreSQL had ended. */
  ended: number;
  /** Cases in which another holder had the lock and had written before, with a higher fence. */
  accepted: number;
}

/**
 * The run stops a holder's process for longer than its lease. The process writes when it continues,
 * after the next holder has written.
 */
export const holderStopped: Fault = {
  id: 4,
  name: "SIGSTOP of a lock holder beyond its lease",
  async run(run) {
    const [server, database] = await Promise.all([ownServer(run), startPostgres()]);
    run.onClose(database, () => database.stop());
    const holders = run.size({ full: 10, quick: 2 });
    const options = { connectionString: database.url, max: holders + 2 };
    const pool = run.onClose(new pg.Pool(options), (open) => open.end());
    pool.on("error", () => {});
    await createTables(pool);
    const namespace = run.name();
    const { tenant } = client(run, server, namespace);
    const shared = { port: server.port, password: server.password, namespace, database: database.url };
    const setting = { pool, tenant, task: { ...shared, leaseMs: LEASE_MS, limitMs: LIMIT_MS } };
    const rounds = run.size({ full: 100, quick: 6 });
    const [guarded, plain] = await Promise.all([
      stopThem(run, setting, { holders, rounds, plain: false }),
      stopThem(run, setting, { holders: 2, rounds: rounds / 2, plain: true }),
    ]);
    return {
      size: `${formatNumber(guarded.stops)} stops beyond leases of ${LEASE_MS} ms, ${holders} holders at a time; the next holder wrote meanwhile`,
      figure: `${guarded.accepted} writes accepted with a stale fence; ${formatNumber(guarded.refused)} refused, ${formatNumber(guarded.ended)} ended with their transaction`,
      control: `without the fence in the transaction: ${formatNumber(plain.accepted)} of ${formatNumber(plain.stops)} accepted`,
      ok:
        guarded.accepted === 0 &&
        guarded.stops === holders * rounds &&
        guarded.refused + guarded.ended === guarded.stops &&
        guarded.refused > 0 &&
        guarded.ended > 0 &&
        plain.accepted > 0,
    };
  },
};

interface Stops {
  readonly holders: number;
  readonly rounds: number;
  readonly plain: boolean;
}

async function stopThem(run: FaultRun, setting: Setting, { holders, rounds, plain }: Stops): Promise<Tally> {
  const table = run.name().replaceAll("-", "_");
  await setting.pool.query(`create table ${table} (id bigserial, lock text not null, fence bigint not null)`);
  const tally: Tally = { stops: 0, refused: 0, ended: 0, accepted: 0 };
  const stopOne = async (_: unknown, holder: number) => {
    const lock = `till-${plain}-${holder}`;
    const worker = startWorker(run, "stopped", {
      ...setting.task,
      lock,
      table,
      rounds,
      plain: plain ? 1 : 0,
    });
    for (let round = 0; round < rounds && !run.signal.aborted; round++) {
      if (typeof (await worker.receive()) !== "number") throw new Error("a holder did not get its lock");
      worker.kill("SIGSTOP");
      const goOn = () => {
        // The message waits until the process continues, so the write is its first action.
        worker.send("write");
        worker.kill("SIGCONT");
      };
      const early = round % 3 === 1;
      await writeNext(setting, { table, lock, plain }, early ? goOn : undefined);
      if (!early) goOn();
      const outcome = await worker.receive();
      tally.stops++;
      if (outcome === "stale") tally.refused++;
      if (outcome === "ended") tally.ended++;
      if (!plain) run.progress(`${formatNumber(tally.stops)} of ${formatNumber(holders * rounds)} stops`);
    }
  };
  await Promise.all(Array.from({ length: holders }, stopOne));
  const { rows } = await setting.pool.query<{ accepted: number }>(
    `select count(*) filter (where fence < highest)::int as accepted from (select fence, max(fence) over
       (partition by lock order by id rows between unbounded preceding and 1 preceding) as highest from ${table}) as writes`,
  );
  tally.accepted = rows[0]?.accepted ?? Number.NaN;
  return tally;
}

interface NextWrite {
  readonly table: string;
  readonly lock: string;
  readonly plain: boolean;
}

/**
 * The next holder's write. With `meanwhile`, the old holder continues while this transaction is
 * open.
 */
async function writeNext(
  { pool, tenant }: Setting,
  { table, lock, plain }: NextWrite,
  meanwhile?: () => void,
): Promise<void> {
  await tenant.lock.using(lock, { leaseMs: 5_000, waitMs: 10_000 }, ({ fence }) =>
    inTransaction(pool, async (tx) => {
      if (!plain) await guardFence(tx, { tenant: table, lock, fence });
      await tx.query(`insert into ${table} (lock, fence) values ($1, $2)`, [lock, fence]);
      if (meanwhile === undefined) return;
      meanwhile();
      await pause(20);
    }),
  );
}
