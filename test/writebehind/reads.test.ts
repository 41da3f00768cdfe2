import { expect, test } from "vitest";
import type { Moonpath } from "../../src/index.js";
import { keys } from "../../src/index.js";
import { createWriteBehind, createWriteQueue, type WriteBatch } from "../../src/writebehind/index.js";
import { GatedLoader, openMoonpath, openTwo, thrownBy } from "../support/cache/kit.js";
import { sharedRedis } from "../support/redis.js";
import { eventually } from "../support/wait.js";

interface Row {
  readonly version: number;
}

const redis = sharedRedis();

/** A source of rows, which a worker writes and a loader reads. */
function site(moonpath: Moonpath, load?: () => Promise<Row | undefined>) {
  const rows = new Map<string, Row>();
  const queue = createWriteQueue(moonpath, { name: "rows" });
  let loads = 0;
  const cache = moonpath.cache({
    pattern: "row:<row>",
    freshMs: 60_000,
    cacheTimeoutMs: 5_000,
    writeBehind: queue,
    load:
      load ??
      (async ({ row }): Promise<Row | undefined> => {
        loads++;
        return rows.get(`row:${row}`);
      }),
  });
  const entries = cache.tenant("acme");
  const acme = moonpath.tenant("acme");
  const apply = async ({ writes }: WriteBatch) => {
    for (const write of writes) {
      const row = cache.decodeWrite(write);
      if (row) rows.set(write.key, row);
      else rows.delete(write.key);
    }
    return { refused: [] };
  };
  const worker = createWriteBehind(queue.tenant("acme"), { apply, cache: acme.cache });
  return { rows, entries, queue: queue.tenant("acme"), acme, worker, cache, apply, loads: () => loads };
}

const entryKey = (moonpath: Moonpath, row: string) =>
  keys.cacheEntry(moonpath.tenant("acme").scope, `row:${row}`);

test("a written value is in the cache and in the queue, and then in the source", async () => {
  const { rows, entries, queue, worker, loads } = site(await openMoonpath());
  expect(await entries.writeBehind({ row: 1 }, { version: 1 })).toEqual({ outcome: "queued", cache: "set" });
  expect(await entries.writeBehind({ row: 1 }, { version: 2 })).toEqual({
    outcome: "replaced",
    cache: "set",
  });
  expect(await entries.getOrLoad({ row: 1 })).toEqual({ version: 2 });
  expect(rows.size).toBe(0);
  expect(await queue.depth()).toMatchObject({ queued: 1, inFlight: 0, dead: 0 });
  expect(await worker.flushPendingWrites()).toEqual({ batches: 1, writes: 1, failed: [] });
  expect(rows.get("row:1")).toEqual({ version: 2 });
  expect(await queue.depth()).toEqual({
    queued: 0,
    inFlight: 0,
    dead: 0,
    bytes: 0,
    oldestMs: undefined,
    failing: [],
  });
  // The writer itself has set the entry, so the flush has kept it.
  expect(await entries.getOrLoad({ row: 1 })).toEqual({ version: 2 });
  expect(loads()).toBe(0);
});

test("a miss reads the queued value, also in flight, and the source after that", async () => {
  const moonpath = await openMoonpath();
  const { rows, entries, queue, loads } = site(moonpath);
  rows.set("row:1", { version: 1 });
  await entries.writeBehind({ row: 1 }, { version: 2 });
  // A load answers before its fill.
  const evict = () =>
    eventually("the entry is stored", async () => expect(await redis.del(entryKey(moonpath, "1"))).toBe(1));
  await evict();
  expect(await entries.getOrLoad({ row: 1 })).toEqual({ version: 2 });
  await evict();
  expect(await entries.getMany([{ row: 1 }, { row: 2 }])).toEqual([{ version: 2 }, undefined]);
  await evict();
  const { writebehind } = moonpath.tenant("acme");
  const place = { queue: "rows", queueShard: await shardWithWrites(queue) };
  const taken = await writebehind.take({ ...place, limit: 10, maxBytes: 1_000 });
  expect(taken.outcome).toBe("batch");
  expect(await entries.getOrLoad({ row: 1 })).toEqual({ version: 2 });
  await evict();
  if (taken.outcome === "batch") await writebehind.ack({ ...place, batch: taken.batch, refused: [] });
  expect(await entries.getOrLoad({ row: 1 })).toEqual({ version: 1 });
  expect(loads()).toBe(2);
});

