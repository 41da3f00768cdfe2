import { beforeEach, expect, test } from "vitest";
import { type Command, RepairSite } from "../../support/lua/repairs/writebehind.js";
import { freshTenant } from "../../support/lua/tenants.js";

const context = freshTenant();
const { redis, tenant } = context;

let site: RepairSite;
let sites = 0;

/** Three writes of a first batch are in the database, and then these are queued. */
beforeEach(async () => {
  site = new RepairSite(context, `shard-${++sites}`);
  for (const key of ["a", "b", "a"]) await site.shard.append(key, "0");
  await site.flush();
  site.rows.length = 0;
  await site.shard.enqueue("lamp", "1");
  await site.shard.append("day", "2");
  await site.shard.enqueue("vase", "3");
});

const QUEUED = ["lamp=1", "day=2", "vase=3"];
const exec: Command = ["EXEC"];
const multi: Command = ["MULTI"];

async function rebuildNames(): Promise<void> {
  await site.repair("write_queue", "write-queue", ["WATCH {write_queue} {write_values}"]);
  const names = await site.namesByNumber();
  const push: Command[] =
    names.length > 0
      ? [["RPUSH {write_queue} <all names of values, in the order of their numbers>", names]]
      : [];
  await site.repair("write_queue", "write-queue", multi, ["DEL {write_queue}"], ...push, exec);
}

test("write-queue: the names are lost, and writers go on", async () => {
  await redis.del(site.keys.write_queue);
  await site.finds("write_queue", "write-queue");
  // It takes the place of the lost name's value, and reaches the database too.
  expect(await site.shard.enqueue("lamp", "4")).toEqual({ outcome: "replaced" });
  expect(await site.shard.enqueue("sofa", "5")).toEqual({ outcome: "queued" });
  await site.finds("write_queue", "write-queue", site.shard.depth);
  await rebuildNames();
  await site.flush();
  expect(site.rows).toEqual(["lamp=4", "day=2", "vase=3", "sofa=5"]);
});

test("write-queue: the values are lost, and a name comes twice", async () => {
  await redis.del(site.keys.write_values);
  await site.finds("write_queue", "write-queue");
  expect(await site.shard.enqueue("lamp", "4")).toEqual({ outcome: "queued" });
  expect(await site.names()).toEqual(["lamp", expect.any(String), "vase", "lamp"]);
  await site.finds("write_queue", "write-queue");
  await rebuildNames();
  await site.flush();
  expect(site.rows).toEqual(["lamp=4"]);
});

test("write-queue: a half of the repair, and all values lost", async () => {
  await redis.lrem(site.keys.write_queue, 0, "lamp");
  await site.finds("write_queue", "write-queue");
  await rebuildNames();
  expect(await site.names()).toHaveLength(3);
  await redis.del(site.keys.write_values);
  await site.finds("write_queue", "write-queue");
  await rebuildNames();
  await site.flush();
  expect(site.rows).toEqual([]);
});

test("write-queue: the repair notices a call that comes between", async () => {
  await redis.del(site.keys.write_queue);
  const other = redis.duplicate();
  try {
    await site.repair("write_queue", "write-queue", ["WATCH {write_queue} {write_values}"]);
    await other.rpush(site.keys.write_queue, "sofa");
    await site.repair("write_queue", "write-queue", multi, ["DEL {write_queue}"], exec);
    expect(await site.names()).toEqual(["sofa"]);
  } finally {
    other.disconnect();
  }
});

test("queued write: its first line is lost", async () => {
  await redis.hset(site.keys.write_values, "lamp", "1");
  await site.finds("write_values", "queued write");
  const drop: Command[] = [
    ["HDEL {write_values} <name>", "lamp"],
    ["LREM {write_queue} 0 <name>", "lamp"],
  ];
  await site.repair("write_values", "queued write", multi, ...drop, exec);
  await site.flush();
  expect(site.rows).toEqual(["day=2", "vase=3"]);
  // What the lost write took is given back.
  expect((await site.shard.depth()).bytes).toBe(0);
  await site.shard.enqueue("lamp", "4");
  expect((await site.shard.depth()).bytes).toBe(await redis.hstrlen(site.keys.write_values, "lamp"));
});

const highest: Command[] = [multi, ["DEL {write_batch}"]];
const setHighest =
  "HSET {write_state} batch <highest batch in the database> batch_bytes 0 attempts 0 retry_at_ms 0";

test.each([true, false])(
  "write-state: the number of the batch is lost; in the database: %s",
  async (isWritten) => {
    const last = Number(site.last);
    if (isWritten) await site.apply();
    else await tenant.writebehind.take({ ...site.shard.place, limit: 2, maxBytes: 10_000 });
    await redis.hset(site.keys.write_state, "batch", "x");
    await site.finds("write_state", "write-state");
    if (isWritten) {
      await site.repair("write_state", "write-state", ...highest, [setHighest, Number(site.last)], exec);
    } else {
      const above = "HSET {write_state} batch <a number above the highest batch in the database>";
      await site.repair("write_state", "write-state", [above, last + 1]);
    }
    await site.flush();
    expect(site.rows).toEqual(QUEUED);
  },
);

test.each(["bytes", "batch_bytes", "attempts", "retry_at_ms", "batch_first", "sequence"])(
  "write-state: the field %s is wrong",
  async (field) => {
    await tenant.writebehind.take({ ...site.shard.place, limit: 2, maxBytes: 10_000 });
    await redis.hset(site.keys.write_state, field, "x");
    await site.finds("write_state", "write-state", site.shard.depth);
    await site.repair("write_state", "write-state", ["HDEL {write_state} <field>", field]);
    await site.flush();
    expect(site.rows).toEqual(QUEUED);
    expect((await site.shard.depth()).bytes).toBe(0);
  },
);

