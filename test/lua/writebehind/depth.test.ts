import { expect, test } from "vitest";
import { keys } from "../../../src/index.js";
import { failure } from "../../support/lua/errors.js";
import { freshTenant } from "../../support/lua/tenants.js";
import { writeShard } from "../../support/writebehind/shard.js";

const { redis, scope, tenant } = freshTenant();

test("the age is that of the first value of the oldest write", async () => {
  const { enqueue, depth, take } = writeShard(tenant, "age");
  await enqueue("lamp", "1");
  const { oldestMs = -1, sequence } = await depth();
  expect(oldestMs).toBeGreaterThanOrEqual(0);
  await enqueue("lamp", "2");
  const replaced = await depth();
  expect(replaced.oldestMs).toBeGreaterThanOrEqual(oldestMs);
  expect(replaced.sequence).toBeGreaterThan(sequence);
  await take();
  await enqueue("vase", "1");
  const inFlight = await depth();
  expect(inFlight.oldestMs).toBeGreaterThanOrEqual(replaced.oldestMs ?? 0);
  expect(inFlight).toMatchObject({ queued: 1, inFlight: 1, dead: 0 });
});

test("the age of a batch is that of its oldest write, also after a repair of the batch's number", async () => {
  const { enqueue, depth, take } = writeShard(tenant, "batch-age");
  const [oldest, younger] = [3_600_000, 60_000].map((ageMs) => (Date.now() - ageMs) * 1_000);
  const state = keys.writeState(scope, "batch-age", "0");
  // Numbers are Redis's clock in microseconds.
  for (const [key, number] of [
    ["lamp", oldest],
    ["vase", younger],
  ] as const) {
    await redis.rpush(keys.writeQueue(scope, "batch-age", "0"), key);
    await redis.hset(keys.writeValues(scope, "batch-age", "0"), key, `${number}\tw1\t${key}\n1`);
  }
  expect((await depth()).oldestMs).toBeGreaterThan(3_500_000);
  await take();
  await enqueue("lamp", "2");
  expect((await depth()).oldestMs).toBeGreaterThan(3_500_000);
  await redis.del(state);
  expect(await failure(depth())).toMatchObject({ code: "CORRUPT" });
  await redis.hset(state, "batch", String(younger));
  const { oldestMs = 0 } = await depth();
  expect(oldestMs).toBeGreaterThan(50_000);
  expect(oldestMs).toBeLessThan(3_500_000);
});

test.each([
  { name: "lost-names", lost: keys.writeQueue },
  { name: "lost-values", lost: keys.writeValues },
  { name: "lost-times", lost: keys.writeDead },
  { name: "lost-records", lost: keys.writeDeadRecords },
])("one of two keys that belong together: $name", async ({ name, lost }) => {
  const { enqueue, take, ack, depth } = writeShard(tenant, name);
  await enqueue("lamp", "1");
  const { batch, writes } = await take();
  await ack(batch, [{ sequence: writes[0]?.sequence ?? 0, reason: "no" }]);
  await enqueue("vase", "1");
  expect(await depth()).toMatchObject({ queued: 1, dead: 1 });
  await redis.del(lost(scope, name, "0"));
  expect(await failure(depth())).toMatchObject({ code: "CORRUPT" });
});

test("a sum that is wrong after a repair is right when nothing is queued", async () => {
  const { enqueue, depth, take, ack } = writeShard(tenant, "sum");
  const state = keys.writeState(scope, "sum", "0");
  for (const wrong of ["0", "5000"]) {
    await enqueue("lamp", "1");
    await enqueue("vase", "1");
    const { bytes } = await depth();
    await redis.hset(state, "bytes", wrong);
    // A shorter value must not need bytes that a wrong sum has not.
    await enqueue("lamp", "");
    const { batch } = await take();
    expect((await depth()).bytes).toBe(bytes - 1);
    await enqueue("sofa", "1");
    expect((await depth()).bytes).toBeGreaterThan(bytes);
    await ack(batch);
    expect((await depth()).bytes).toBeLessThan(bytes);
    await ack((await take()).batch);
    expect((await depth()).bytes).toBe(0);
    expect(await redis.hget(state, "bytes")).toBe("0");
  }
});
