import pg from "pg";
import { MoonpathError } from "../../../src/index.js";
import { inTransaction, recordOnce } from "../../../src/postgres/index.js";
import { numberField, ownClient, report, taskOf, textField } from "../support/in-worker.js";

// Sends each of its keys several times at once. The effect is a row in PostgreSQL. With `dieAt`, it
// kills itself in that run, after the commit and before the reply is recorded.
const task = taskOf();
const [table, from, count, copies] = [
  textField(task, "table"),
  numberField(task, "from"),
  numberField(task, "count"),
  numberField(task, "copies"),
];
const dieAt = numberField(task, "dieAt");
// The control has no request name in the transaction.
const plain = numberField(task, "plain") === 1;
const { tenant } = ownClient(task);
const pool = new pg.Pool({ connectionString: textField(task, "database"), max: 6 });
let runs = 0;

async function order(key: string): Promise<void> {
  await tenant.idempotency.run(
    key,
    { key },
    async ({ request, fence }) => {
      runs++;
      const reply = await inTransaction(pool, (tx) => {
        const effect = async () => {
          await tx.query(`insert into ${table} (request) values ($1)`, [request]);
          return { receipt: request };
        };
        return plain ? effect() : recordOnce(tx, { tenant: table, request, fence }, effect);
      });
      if (dieAt > 0 && runs >= dieAt) process.kill(process.pid, "SIGKILL");
      return reply;
    },
    { leaseMs: numberField(task, "leaseMs"), waitMs: numberField(task, "waitMs") },
  );
}

let next = 0;
async function worker(): Promise<void> {
  while (next < count) {
    const key = `order-${from + next++}`;
    const copiesOf = Array.from({ length: copies }, () =>
      order(key).catch((error: unknown) => {
        if (!(error instanceof MoonpathError)) throw error;
      }),
    );
    await Promise.all(copiesOf);
  }
}
await Promise.all(Array.from({ length: 32 }, worker));
report("done");
process.exit(0);