async function shardWithWrites({ tenant, name }: ReturnType<typeof site>["queue"]): Promise<string> {
  for (let shard = 0; shard < 16; shard++) {
    const depth = await tenant.scripts.writebehind.depth({ queue: name, queueShard: String(shard) });
    if (depth.queued > 0) return String(shard);
  }
  throw new Error("no shard has writes");
}

test("an invalidation of the tenant leaves queued writes, and loads read them", async () => {
  const { rows, entries, queue, acme } = site(await openMoonpath());
  rows.set("row:1", { version: 1 });
  await entries.writeBehind({ row: 1 }, { version: 2 });
  expect(await acme.cache.invalidateAll()).toBe("done");
  expect(await queue.depth()).toMatchObject({ queued: 1 });
  expect(await entries.getOrLoad({ row: 1 })).toEqual({ version: 2 });
  expect(await queue.purge()).toEqual({ queued: 1, dead: 0, inFlight: 0, busy: [] });
  await acme.cache.invalidateAll();
  expect(await entries.getOrLoad({ row: 1 })).toEqual({ version: 1 });
});

test("a load that began before the write does not fill the entry", async () => {
  const loader = new GatedLoader<Row>();
  const { entries } = site(await openMoonpath(), loader.load);
  const early = entries.getOrLoad({ row: 1 });
  await loader.started(0);
  expect(await entries.writeBehind({ row: 1 }, { version: 2 })).toEqual({ outcome: "queued", cache: "set" });
  await loader.returns(0, { version: 1 });
  expect(await early).toEqual({ version: 1 });
  expect(await entries.getOrLoad({ row: 1 })).toEqual({ version: 2 });
});

test("the flush removes what a load has filled after a writer died before it ended its write", async () => {
  const [one, other] = await openTwo();
  const loader = new GatedLoader<Row>();
  const { entries, queue, worker, rows } = site(one, loader.load);
  // Its block had ended before this load began; then it has queued its write, and has died.
  const reading = entries.getOrLoad({ row: 1 });
  await loader.started(0);
  const value = Buffer.from(`j-${JSON.stringify({ version: 2 })}`);
  await createWriteQueue(other, { name: "rows" })
    .tenant("acme")
    .enqueue({ key: "row:1", value, operation: "aaaaaaaaaaaa-dead" });
  await loader.returns(0, { version: 1 });
  await reading;
  await eventually("the old row is stored", async () =>
    expect(await redis.exists(entryKey(one, "1"))).toBe(1),
  );
  expect(await queue.depth()).toMatchObject({ queued: 1 });
  await worker.flushPendingWrites();
  expect(rows.get("row:1")).toEqual({ version: 2 });
  const again = entries.getOrLoad({ row: 1 });
  await loader.returns(1, { version: 2 });
  expect(await again).toEqual({ version: 2 });
});

test("a load that the flush overtakes does not fill the entry", async () => {
  const [one, other] = await openTwo();
  const loader = new GatedLoader<Row>();
  const { entries, worker, rows } = site(one, loader.load);
  const reading = entries.getOrLoad({ row: 1 });
  await loader.started(0);
  await createWriteQueue(other, { name: "rows" })
    .tenant("acme")
    .enqueue({ key: "row:1", value: Buffer.from('j-{"version":2}'), operation: "aaaaaaaaaaaa-dead" });
  await worker.flushPendingWrites();
  expect(rows.get("row:1")).toEqual({ version: 2 });
  await loader.returns(0, { version: 1 });
  await reading;
  const again = entries.getOrLoad({ row: 1 });
  await loader.returns(1, { version: 2 });
  expect(await again).toEqual({ version: 2 });
});

