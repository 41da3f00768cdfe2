import { Cluster, Redis } from "ioredis";
import { afterAll, beforeAll, expect, test } from "vitest";
import { slotOf } from "../../../src/client/connection/slot.js";
import { createScriptClient } from "../../../src/client/index.js";
import { createMoonpath } from "../../../src/index.js";
import { type RedisCluster, startRedisCluster } from "../../../src/testing/index.js";
import { afterTest } from "../../support/cleanup.js";
import { manyScripts } from "../../support/client/many-fixtures.js";
import { freshNamespace } from "../../support/redis.js";

const MASTERS = 3;

let servers: RedisCluster;
let admins: readonly Redis[];
beforeAll(async () => {
  servers = await startRedisCluster({ own: true, masters: MASTERS, replicasPerMaster: 0 });
  admins = servers.nodes.map(({ url }) => new Redis(url));
});
afterAll(async () => {
  for (const admin of admins) admin.disconnect();
  await servers.stop();
});

function connect() {
  const redis = new Cluster(
    servers.nodes.map(({ host, port }) => ({ host, port })),
    { redisOptions: { password: servers.password } },
  );
  redis.on("error", () => {});
  afterTest(() => redis.disconnect());
  return redis;
}

async function shop() {
  const redis = connect();
  const namespace = freshNamespace();
  const moonpath = createMoonpath(redis, { namespace, deadlineMs: 10_000 });
  afterTest(() => moonpath.close());
  await moonpath.ready();
  const acme = moonpath.tenant("acme");
  const keyOf = (product: string) => `${namespace}:{acme:${product}}:stock`;
  return { redis, moonpath, acme, keyOf };
}

interface NodeCounts {
  readonly reads: number;
  readonly calls: number;
}

/** How often each node has read from its sockets, and how many scripts it has run. */
async function counts(): Promise<readonly NodeCounts[]> {
  return Promise.all(
    admins.map(async (admin) => {
      const info = await admin.info("everything");
      const number = (pattern: RegExp) => Number(pattern.exec(info)?.[1] ?? 0);
      return {
        reads: number(/total_reads_processed:(\d+)/),
        calls: number(/cmdstat_evalsha:calls=(\d+)/),
      };
    }),
  );
}

test("each node gets its calls in one write, whatever the number of slots", async () => {
  const { acme, keyOf } = await shop();
  const products = Array.from({ length: 100 }, (_, index) => `lamp-${index}`);
  const slots = new Set(products.map((product) => slotOf(keyOf(product))));
  const calls = products.map((product) => ({ product, low: 0 }));
  await acme.stock.read.many(calls);
  const before = await counts();
  const results = await acme.stock.read.many(calls);
  const after = await counts();
  expect(results).toHaveLength(100);
  expect(results.every((result) => result.ok && result.reply.outcome === "unknown")).toBe(true);
  const calledBefore = before.reduce((sum, { calls }) => sum + calls, 0);
  expect(after.reduce((sum, { calls }) => sum + calls, 0) - calledBefore).toBe(slots.size);
  expect(slots.size).toBeGreaterThan(90);
  for (const [node, { reads }] of after.entries()) {
    // One read of these calls, and one of the command that counts.
    expect(reads - (before[node]?.reads ?? 0)).toBe(2);
  }
});

test("calls that the deadline leaves no time for are neither encoded nor sent", async () => {
  const { acme } = await shop();
  let reads = 0;
  const calls = Array.from({ length: 10_000 }, (_, index) => ({
    get product() {
      reads++;
      return `late-${index}`;
    },
    warehouse: "a",
    quantity: 1,
    sequence: 1,
    low: 0,
  }));
  const ran = async () => (await counts()).reduce((sum, { calls: one }) => sum + one, 0);
  const before = await ran();
  // To encode all of them takes some tens of milliseconds.
  const results = await acme.stock.setLevel.many(calls, { deadlineMs: 1 });
  const unsent = results.filter((result) => !result.ok && result.error.code === "UNAVAILABLE");
  expect(unsent).toHaveLength(10_000);
  expect(reads).toBeLessThan(10_000);
  expect(await ran()).toBe(before);
});

test("calls with keys in one slot are one command", async () => {
  const redis = connect();
  const client = createScriptClient(redis, manyScripts, { namespace: freshNamespace(), deadlineMs: 10_000 });
  await client.ready();
  const { tally } = client.tenant("acme");
  const calls = ["a", "b", "a", "b", "a"].map((name) => ({ tally: name, change: 1 }));
  const before = await counts();
  const results = await tally.bump.many(calls);
  const total = (all: readonly NodeCounts[]) => all.reduce((sum, { calls }) => sum + calls, 0);
  expect(total(await counts()) - total(before)).toBe(2);
  expect(results.map((result) => result.ok && result.reply.total)).toEqual([1, 1, 2, 2, 3]);
  client.close();
});

