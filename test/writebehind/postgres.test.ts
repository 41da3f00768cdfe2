import pg from "pg";
import { expect, test } from "vitest";
import { ReconcileError } from "../../src/index.js";
import { applyWrites, createTables, inTransaction, reconcileWrites } from "../../src/postgres/index.js";
import { createWriteBehind, createWriteQueue, type WriteBatch } from "../../src/writebehind/index.js";
import { afterTest } from "../support/cleanup.js";
import { freshDatabase } from "../support/postgres.js";
import { freshTenant } from "../support/tenant.js";

async function site() {
  const pool = new pg.Pool({ connectionString: await freshDatabase(), max: 4 });
  pool.on("error", () => undefined);
  afterTest(() => pool.end());
  await createTables(pool);
  await pool.query("create table events (at bigserial, key text, note text check (note <> 'refused'))");
  const { moonpath } = freshTenant();
  const queue = createWriteQueue(moonpath, { name: "events" }).tenant("acme");
  const insert = (tx: pg.PoolClient) => (writes: WriteBatch["writes"]) =>
    tx.query("insert into events (key, note) select * from unnest($1::text[], $2::text[])", [
      writes.map(({ key }) => key),
      writes.map(({ value }) => value.toString()),
    ]);
  const apply = (batch: WriteBatch) =>
    inTransaction(pool, (tx) => applyWrites(tx, batch, insert(tx)), { limitMs: 60_000 });
  const notes = async () => {
    const { rows } = await pool.query<{ note: string }>("select note from events order by at");
    return rows.map(({ note }) => note);
  };
  const append = (note: string, key = "day") => queue.append({ key, value: Buffer.from(note) });
  return { pool, queue, insert, apply, notes, append };
}

test("a batch that was applied and not acknowledged is not applied again", async () => {
  const { queue, apply, notes, append } = await site();
  for (const note of ["a", "b", "c"]) await append(note);
  const dying = createWriteBehind(queue, {
    apply: async (batch) => {
      await apply(batch);
      throw new Error("the process dies after the commit");
    },
  });
  expect((await dying.flushPendingWrites()).failed).toHaveLength(1);
  expect(await queue.depth()).toMatchObject({ inFlight: 3, failing: [{ attempts: 1, reason: "Error" }] });
  await append("d");
  const worker = createWriteBehind(queue, { apply });
  expect(await worker.flushPendingWrites()).toEqual({ batches: 2, writes: 4, failed: [] });
  expect(await notes()).toEqual(["a", "b", "c", "d"]);
});

test("a write that the database refuses becomes dead, and the others are made once and in order", async () => {
  const { pool, queue, apply, notes, append } = await site();
  for (const note of ["a", "refused", "b"]) await append(note);
  const errors: Error[] = [];
  const worker = createWriteBehind(queue, { apply, maxAttempts: 2, onError: (error) => errors.push(error) });
  await worker.flushPendingWrites();
  await worker.flushPendingWrites();
  expect(await notes()).toEqual([]);
  expect(errors).toHaveLength(2);
  // The process dies before the acknowledgement: the database remembers what it has refused.
  const dying = createWriteBehind(queue, {
    maxAttempts: 2,
    apply: async (batch) => {
      expect(batch.isolates).toBe(true);
      await apply(batch);
      throw new Error("the process dies after the commit");
    },
  });
  await dying.flushPendingWrites();
  expect(await notes()).toEqual(["a", "b"]);
  expect(await worker.flushPendingWrites()).toEqual({ batches: 1, writes: 3, failed: [] });
  expect(await notes()).toEqual(["a", "b"]);
  const dead = await queue.listDead();
  expect(dead).toMatchObject([{ key: "day", reason: "error 23514 events_note_check" }]);
  await pool.query("alter table events drop constraint events_note_check");
  const [write] = dead;
  if (write) expect(await queue.resolve(write, "redrive")).toBe("redriven");
  await worker.flushPendingWrites();
  expect(await notes()).toEqual(["a", "b", "refused"]);
  expect(await queue.depth()).toMatchObject({ queued: 0, inFlight: 0, dead: 0, bytes: 0 });
});

