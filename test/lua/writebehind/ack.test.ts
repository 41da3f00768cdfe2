import { expect, test } from "vitest";
import { freshTenant } from "../../support/lua/tenants.js";
import { writeShard } from "../../support/writebehind/shard.js";

const { tenant } = freshTenant();

test("a refused write is dropped if its key has a newer value, and appended ones are dead", async () => {
  const { enqueue, append, take, ack, listDead, depth } = writeShard(tenant, "newer");
  await enqueue("lamp", "old");
  await append("day", "event");
  const { batch, writes } = await take();
  await enqueue("lamp", "new");
  await append("day", "later");
  await ack(
    batch,
    writes.map(({ sequence }) => ({ sequence, reason: "two\nlines" })),
  );
  expect(await listDead()).toMatchObject([{ key: "day", valueBytes: 5, reason: "two lines" }]);
  expect(await depth()).toMatchObject({ queued: 2, inFlight: 0, dead: 1 });
});

test("a late acknowledgement of an earlier batch refuses nothing", async () => {
  const { enqueue, take, ack, listDead } = writeShard(tenant, "late");
  await enqueue("lamp", "1");
  const first = await take();
  await ack(first.batch);
  await enqueue("lamp", "2");
  const second = await take();
  const refused = [{ sequence: second.writes[0]?.sequence ?? 0, reason: "no" }];
  expect(await ack(first.batch, refused)).toEqual({ outcome: "acked" });
  expect(await take()).toEqual(second);
  expect(await listDead()).toEqual([]);
  expect(await ack(second.batch + 1)).toEqual({ outcome: "unknown" });
  expect(await ack(0)).toEqual({ outcome: "unknown" });
});
