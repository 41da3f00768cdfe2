import pg from "pg";
import { MoonpathError } from "../../../src/index.js";
import { inTransaction, recordOnce } from "../../../src/postgres/index.js";
import { ownClient, taskOf, tell, text, whole } from "../support/worker-side.js";

// Sends each of its keys several times at once; the effect is a row in PostgreSQL. With `dieAt`, it kills itself in that run,
// after the commit and before the reply is recorded.
const task = taskOf();
const [table, from, count, copies] = [
  text(task, "table"),
  whole(task, "from"),
  whole(task, "count"),
  whole(task, "copies"),
];
const dieAt = whole(task, "dieAt");
// Without the request's name in the transaction.
const plain = whole(task, "plain") === 1;
const { tenant } = ownClient(task);
const pool = new pg.Pool({ connectionString: text(task, "database"), max: 6 });
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
    { leaseMs: whole(task, "leaseMs"), waitMs: whole(task, "waitMs") },
  );
}

let next = 0;
async function hand(): Promise<void> {
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
await Promise.all(Array.from({ length: 32 }, hand));
tell("done");
process.exit(0);