test("an error of the server refuses nothing", async () => {
  const { queue, append, pool, apply, notes } = await site();
  await append("a");
  const worker = createWriteBehind(queue, {
    maxAttempts: 1,
    apply: (batch) =>
      inTransaction(pool, (tx) =>
        applyWrites(tx, batch, () => tx.query("do $$ begin raise sqlstate '40P01'; end $$")),
      ),
  });
  for (let attempt = 0; attempt < 3; attempt++) await worker.flushPendingWrites();
  expect(await queue.depth()).toMatchObject({ inFlight: 1, dead: 0, failing: [{ attempts: 3 }] });
  await createWriteBehind(queue, { apply }).flushPendingWrites();
  expect(await notes()).toEqual(["a"]);
});

test("two workers at once apply each write once", async () => {
  const { queue, apply, notes, append } = await site();
  const expected = Array.from({ length: 60 }, (_, number) => String(number));
  const workers = [1, 2].map(() => createWriteBehind(queue, { apply, limit: 7 }));
  for (const note of expected) await append(note);
  for (let round = 0; round < 5; round++) await Promise.all(workers.map((one) => one.flushPendingWrites()));
  expect(await notes()).toEqual(expected);
  expect(await queue.depth()).toMatchObject({ queued: 0, inFlight: 0, bytes: 0 });
});

test("a queue that lost its state disagrees with the database, and an operator decides", async () => {
  const { pool, queue, insert, apply, notes, append } = await site();
  await append("a");
  let last: WriteBatch | undefined;
  const seen: ReconcileError[] = [];
  const worker = createWriteBehind(queue, {
    apply: (batch) => {
      last = batch;
      return apply(batch);
    },
    onReconcile: (error) => seen.push(error),
  });
  await worker.flushPendingWrites();
  await pool.query("update moonpath_write_batches set batch = batch - 1");
  await append("b");
  expect((await worker.flushPendingWrites()).failed).toHaveLength(1);
  expect(seen).toEqual([expect.any(ReconcileError)]);
  const batch = last;
  if (!batch) return;
  const decided = () => inTransaction(pool, (tx) => reconcileWrites(tx, batch, "apply", insert(tx)));
  expect(await decided()).toBe("reconciled");
  expect(await decided()).toBe("repeated");
  expect(await worker.flushPendingWrites()).toMatchObject({ failed: [] });
  expect(await notes()).toEqual(["a", "b"]);
});

test("a worker flushes when a shard is full of writes, and once more when it stops", async () => {
  const { queue, apply, notes, append } = await site();
  const worker = createWriteBehind(queue, { apply, flushMs: 3_600_000 });
  worker.start();
  await append("a");
  await worker.stop({ graceMs: 60_000 });
  expect(await notes()).toEqual(["a"]);
  await append("b");
  expect(await worker.flushPendingWrites()).toEqual({ batches: 0, writes: 0, failed: [] });
});

test("without the replicas that a worker asks for, nothing is applied", async () => {
  const { queue, apply, notes, append } = await site();
  await append("a");
  const errors: Error[] = [];
  const worker = createWriteBehind(queue, { apply, minReplicas: 1, onError: (error) => errors.push(error) });
  // An empty shard is not known to be empty on the replica either.
  expect((await worker.flushPendingWrites()).failed).toHaveLength(16);
  expect(errors.map((error) => "code" in error && error.code)).toEqual(Array(16).fill("NOT_REPLICATED"));
  expect(await notes()).toEqual([]);
  expect(await queue.depth()).toMatchObject({ inFlight: 1, failing: [] });
  await createWriteBehind(queue, { apply }).flushPendingWrites();
  expect(await notes()).toEqual(["a"]);
});
