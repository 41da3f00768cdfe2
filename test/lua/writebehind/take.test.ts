import { expect, test } from "vitest";
import { keys } from "../../../src/index.js";
import { failure } from "../../support/lua/errors.js";
import { freshTenant } from "../../support/lua/tenants.js";
import { writeShard } from "../../support/writebehind/shard.js";

const { redis, scope, tenant } = freshTenant();

test("a batch stays the same for other limits and new writes", async () => {
  const { enqueue, take, ack } = writeShard(tenant, "same");
  for (const key of ["a", "b", "c"]) await enqueue(key, `${key}1`);
  const first = await take(2);
  expect(first.writes.map(({ key }) => key)).toEqual(["a", "b"]);
  for (const key of ["a", "b", "c"]) await enqueue(key, `${key}2`);
  expect(await take(1)).toEqual(first);
  expect(first.values.toString()).toBe("a1b1");
  await ack(first.batch);
  const second = await take();
  expect(second.previous).toBe(first.batch);
  expect(second.batch).toBeGreaterThan(first.batch);
  // `c` was replaced in its place; `a` and `b` were queued anew.
  expect(second.writes.map(({ key }) => key)).toEqual(["c", "a", "b"]);
  expect(second.values.toString()).toBe("c2a2b2");
});

test("250 appended writes come in three batches, in their order", async () => {
  const { append, take, ack } = writeShard(tenant, "many");
  for (let number = 0; number < 250; number++) await append("day", `${number},`);
  let text = "";
  for (const size of [100, 100, 50]) {
    const { batch, writes, values } = await take();
    expect(writes).toHaveLength(size);
    // A second take sorts the stored batch.
    expect((await take()).values).toEqual(values);
    text += values.toString();
    await ack(batch);
  }
  expect(text).toBe(Array.from({ length: 250 }, (_, number) => `${number},`).join(""));
});

test("a batch ends before its bytes are too many, unless its first write is larger", async () => {
  const { append, take, ack } = writeShard(tenant, "bytes");
  for (const size of [10, 500, 10]) await append("day", "x".repeat(size));
  for (const size of [10, 500, 10]) {
    const { batch, values } = await take(100, 100);
    expect(values).toHaveLength(size);
    await ack(batch);
  }
});

test("a failed batch waits, and comes at once if the caller asks for it", async () => {
  const { place, enqueue, take, ack } = writeShard(tenant, "wait");
  await enqueue("lamp", "1");
  const { batch } = await take();
  await tenant.writebehind.retry({ ...place, batch, attempts: 0, delayMs: 60_000, reason: "away" });
  const waiting = await tenant.writebehind.take({ ...place, limit: 10, maxBytes: 100 });
  expect(waiting).toEqual({ outcome: "waiting", retryInMs: expect.any(Number) });
  const skipped = await tenant.writebehind.take({ ...place, limit: 10, maxBytes: 100, skipDelay: true });
  expect(skipped).toMatchObject({ outcome: "batch", batch, attempts: 1 });
  await ack(batch);
  await enqueue("lamp", "2");
  expect(await take()).toMatchObject({ attempts: 0, previous: batch });
});

test.each([
  { name: "a name without a value", queue: ["vase"] },
  { name: "a value without a name", values: many(1) },
  { name: "a name for the value of another", queue: ["vase"], values: many(1) },
  { name: "a name that comes twice", queue: ["key-0", "key-0"], values: many(2) },
  { name: "a batch of 102 fields", batch: many(102), state: { batch: "5" } },
  { name: "a batch with only the previous number", batch: { "": "6" }, state: { batch: "7" } },
  { name: "a previous number with a letter", batch: { ...many(1), "": "x" }, state: { batch: "7" } },
  { name: "a batch without its number", batch: many(1) },
  { name: "a write without its first line", batch: { lamp: "new" }, state: { batch: "7" } },
  { name: "attempts that are no number", state: { attempts: "often" } },
])(
  "writebehind.take reports $name as corrupt and moves nothing",
  async ({ name, queue, values, batch, state }) => {
    if (queue) await redis.rpush(keys.writeQueue(scope, name, "0"), ...queue);
    if (values) await redis.hset(keys.writeValues(scope, name, "0"), values);
    if (batch) await redis.hset(keys.writeBatch(scope, name, "0"), batch);
    if (state) await redis.hset(keys.writeState(scope, name, "0"), state);
    expect(await failure(writeShard(tenant, name).take())).toMatchObject({ code: "CORRUPT" });
    expect(await redis.hgetall(keys.writeBatch(scope, name, "0"))).toEqual(batch ?? {});
    expect(await redis.hgetall(keys.writeValues(scope, name, "0"))).toEqual(values ?? {});
    expect(await redis.lrange(keys.writeQueue(scope, name, "0"), 0, -1)).toEqual(queue ?? []);
  },
);

function many(count: number): Record<string, string> {
  return Object.fromEntries(
    Array.from({ length: count }, (_, place) => [`key-${place}`, `${place}\tw\tkey-${place}\n1`]),
  );
}
