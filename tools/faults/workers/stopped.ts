import { once } from "node:events";
import pg from "pg";
import { StaleFenceError } from "../../../src/index.js";
import { guardFence, inTransaction } from "../../../src/postgres/index.js";
import { numberField, ownClient, report, taskOf, textField } from "../support/in-worker.js";

// Acquires a lock repeatedly. Each time it checks its lease and reports its fence. The parent stops
// it there, before its write or during it. When the parent continues it, it reports PostgreSQL's
// result of the write.
const task = taskOf();
const [lock, table, leaseMs] = [
  textField(task, "lock"),
  textField(task, "table"),
  numberField(task, "leaseMs"),
];
// The control has no fence in the transaction.
const plain = numberField(task, "plain") === 1;
const { redis, tenant } = ownClient(task);
const pool = new pg.Pool({ connectionString: textField(task, "database"), max: 1 });
pool.on("error", () => {});
await Promise.all([pool.query("select 1"), redis.ping()]);

async function write(fence: number, midst: boolean): Promise<string> {
  const stop = async () => {
    report(fence);
    await once(process, "message");
  };
  if (!midst) await stop();
  const writing = inTransaction(
    pool,
    async (tx) => {
      if (!plain) await guardFence(tx, { tenant: table, lock, fence });
      if (midst) await stop();
      await tx.query(`insert into ${table} (lock, fence) values ($1, $2)`, [lock, fence]);
    },
    { limitMs: numberField(task, "limitMs") },
  );
  return writing.then(
    () => "written",
    (error: unknown) => (error instanceof StaleFenceError ? "stale" : "ended"),
  );
}

for (let round = 0; round < numberField(task, "rounds"); round++) {
  let outcome = "none";
  const held = tenant.lock.using(lock, { leaseMs, waitMs: 10_000 }, async ({ signal, fence }) => {
    signal.throwIfAborted();
    outcome = await write(fence, round % 3 === 2);
  });
  // The loss of the lock cannot prevent a finished write. This run shows that.
  await held.catch(() => {});
  report(outcome);
}
await pool.end();
redis.disconnect();
process.exit(0);
