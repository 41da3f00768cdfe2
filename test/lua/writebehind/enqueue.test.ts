import { expect, test } from "vitest";
import { keys } from "../../../src/index.js";
import { failure } from "../../support/lua/errors.js";
import { freshTenant } from "../../support/lua/tenants.js";
import { deferred } from "../../support/wait.js";
import { writeShard } from "../../support/writebehind/shard.js";

const { redis, scope, tenant } = freshTenant();

test("raw bytes come back unchanged", async () => {
  const { place, take } = writeShard(tenant, "bytes");
  const value = Buffer.from(Array.from({ length: 256 }, (_, byte) => byte));
  const limits = { maxWrites: 10, maxBytes: 10_000, flushWrites: 100, rememberMs: 60_000 };
  await tenant.writebehind.enqueue({ ...place, ...limits, key: "lamp", value, mode: "coalesce" });
  await tenant.writebehind.enqueue({ ...place, ...limits, key: "vase", value, mode: "append" });
  expect(await tenant.writebehind.read({ ...place, key: "lamp" })).toMatchObject({ value });
  const { values, writes } = await take();
  expect(values).toEqual(Buffer.concat([value, value]));
  expect(writes.map(({ valueBytes }) => valueBytes)).toEqual([256, 256]);
});

test("a late copy does not overwrite a later value, also after that one was acknowledged", async () => {
  const { place, enqueue, take, ack, depth } = writeShard(tenant, "late");
  await enqueue("lamp", "1", { operation: "w1" });
  await enqueue("lamp", "2", { operation: "w2" });
  expect(await enqueue("lamp", "1", { operation: "w1" })).toEqual({ outcome: "repeated" });
  expect(await tenant.writebehind.read({ ...place, key: "lamp" })).toMatchObject({
    value: Buffer.from("2"),
  });
  const { batch } = await take();
  await ack(batch);
  for (const operation of ["w1", "w2"]) {
    expect(await enqueue("lamp", "1", { operation })).toEqual({ outcome: "repeated" });
  }
  expect(await depth()).toMatchObject({ queued: 0, bytes: 0 });
});

test("a full shard takes a value that is not larger, and keeps nothing of another one", async () => {
  const { enqueue, depth } = writeShard(tenant, "full");
  await enqueue("lamp", "old", { maxWrites: 1, operation: "w1" });
  expect(await enqueue("vase", "new", { maxWrites: 1, operation: "w2" })).toEqual({ outcome: "full" });
  const before = await depth();
  const { bytes } = before;
  expect(await enqueue("lamp", "longer", { maxBytes: bytes, operation: "w3" })).toEqual({ outcome: "full" });
  expect(await depth()).toEqual({ ...before, oldestMs: expect.any(Number) });
  expect(await enqueue("lamp", "new", { maxBytes: bytes, operation: "w4" })).toEqual({ outcome: "replaced" });
  // The same call queues its write when there is room.
  expect(await enqueue("vase", "new", { operation: "w2" })).toEqual({ outcome: "queued" });
});

test("a new value removes a dead write of its key, and gives its bytes back", async () => {
  const { enqueue, take, ack, listDead, depth } = writeShard(tenant, "dead");
  await enqueue("lamp", "old");
  const { batch, writes } = await take();
  await ack(batch, [{ sequence: writes[0]?.sequence ?? 0, reason: "no such row" }]);
  expect(await listDead()).toHaveLength(1);
  const { bytes } = await depth();
  expect(await enqueue("lamp", "new", { maxWrites: 1 })).toEqual({ outcome: "queued" });
  expect(await listDead()).toEqual([]);
  expect((await depth()).bytes).toBeLessThan(bytes + 60);
});

test("workers hear when so many writes are queued", async () => {
  const { enqueue } = writeShard(tenant, "message");
  const heard = deferred("the message arrives");
  const listening = tenant.listen(keys.writeQueue(scope, "message", "0"), () => heard.resolve());
  await listening.ready;
  await enqueue("lamp", "1", { flushWrites: 2 });
  await enqueue("vase", "1", { flushWrites: 2 });
  await heard.promise;
  listening.stop();
});

test("a wrong number of bytes is an error, and nothing is written", async () => {
  const { enqueue } = writeShard(tenant, "corrupt");
  await redis.hset(keys.writeState(scope, "corrupt", "0"), "bytes", "-1");
  expect(await failure(enqueue("lamp", "1"))).toMatchObject({ code: "CORRUPT" });
  expect(await redis.exists(keys.writeQueue(scope, "corrupt", "0"))).toBe(0);
});
