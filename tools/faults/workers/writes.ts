import { setTimeout as pause } from "node:timers/promises";
import pg from "pg";
import { applyWrites, inTransaction } from "../../../src/postgres/index.js";
import { createWriteBehind, createWriteQueue, type QueuedWrite } from "../../../src/writebehind/index.js";
import { numberField, ownClient, taskOf, textField } from "../support/in-worker.js";
import { EVENTS, KEYS, noteOf, PLACE, QUEUE, rowsCache } from "../support/writes.js";

// With the role `writer`, it queues writes until it kills itself at the given step of its n-th write.
// With `flusher`, it writes them to PostgreSQL until there are none, or until it kills itself. The
// other roles are flushers without a guard.
const task = taskOf();
const [role, step, at] = [textField(task, "role"), textField(task, "step"), numberField(task, "at")];
const table = textField(task, "table");
const { redis, moonpath, tenant } = ownClient(task);

/** A worker that finds no writes for so long ends, and another one is started. */
const WAIT_MS = 30_000;

let reached = 0;
async function reach(name: string): Promise<void> {
  if (name !== step || reached++ < at) return;
  process.kill(process.pid, "SIGKILL");
  // After the signal, nothing of this process runs except the operation in progress.
  await new Promise(() => {});
}

const queue = createWriteQueue(moonpath, { name: QUEUE, maxWrites: 1_000_000, maxBytes: 1e9 });
const writes = queue.tenant("shop");
const cache = rowsCache(moonpath, queue);

async function write(): Promise<void> {
  const prefix = textField(task, "acknowledged");
  for (let left = numberField(task, "count"); left > 0; left--) {
    const number = Number((await redis.get(`${prefix}:next`)) ?? 0);
    const value = Buffer.from(JSON.stringify({ number, note: noteOf(number) }));
    await reach("before the write");
    // A writer that takes over sends the last write again, as its caller does.
    const queued = writes.append({ key: `${EVENTS}-${number % KEYS}`, value, operation: `event-${number}` });
    if (step === "during the write") await reach(step);
    await queued;
    await reach("between two writes");
    await cache.tenant("shop").writeBehind({ row: number % KEYS }, { version: number });
    await reach("after the write");
    await redis
      .multi()
      .sadd(`${prefix}:events`, number)
      .hset(`${prefix}:rows`, `row:${number % KEYS}`, number)
      .set(`${prefix}:next`, number + 1)
      .exec();
  }
}

interface Connection {
  query(text: string, values: unknown[]): Promise<unknown>;
}

async function store(tx: Connection, batch: readonly QueuedWrite[]): Promise<void> {
  const isEvent = ({ key }: QueuedWrite) => key.startsWith(EVENTS);
  const events = batch.filter(isEvent);
  const parsed = events.map(({ value }): { number: number; note: string } => JSON.parse(value.toString()));
  await tx.query(
    `insert into ${table}_events (key, number, note)
     select * from unnest($1::text[], $2::bigint[], $3::text[])`,
    [events.map(({ key }) => key), parsed.map(({ number }) => number), parsed.map(({ note }) => note)],
  );
  const rows = batch.filter((one) => !isEvent(one));
  await tx.query(
    `insert into ${table}_rows as known (key, version) select * from unnest($1::text[], $2::bigint[])
     on conflict (key) do update set version = excluded.version,
       lowered = known.lowered + (excluded.version < known.version)::int`,
    [rows.map(({ key }) => key), rows.map((one) => cache.decodeWrite(one)?.version)],
  );
}

async function flush(pool: pg.Pool): Promise<void> {
  const worker = createWriteBehind(writes, {
    maxAttempts: 1,
    apply: async (batch) => {
      await reach("after take");
      const applied = await inTransaction(pool, async (tx) => {
        const result = await applyWrites(tx, { ...batch, tenant: table }, (list) => store(tx, list));
        await reach("before commit");
        return result;
      });
      await reach("after commit");
      return applied;
    },
    cache: {
      async settleWrites(settled) {
        await tenant.cache.settleWrites(settled);
        await reach("before ack");
      },
    },
  });
  for (;;) {
    await worker.flushPendingWrites();
    const { queued, inFlight } = await worker.status();
    if (queued + inFlight > 0) continue;
    // One that is to be killed waits for further writes.
    if (step === "never" || performance.now() > WAIT_MS) return;
    await pause(20);
  }
}

/** Takes a batch, and acknowledges it before it is written, or writes it without its number. */
async function flushNaively(pool: pg.Pool): Promise<void> {
  for (let shard = 0; shard < 16; shard++) {
    const place = { queue: QUEUE, queueShard: String(shard) };
    const taken = await tenant.writebehind.take({ ...place, ...PLACE });
    if (taken.outcome !== "batch") continue;
    let from = 0;
    const batch = taken.writes.map((one) => {
      const value = taken.values.subarray(from, from + one.valueBytes);
      from += one.valueBytes;
      return { ...one, value };
    });
    const ack = () => tenant.writebehind.ack({ ...place, batch: taken.batch, refused: [] });
    if (role === "acknowledges first") {
      await ack();
      await reach("before the database");
    }
    await store(pool, batch);
    await reach("after the database");
    if (role !== "acknowledges first") await ack();
  }
}

if (role === "writer") await write();
else {
  const pool = new pg.Pool({ connectionString: textField(task, "database"), max: 4 });
  await (role === "flusher" ? flush(pool) : flushNaively(pool));
  await pool.end();
}
moonpath.close();
redis.disconnect();