test("a node that has lost its scripts loads the many form, and nothing runs twice", async () => {
  const { acme } = await shop();
  const products = Array.from({ length: 60 }, (_, index) => `lamp-${index}`);
  const level = { warehouse: "berlin", quantity: 10, sequence: 1, low: 0 };
  await acme.stock.setLevel.many(products.map((product) => ({ product, ...level })));
  const sale = { change: -1, backorder: false, low: 0, rememberMs: 60_000 };
  const sales = products.flatMap((product) => [0, 1, 2].map(() => ({ product, ...sale })));
  const pending = acme.stock.adjust.many(sales);
  await Promise.all(admins.map((admin) => admin.script("FLUSH")));
  const again = acme.stock.adjust.many(sales);
  for (const results of [await pending, await again]) expect(results.every(({ ok }) => ok)).toBe(true);
  const read = await acme.stock.read.many(products.map((product) => ({ product, low: 0 })));
  expect(read.map((result) => result.ok && result.reply.outcome === "known" && result.reply.total)).toEqual(
    products.map(() => 4),
  );
});

/** Two products of one slot that the first node owns, and the steps that move the slot away. */
async function moving() {
  const { redis, acme, keyOf } = await shop();
  const bySlot = new Map<number, string>();
  let pair: readonly [string, string] | undefined;
  for (let number = 0; pair === undefined; number++) {
    const product = `lamp-${number}`;
    const slot = slotOf(keyOf(product));
    const other = bySlot.get(slot);
    if (other !== undefined) pair = [other, product];
    bySlot.set(slot, product);
  }
  const products = pair;
  const slot = slotOf(keyOf(products[0]));
  const owner = admins.find((admin) => redis.slots[slot]?.[0]?.endsWith(`:${admin.options.port}`));
  const target = admins.find((admin) => admin !== owner);
  if (owner === undefined || target === undefined) throw new Error("the slot has an owner");
  const [ownerId, targetId] = [String(await owner.cluster("MYID")), String(await target.cluster("MYID"))];
  const level = { warehouse: "berlin", quantity: 10, sequence: 1, low: 0 };
  await acme.stock.setLevel.many(products.map((product) => ({ product, ...level })));
  await target.cluster("SETSLOT", slot, "IMPORTING", ownerId);
  await owner.cluster("SETSLOT", slot, "MIGRATING", targetId);
  const move = async (product: string) => {
    const keys = (await owner.cluster("GETKEYSINSLOT", slot, 100))
      .map(String)
      .filter((key) => key.includes(`:${product}}`));
    const { host, port } = target.options;
    await owner.call("MIGRATE", [
      `${host}`,
      `${port}`,
      "",
      "0",
      "5000",
      "AUTH",
      servers.password,
      "KEYS",
      ...keys,
    ]);
  };
  const end = async () => {
    for (const admin of [target, owner, ...admins]) await admin.cluster("SETSLOT", slot, "NODE", targetId);
  };
  return { acme, products, move, end };
}

test("while a slot moves, calls run on the node that has their keys", async () => {
  const { acme, products, move, end } = await moving();
  const [first, second] = products;
  const calls = [first, second, first, second].map((product) => ({ product, low: 0 }));
  const sale = { change: -1, backorder: false, low: 0, rememberMs: 60_000 };
  const known = { ok: true, reply: { outcome: "known", total: 10 } };
  // Both are with the old owner.
  expect(await acme.stock.read.many(calls)).toMatchObject([known, known, known, known]);
  // Each node has one: TRYAGAIN for the batch.
  await move(first);
  expect(await acme.stock.read.many(calls)).toMatchObject([known, known, known, known]);
  const started = performance.now();
  const levels = await acme.stock.levels.many([{ product: first }, { product: second }]);
  expect(levels).toMatchObject([known, known]);
  expect(performance.now() - started).toBeLessThan(5_000);
  // Both are with the new owner: ASK, and after the end MOVED.
  await move(second);
  expect(await acme.stock.read.many(calls)).toMatchObject([known, known, known, known]);
  await end();
  const sold = await acme.stock.adjust.many([first, second, first].map((product) => ({ product, ...sale })));
  expect(sold.map((result) => result.ok && result.reply.outcome)).toEqual([
    "adjusted",
    "adjusted",
    "adjusted",
  ]);
  const read = await acme.stock.read.many(calls);
  expect(read.map((result) => result.ok && result.reply.outcome === "known" && result.reply.total)).toEqual([
    8, 9, 8, 9,
  ]);
});

test("single calls that are ready together run on the node that has their keys while a slot moves", async () => {
  const { acme, products, move, end } = await moving();
  const [first, second] = products;
  const reads = () =>
    Promise.all([first, second, first, second].map((product) => acme.stock.read({ product, low: 0 })));
  const known = { outcome: "known", total: 10 };
  expect(await reads()).toMatchObject([known, known, known, known]);
  await move(first);
  expect(await reads()).toMatchObject([known, known, known, known]);
  await move(second);
  expect(await reads()).toMatchObject([known, known, known, known]);
  await end();
  expect(await reads()).toMatchObject([known, known, known, known]);
});

test("single calls that are ready together share a command by slot", async () => {
  const { acme, keyOf } = await shop();
  // So few that none leave before the end of the tick.
  const products = Array.from({ length: 12 }, (_, index) => `vase-${index % 6}`);
  const slots = new Set(products.map((product) => slotOf(keyOf(product))));
  const total = (all: readonly NodeCounts[]) => all.reduce((sum, { calls }) => sum + calls, 0);
  const before = await counts();
  await Promise.all(products.map((product) => acme.stock.read({ product, low: 0 })));
  expect(total(await counts()) - total(before)).toBe(slots.size);
});