test("write-batch: foreign fields, and a wrong number of the previous batch", async () => {
  const last = Number(site.last);
  await tenant.writebehind.take({ ...site.shard.place, limit: 2, maxBytes: 10_000 });
  const foreign = Array.from({ length: 100 }, (_, place) => `foreign-${place}`);
  await redis.hset(site.keys.write_batch, Object.fromEntries(foreign.map((field) => [field, "x"])));
  await site.finds("write_batch", "write-batch");
  await site.repair("write_batch", "write-batch", ["HDEL {write_batch} <foreign fields>", foreign]);
  await redis.hset(site.keys.write_batch, "", "x");
  await site.finds("write_batch", "write-batch");
  await site.repair("write_batch", "write-batch", [
    'HSET {write_batch} "" <highest batch in the database>',
    last,
  ]);
  await site.flush();
  expect(site.rows).toEqual(QUEUED);
});

test.each([true, false])(
  "write-batch: no write is left; the database has the batch: %s",
  async (isWritten) => {
    if (isWritten) await site.apply();
    else await tenant.writebehind.take({ ...site.shard.place, limit: 2, maxBytes: 10_000 });
    for (const field of await redis.hkeys(site.keys.write_batch))
      if (field !== "") await redis.hdel(site.keys.write_batch, field);
    await site.finds("write_batch", "write-batch");
    await site.repair("write_batch", "write-batch", ...highest, [setHighest, Number(site.last)], exec);
    expect(await site.shard.depth()).toMatchObject({ queued: 1, inFlight: 0 });
    await site.flush();
    expect(site.rows).toEqual(isWritten ? QUEUED : ["vase=3"]);
  },
);

test("write in flight: its first line is lost", async () => {
  await tenant.writebehind.take({ ...site.shard.place, limit: 2, maxBytes: 10_000 });
  await redis.hset(site.keys.write_batch, "lamp", "1");
  await site.finds("write_batch", "write in flight");
  await site.repair("write_batch", "write in flight", ["HDEL {write_batch} <name>", "lamp"]);
  await site.flush();
  expect(site.rows).toEqual(["day=2", "vase=3"]);
});

/** All writes of the next batch are dead. */
async function kill(): Promise<void> {
  const { batch, writes } = await site.shard.take();
  await site.shard.ack(
    batch,
    writes.map(({ sequence }) => ({ sequence, reason: "no such row" })),
  );
  site.last = batch;
}

/** An operator queues all dead writes again, and a worker writes them. */
async function redriven(): Promise<readonly string[]> {
  const writes = (await site.shard.listDead()).toSorted((one, other) => one.sequence - other.sequence);
  for (const { key, sequence } of writes) {
    const call = { ...site.shard.place, key, sequence, decision: "redrive" as const };
    expect(await tenant.writebehind.resolve(call)).toEqual({ outcome: "redriven" });
  }
  await site.flush();
  expect(await site.shard.depth()).toMatchObject({ dead: 0, bytes: 0 });
  return site.rows;
}

test("dead write: a time is lost, and a write is lost", async () => {
  await kill();
  await redis.zrem(site.keys.write_dead, "lamp");
  await site.finds("write_dead_records", "dead write", site.shard.depth);
  const add = "ZADD {write_dead} <the present time in milliseconds> <a name without a time>";
  await site.repair("write_dead_records", "dead write", [add, Date.now(), "lamp"]);
  await redis.hdel(site.keys.write_dead_records, "vase");
  await site.finds("write_dead_records", "dead write", site.shard.listDead);
  await site.repair("write_dead_records", "dead write", [
    "ZREM {write_dead} <a name without a write>",
    "vase",
  ]);
  expect(await redriven()).toEqual(["lamp=1", "day=2"]);
});

test("dead write: its first line is lost", async () => {
  await kill();
  await redis.hset(site.keys.write_dead_records, "lamp", "1");
  await site.finds("write_dead_records", "dead write", site.shard.listDead);
  const drop: Command[] = [
    ["HDEL {write_dead_records} <name>", "lamp"],
    ["ZREM {write_dead} <name>", "lamp"],
  ];
  await site.repair("write_dead_records", "dead write", multi, ...drop, exec);
  expect(await redriven()).toEqual(["day=2", "vase=3"]);
});

test("instant of a dead write: it is no integer", async () => {
  await kill();
  await redis.zadd(site.keys.write_dead, "inf", "lamp");
  await site.finds("write_dead", "instant of a dead write", site.shard.listDead);
  const set = "ZADD {write_dead} <instant in milliseconds> <name>";
  await site.repair("write_dead", "instant of a dead write", [set, Date.now(), "lamp"]);
  expect(await redriven()).toEqual(QUEUED);
});

test.each([
  { key: "write_queue", what: "write-queue" },
  { key: "write_values", what: "queued write" },
  { key: "write_dead", what: "instant of a dead write" },
  { key: "write_dead_records", what: "dead write" },
])("$what: its keys are deleted, and later writes are made", async ({ key, what }) => {
  await site.shard.enqueue("sofa", "4");
  if (key.startsWith("write_dead")) await kill();
  expect(await site.deleteTogether(key, what)).toBe(2);
  await site.shard.enqueue("lamp", "5");
  await site.flush();
  expect(site.rows).toEqual(["lamp=5"]);
  expect((await site.shard.depth()).bytes).toBe(0);
});
