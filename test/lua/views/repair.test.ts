import { expect, test } from "vitest";
import { keys } from "../../../src/index.js";
import { failure } from "../../support/lua/errors.js";
import { repairsOn } from "../../support/lua/repairs/index.js";
import { freshTenant } from "../../support/lua/tenants.js";

const { redis, scope, tenant } = freshTenant();
const { views } = tenant;
const setAbove = "SET {views_sequence} <a number above the highest batch in the database>";
const setHighest = "SET {views_sequence} <highest batch in the database>";

/** A shard, and a database that applies a batch once, as `applyViews` does. */
class Site {
  readonly keys;
  readonly repairs;
  last: number | undefined;
  total = 0;
  #added = 0;

  constructor(readonly shard: string) {
    this.keys = {
      views: keys.views(scope, shard),
      views_batch: keys.viewsBatch(scope, shard),
      views_sequence: keys.viewsSequence(scope, shard),
    };
    this.repairs = repairsOn(redis, this.keys);
  }

  add(count: number) {
    const operation = `page-${++this.#added}`;
    const lamp = [{ product: "lamp", count }];
    return views.add({ shard: this.shard, operation, views: lamp, rememberMs: 60_000 });
  }

  take = () => views.take({ shard: this.shard, limit: 100 });

  /** Takes a batch and applies it. */
  async apply(): Promise<number | undefined> {
    const taken = await this.take();
    if (taken.outcome === "empty") return undefined;
    const { batch, previous } = taken;
    if (batch === this.last) return batch;
    // The database would ask for `reconcileViews`.
    expect({ batch, previous }).toEqual({ batch, previous: this.last });
    if (this.last !== undefined) expect(batch).toBeGreaterThan(this.last);
    this.last = batch;
    this.total += taken.views.reduce((sum, { count }) => sum + count, 0);
    return batch;
  }

  /** Takes, applies and acknowledges until nothing is left. */
  async sync(): Promise<void> {
    for (let batch = await this.apply(); batch !== undefined; batch = await this.apply()) {
      expect(await views.ack({ shard: this.shard, batch })).toEqual({ outcome: "acked" });
    }
  }

  /** Both scripts refuse the number, or `take` refuses that it is missing. */
  async refused(): Promise<void> {
    const corrupt = { code: "CORRUPT", message: expect.stringContaining("views-sequence") };
    expect(await failure(this.take())).toMatchObject(corrupt);
    if (!(await redis.exists(this.keys.views_sequence))) return;
    expect(await failure(views.ack({ shard: this.shard, batch: 1 }))).toMatchObject(corrupt);
  }
}

/** A shard whose first batch of 5 views is in the database, and whose second one of 7 is taken. */
async function twoBatches(shard: string): Promise<Site> {
  const site = new Site(shard);
  await site.add(5);
  await site.sync();
  await site.add(7);
  expect(await site.take()).toMatchObject({ outcome: "batch", previous: site.last });
  return site;
}

test.each(["a corrupt number", "a missing number"])(
  "the repair of %s keeps a batch that is not in the database",
  async (name) => {
    const site = await twoBatches(name);
    if (name === "a missing number") await redis.del(site.keys.views_sequence);
    else await redis.set(site.keys.views_sequence, "garbage");
    await site.refused();
    expect(await site.repairs.look("views_sequence", "views-sequence")).toEqual(
      expect.arrayContaining(["", String(site.last)]),
    );
    await site.repairs.repair("views_sequence", "views-sequence", setAbove, Number(site.last) + 1);
    await site.add(3);
    await site.sync();
    expect(site.total).toBe(5 + 7 + 3);
  },
);

test.each(["a corrupt number", "a missing number"])(
  "the repair of %s does not count a batch twice that is in the database",
  async (name) => {
    const site = await twoBatches(`${name}, written`);
    await site.apply();
    if (name === "a missing number") await redis.del(site.keys.views_sequence);
    else await redis.set(site.keys.views_sequence, "garbage");
    await site.refused();
    await site.repairs.repair("views_sequence", "views-sequence", "DEL {views_batch}");
    await site.repairs.repair("views_sequence", "views-sequence", setHighest, Number(site.last));
    await site.add(3);
    await site.sync();
    expect(site.total).toBe(5 + 7 + 3);
  },
);

test("without a batch, the repair of a corrupt number sets the highest batch in the database", async () => {
  const site = await twoBatches("no batch");
  await site.sync();
  await redis.set(site.keys.views_sequence, "-1");
  await site.refused();
  await site.repairs.repair("views_sequence", "views-sequence", "DEL {views_batch}");
  await site.repairs.repair("views_sequence", "views-sequence", setHighest, Number(site.last));
  await site.add(3);
  await site.sync();
  expect(site.total).toBe(5 + 7 + 3);
});

test("the repair of a corrupt number keeps the first batch, before the database has any", async () => {
  const site = new Site("first");
  await site.add(7);
  await site.take();
  await redis.set(site.keys.views_sequence, "9007199254740990");
  expect(await failure(site.take())).toMatchObject({ code: "CORRUPT" });
  await site.repairs.repair("views_sequence", "views-sequence", setAbove, 1);
  await site.sync();
  expect(site.total).toBe(7);
});

test("the repair of a wrong number of the previous batch keeps the batch", async () => {
  const site = await twoBatches("previous");
  await redis.hset(site.keys.views_batch, "", "many");
  expect(await failure(site.take())).toMatchObject({ code: "CORRUPT" });
  const row = ["views_batch", "number of the previous batch"] as const;
  const set = 'HSET {views_batch} "" <highest batch in the database>';
  await site.repairs.repair(...row, set, Number(site.last));
  await site.sync();
  expect(site.total).toBe(5 + 7);
  // Of a batch that the database has, the same field.
  await site.add(3);
  await site.apply();
  await redis.hset(site.keys.views_batch, "", "many");
  await site.repairs.repair(...row, "DEL {views_batch}");
  await site.add(2);
  await site.sync();
  expect(site.total).toBe(5 + 7 + 3 + 2);
});

test("the repair of a batch with foreign fields keeps its views", async () => {
  const site = await twoBatches("foreign");
  const foreign = Array.from({ length: 100 }, (_, position) => `product-${position}`);
  await redis.hset(site.keys.views_batch, Object.fromEntries(foreign.map((field) => [field, "1"])));
  expect(await failure(site.take())).toMatchObject({ code: "CORRUPT" });
  await site.repairs.repair("views_batch", "views-batch", "HDEL {views_batch} <foreign fields>", foreign);
  await site.sync();
  expect(site.total).toBe(5 + 7);
});

test("the repair of a batch without a product deletes it", async () => {
  const site = await twoBatches("empty");
  await site.sync();
  await redis.hset(site.keys.views_batch, "", String(site.last));
  expect(await failure(site.take())).toMatchObject({ code: "CORRUPT" });
  await site.repairs.repair("views_batch", "views-batch", "DEL {views_batch}");
  await site.add(3);
  await site.sync();
  expect(site.total).toBe(5 + 7 + 3);
});
