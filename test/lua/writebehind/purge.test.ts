import { expect, test } from "vitest";
import { keys } from "../../../src/index.js";
import { freshTenant } from "../../support/lua/tenants.js";
import { writeShard } from "../../support/writebehind/shard.js";

const { redis, scope, tenant } = freshTenant();

test("the batch in flight stays and is acknowledged, and nothing is left", async () => {
  const { place, enqueue, take, ack, depth } = writeShard(tenant, "in-flight");
  await enqueue("lamp", "1");
  const { batch } = await take();
  await enqueue("vase", "1");
  const { sequence } = await depth();
  const purge = () => tenant.writebehind.purge({ ...place, sequence });
  expect(await purge()).toEqual({ outcome: "purged", queued: 1, dead: 0 });
  expect(await depth()).toMatchObject({ queued: 0, inFlight: 1 });
  await ack(batch);
  expect(await depth()).toMatchObject({ bytes: 0, inFlight: 0 });
});

test("a late copy discards neither a later write nor one that died later", async () => {
  const { place, enqueue, take, ack, depth } = writeShard(tenant, "late");
  await enqueue("lamp", "1");
  const { batch, writes } = await take();
  const { sequence } = await depth();
  const purge = () => tenant.writebehind.purge({ ...place, sequence });
  expect(await purge()).toEqual({ outcome: "purged", queued: 0, dead: 0 });
  await ack(
    batch,
    writes.map((write) => ({ sequence: write.sequence, reason: "no" })),
  );
  expect(await purge()).toEqual({ outcome: "changed" });
  await enqueue("vase", "1");
  expect(await purge()).toEqual({ outcome: "changed" });
  expect(await depth()).toMatchObject({ queued: 1, dead: 1 });
});

test("writes are counted and discarded although their names are lost", async () => {
  const { place, enqueue, take, ack, depth } = writeShard(tenant, "names");
  await enqueue("lamp", "1");
  const { batch, writes } = await take();
  await ack(
    batch,
    writes.map((write) => ({ sequence: write.sequence, reason: "no" })),
  );
  await enqueue("vase", "1");
  await enqueue("sofa", "1");
  const { sequence } = await depth();
  await redis.del(keys.writeQueue(scope, "names", "0"), keys.writeDead(scope, "names", "0"));
  const purged = await tenant.writebehind.purge({ ...place, sequence });
  expect(purged).toEqual({ outcome: "purged", queued: 2, dead: 1 });
  expect(await depth()).toMatchObject({ queued: 0, dead: 0, bytes: 0 });
});