test("of two writers at once, readers get the value that the queue has", async () => {
  const [one, other] = await openTwo();
  const sites = [site(one), site(other)];
  for (let round = 0; round < 20; round++) {
    await Promise.all(
      sites.map(({ entries }, place) => entries.writeBehind({ row: 1 }, { version: 2 * round + place })),
    );
    const queued = await sites[0]?.queue.read("row:1");
    const expected = queued && sites[0]?.cache.decodeWrite(queued);
    for (const { entries } of sites) expect(await entries.getOrLoad({ row: 1 })).toEqual(expected);
  }
});

test("a full queue writes nothing, and the entry is loaded again", async () => {
  const moonpath = await openMoonpath();
  const queue = createWriteQueue(moonpath, { name: "rows", maxBytes: 60 });
  const cache = moonpath.cache({
    pattern: "row:<row>",
    freshMs: 60_000,
    writeBehind: queue,
    load: async () => ({ text: "source" }),
  });
  const entries = cache.tenant("acme");
  const text = "x".repeat(100);
  expect(await entries.writeBehind({ row: 1 }, { text })).toEqual({ outcome: "full", cache: "removed" });
  expect(await entries.getOrLoad({ row: 1 })).toEqual({ text: "source" });
  expect(await queue.tenant("acme").depth()).toMatchObject({ queued: 0, bytes: 0 });
});

test("a removed row is read as missing while its removal is queued", async () => {
  const { rows, entries, worker } = site(await openMoonpath());
  rows.set("row:1", { version: 1 });
  expect(await entries.getOrLoad({ row: 1 })).toEqual({ version: 1 });
  expect(await entries.writeBehind({ row: 1 }, undefined)).toEqual({ outcome: "queued", cache: "removed" });
  expect(await entries.getOrLoad({ row: 1 })).toBeUndefined();
  await worker.flushPendingWrites();
  expect(rows.size).toBe(0);
  expect(await entries.getOrLoad({ row: 1 })).toBeUndefined();
});

test("a refused value leaves the cache, and an operator queues it again", async () => {
  const { rows, entries, queue, acme, apply } = site(await openMoonpath());
  rows.set("row:1", { version: 1 });
  const dead: string[] = [];
  const refusing = createWriteBehind(queue, {
    cache: acme.cache,
    apply: async ({ writes }) => ({
      refused: writes.map(({ sequence }) => ({ sequence, reason: "no such row" })),
    }),
    onDead: (refused) => dead.push(...refused.map(({ reason }) => reason)),
  });
  await entries.writeBehind({ row: 1 }, { version: 2 });
  await refusing.flushPendingWrites();
  expect(dead).toEqual(["no such row"]);
  expect(await entries.getOrLoad({ row: 1 })).toEqual({ version: 1 });
  const [write, ...others] = await queue.listDead();
  expect(others).toEqual([]);
  expect(write).toMatchObject({ key: "row:1", reason: "no such row" });
  if (!write) return;
  expect(await queue.resolve(write, "redrive")).toBe("redriven");
  expect(await queue.resolve(write, "redrive")).toBe("unknown");
  const accepting = createWriteBehind(queue, { cache: acme.cache, apply });
  await accepting.flushPendingWrites();
  expect(await entries.getOrLoad({ row: 1 })).toEqual({ version: 2 });
});

test("without a queue in the definition, and with one, the other kinds of writes are refused", async () => {
  const moonpath = await openMoonpath();
  const plain = moonpath.cache({ pattern: "plain:<row>", freshMs: 1_000, load: async () => 1 });
  const refusal = await thrownBy(() => plain.tenant("acme").writeBehind({ row: 1 }, 2));
  expect(refusal).toMatchObject({ code: "ARGUMENT", argument: "writeBehind" });
  const { entries } = site(moonpath);
  let writes = 0;
  const write = async () => ({ version: ++writes });
  for (const call of [
    () => entries.writeThrough({ row: 1 }, write),
    () => entries.writeAround([{ row: 1 }], write),
  ]) {
    expect(await thrownBy(call)).toMatchObject({ code: "ARGUMENT", argument: "writeBehind" });
  }
  expect(writes).toBe(0);
});
