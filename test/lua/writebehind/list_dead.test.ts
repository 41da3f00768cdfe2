import { expect, test } from "vitest";
import { keys } from "../../../src/index.js";
import { createWriteQueue } from "../../../src/writebehind/index.js";
import { freshTenant } from "../../support/lua/tenants.js";
import { writeShard } from "../../support/writebehind/shard.js";

const { redis, tenant } = freshTenant();

test("pages follow each other, also if the last write of a page was resolved", async () => {
  const { place, append, take, ack } = writeShard(tenant, "pages");
  for (let number = 0; number < 5; number++) await append("day", String(number));
  const { batch, writes } = await take();
  await ack(
    batch,
    writes.map(({ sequence }) => ({ sequence, reason: "no" })),
  );
  const seen = new Set<number>();
  let after: { afterMs?: number; afterKey?: string; afterSequence?: number } = {};
  for (let pages = 0; pages < 5; pages++) {
    const page = await tenant.writebehind.listDead({ ...place, limit: 2, ...after });
    const last = page.writes.at(-1);
    if (!last) break;
    for (const { sequence } of page.writes) seen.add(sequence);
    after = { afterMs: last.deadSinceMs, afterKey: last.key, afterSequence: last.sequence };
  }
  expect([...seen].sort()).toEqual(writes.map(({ sequence }) => sequence).sort());
  // All died in one millisecond, so a page begins with them again.
  await tenant.writebehind.resolve({
    ...place,
    key: "day",
    sequence: writes[1]?.sequence ?? 0,
    decision: "discard",
  });
  const again = { afterMs: after.afterMs ?? 0, afterKey: "day", afterSequence: writes[1]?.sequence ?? 0 };
  const page = await tenant.writebehind.listDead({ ...place, limit: 10, ...again });
  expect(page.writes).toHaveLength(4);
});

test("the next page skips nothing if another dead write of the key has the same millisecond", async () => {
  const { place } = writeShard(tenant, "two-modes");
  const [dead, records] = [keys.writeDead, keys.writeDeadRecords].map((of) =>
    of(tenant.scope, place.queue, place.queueShard),
  );
  if (!dead || !records) throw new Error("there are two");
  // An appended write of zed with the number 4 was the last of a page, and is discarded since.
  for (const [member, sequence] of [
    ["desk", 1],
    ["zed", 2],
    ["zoo", 3],
  ] as const) {
    await redis.zadd(dead, 5, member);
    await redis.hset(records, member, `no\n${sequence}\tw${sequence}\t${member}\nx`);
  }
  const after = { afterMs: 5, afterKey: "zed" };
  const sequences = async (afterSequence: number) =>
    (await tenant.writebehind.listDead({ ...place, limit: 10, ...after, afterSequence })).writes.map(
      ({ sequence }) => sequence,
    );
  expect(await sequences(4)).toEqual([1, 2, 3]);
  expect(await sequences(2)).toEqual([3]);
});

test("a page ends before its writes take more than a megabyte, and the next one goes on", async () => {
  const { place, append, take, ack } = writeShard(tenant, "large-pages");
  // The second and the third one are together larger than a page, and the fourth one is by itself.
  const sizes = [10, 500_000, 600_000, 1_500_000, 10];
  for (const size of sizes) await append("day", "x".repeat(size));
  const { batch, writes } = await take(100, 16_000_000);
  expect(writes.map(({ valueBytes }) => valueBytes)).toEqual(sizes);
  await ack(
    batch,
    writes.map(({ sequence }) => ({ sequence, reason: "no" })),
  );
  const pages: number[] = [];
  const found: number[] = [];
  let after = {};
  for (let page = 0; page < 10; page++) {
    const { writes: listed } = await tenant.writebehind.listDead({ ...place, limit: 100, ...after });
    const last = listed.at(-1);
    if (!last) break;
    pages.push(listed.length);
    found.push(...listed.map(({ valueBytes }) => valueBytes));
    after = { afterMs: last.deadSinceMs, afterKey: last.key, afterSequence: last.sequence };
  }
  expect(found).toEqual(sizes);
  expect(pages).toEqual([2, 1, 1, 1]);
  const queue = createWriteQueue({ tenant: () => tenant }, { name: "large-pages" }).tenant("acme");
  const all = await queue.listDead();
  expect(all.map(({ valueBytes }) => valueBytes).sort()).toEqual([...sizes].sort());
});
