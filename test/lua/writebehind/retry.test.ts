import { expect, test } from "vitest";
import { freshTenant } from "../../support/lua/tenants.js";
import { writeShard } from "../../support/writebehind/shard.js";

const { tenant } = freshTenant();

test("each attempt is counted once, and the reason is of the last one", async () => {
  const { place, enqueue, take, depth, ack } = writeShard(tenant, "attempts");
  await enqueue("lamp", "1");
  const { batch } = await take();
  const failed = (attempts: number, reason: string) =>
    tenant.writebehind.retry({ ...place, batch, attempts, delayMs: 0, reason });
  expect(await failed(0, "first")).toEqual({ outcome: "noted" });
  expect(await failed(0, "first, sent again")).toEqual({ outcome: "over" });
  expect(await failed(1, "second")).toEqual({ outcome: "noted" });
  expect(await depth()).toMatchObject({ attempts: 2, reason: "second", inFlight: 1 });
  expect(await take()).toMatchObject({ batch, attempts: 2 });
  await ack(batch);
  expect(await failed(2, "late")).toEqual({ outcome: "over" });
  expect(await depth()).toMatchObject({ attempts: 0, inFlight: 0 });
});
