import { expect, test } from "vitest";
import { freshTenant } from "../../support/lua/tenants.js";
import { writeShard } from "../../support/writebehind/shard.js";

const { tenant } = freshTenant();

test("a write that was queued again has a new number, and a late copy changes nothing", async () => {
  const { place, enqueue, append, take, ack, listDead, depth } = writeShard(tenant, "again");
  await enqueue("lamp", "value");
  await append("lamp", "event");
  const { batch, writes } = await take();
  await ack(
    batch,
    writes.map(({ sequence }) => ({ sequence, reason: "no" })),
  );
  const dead = (await listDead()).toSorted((one, other) => one.sequence - other.sequence);
  expect(dead).toHaveLength(2);
  for (const { key, sequence } of dead) {
    const call = { ...place, key, sequence, decision: "redrive" as const };
    expect(await tenant.writebehind.resolve(call)).toEqual({ outcome: "redriven" });
    expect(await tenant.writebehind.resolve(call)).toEqual({ outcome: "unknown" });
  }
  const second = await take();
  expect(second.values.toString()).toBe("valueevent");
  for (const { sequence } of second.writes) {
    expect(dead.map((write) => write.sequence)).not.toContain(sequence);
  }
  await ack(
    second.batch,
    second.writes.map(({ sequence }) => ({ sequence, reason: "no" })),
  );
  // The late copy names the first death.
  const [first] = dead;
  const late = { ...place, key: "lamp", sequence: first?.sequence ?? 0, decision: "discard" as const };
  expect(await tenant.writebehind.resolve(late)).toEqual({ outcome: "unknown" });
  expect(await depth()).toMatchObject({ dead: 2, queued: 0 });
});
