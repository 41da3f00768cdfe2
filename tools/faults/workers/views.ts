import pg from "pg";
import { applyViews, inTransaction } from "../../../src/postgres/index.js";
import { numberField, ownClient, report, taskOf, textField } from "../support/in-worker.js";

// Writes views to PostgreSQL until there are none, or until it kills itself at the given step of
// its n-th batch. With `naive`, it reads and deletes the counts, and writes them after that.
const task = taskOf();
const [step, atBatch, table] = [
  textField(task, "step"),
  numberField(task, "atBatch"),
  textField(task, "table"),
];
const { redis, tenant } = ownClient(task);
const pool = new pg.Pool({ connectionString: textField(task, "database"), max: 1 });

let batches = 0;
async function reach(name: string): Promise<void> {
  if (name !== step || batches < atBatch) return;
  process.kill(process.pid, "SIGKILL");
  // After the signal, nothing of this process runs except the operation in progress.
  await new Promise(() => {});
}

type Views = readonly { readonly product: string; readonly count: number }[];

async function write(tx: { query(text: string, values: unknown[]): Promise<unknown> }, views: Views) {
  await tx.query(
    `insert into ${table} as known (product, views) select * from unnest($1::text[], $2::bigint[])
     on conflict (product) do update set views = known.views + excluded.views`,
    [views.map(({ product }) => product), views.map(({ count }) => count)],
  );
}

async function drain(shard: string): Promise<void> {
  for (;;) {
    await reach("before take");
    const taken = await tenant.views.take({ shard, limit: 100 });
    if (taken.outcome === "empty") return;
    batches++;
    await reach("after take");
    await inTransaction(pool, async (tx) => {
      const batch = { tenant: `${table}`, shard, ...taken };
      await applyViews(tx, batch, (views) => write(tx, views));
      await reach("before commit");
    });
    await reach("after commit");
    await tenant.views.ack({ shard, batch: taken.batch });
    await reach("after ack");
  }
}

async function drainNaively(key: string): Promise<void> {
  const [[, counts] = [null, null]] = (await redis.multi().hgetall(key).del(key).exec()) ?? [];
  if (typeof counts !== "object" || counts === null) return;
  const views = Object.entries(counts).map(([product, count]) => ({ product, count: Number(count) }));
  batches++;
  await reach("after take");
  if (views.length > 0) await write(pool, views);
}

const shards = textField(task, "shards").split(",");
if (textField(task, "naive") === "") for (const shard of shards) await drain(shard);
else await drainNaively(textField(task, "naive"));
report("drained");
await pool.end();
redis.disconnect();
