import { expect, test } from "vitest";
import { freshTenant } from "../../support/lua/tenants.js";
import { writeShard } from "../../support/writebehind/shard.js";

const { tenant } = freshTenant();

test("appended writes of a key are no values of it", async () => {
  const { place, append, enqueue, take } = writeShard(tenant, "append");
  await append("lamp", "event");
  expect(await tenant.writebehind.read({ ...place, key: "lamp" })).toEqual({ outcome: "none" });
  await enqueue("lamp", "value", { operation: "w1" });
  const found = { value: Buffer.from("value"), operation: "w1" };
  expect(await tenant.writebehind.read({ ...place, key: "lamp" })).toEqual({ outcome: "queued", ...found });
  await take();
  expect(await tenant.writebehind.read({ ...place, key: "lamp" })).toEqual({
    outcome: "in_flight",
    ...found,
  });
});

test("many keys are read at once", async () => {
  const { place, enqueue } = writeShard(tenant, "many");
  await enqueue("lamp", "1");
  const read = tenant.writebehind.read.many([
    { ...place, key: "lamp" },
    { ...place, key: "vase" },
  ]);
  expect((await read).map((result) => result.ok && result.reply.outcome)).toEqual(["queued", "none"]);
});
