import { expect, test } from "vitest";
import { freshTenant } from "../../support/lua/tenants.js";
import { writeShard } from "../../support/writebehind/shard.js";

const { tenant } = freshTenant();

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
