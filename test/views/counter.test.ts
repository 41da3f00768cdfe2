import { expect, onTestFinished, test, vi } from "vitest";
import { keys } from "../../src/index.js";
import { countViews, type ViewCounterOptions, viewShards } from "../../src/views/index.js";
import { type FreshTenant, freshTenant } from "../support/tenant.js";
import { deferred } from "../support/wait.js";

const shards = viewShards(4);

function counter({ tenant }: Pick<FreshTenant, "tenant">, options: Partial<ViewCounterOptions> = {}) {
  const made = countViews(tenant, { shards, flushMs: 3_600_000, ...options });
  onTestFinished(async () => {
    await made.stop({ graceMs: 0 });
  });
  return made;
}

/** What Redis has counted, by product, over all shards. */
async function counted({ redis, scope }: FreshTenant): Promise<Record<string, number>> {
  const totals: Record<string, number> = {};
  for (const shard of shards) {
    for (const [product, count] of Object.entries(await redis.hgetall(keys.views(scope, shard)))) {
      totals[product] = (totals[product] ?? 0) + Number(count);
    }
  }
  return totals;
}

/** The same tenant with another way to add views. */
const adding = (site: FreshTenant, add: FreshTenant["tenant"]["views"]["add"]) => ({
  tenant: { ...site.tenant, views: { ...site.tenant.views, add } },
});

test("the counter gathers views and sends them as one batch", async () => {
  const site = freshTenant();
  const add = vi.fn(site.tenant.views.add);
  const views = counter(adding(site, add));
  for (let view = 0; view < 1_000; view++) views.add(view % 10 === 0 ? "lamp" : "vase");
  views.add("lamp", 5);
  expect(views.status()).toEqual({ waiting: 1_005, sent: 0, dropped: 0 });
  await views.flush();
  expect(add).toHaveBeenCalledTimes(1);
  expect(await counted(site)).toEqual({ lamp: 105, vase: 900 });
  expect(views.status()).toEqual({ waiting: 0, sent: 1_005, dropped: 0 });
});

test("flush also waits for views that are added while a batch is in flight", async () => {
  const site = freshTenant();
  const inAdd = deferred("the batch is in flight");
  const goOn = deferred("the test answers the batch");
  const views = counter(
    adding(site, async (...args) => {
      inAdd.resolve();
      await goOn.promise;
      return site.tenant.views.add(...args);
    }),
  );
  views.add("lamp");
  const first = views.flush();
  await inAdd.promise;
  views.add("vase", 2);
  const second = views.flush();
  goOn.resolve();
  await first;
  await second;
  expect(await counted(site)).toEqual({ lamp: 1, vase: 2 });
});

test("batches go to one shard after the other, even those of one product", async () => {
  const site = freshTenant();
  const add = vi.fn(site.tenant.views.add);
  const views = counter(adding(site, add));
  for (let round = 0; round < 8; round++) {
    views.add("hot");
    await views.flush();
  }
  const used = add.mock.calls.map(([{ shard }]) => shard);
  expect(new Set(used.slice(0, 4)).size).toBe(4);
  expect(used.slice(4)).toEqual(used.slice(0, 4));
});

test("flush sends more products than maxBatches holds", async () => {
  const site = freshTenant();
  const views = counter(site, { maxBatches: 3, maxProducts: 10 });
  for (let product = 0; product < 40; product++) views.add(`p${product}`);
  await views.flush();
  expect(views.status()).toEqual({ waiting: 0, sent: 40, dropped: 0 });
  expect(Object.keys(await counted(site))).toHaveLength(40);
});

test("the counter sends a full batch before flushMs", async () => {
  const site = freshTenant();
  const sent = deferred("the batch is sent");
  const views = counter(
    adding(site, async (...args) => {
      const reply = await site.tenant.views.add(...args);
      sent.resolve();
      return reply;
    }),
    { maxProducts: 3 },
  );
  for (const product of ["a", "b", "c"]) views.add(product);
  await sent.promise;
  expect(await counted(site)).toEqual({ a: 1, b: 1, c: 1 });
});

test("the counter gathers each product into one of several batches", async () => {
  const site = freshTenant();
  const add = vi.fn(site.tenant.views.add);
  const views = counter(adding(site, add), { maxProducts: 10 });
  for (let view = 0; view < 100; view++) views.add(`p${view % 25}`);
  await views.flush();
  expect(add.mock.calls.map(([{ views: sent }]) => sent.length)).toEqual([10, 10, 5]);
  expect(Object.values(await counted(site))).toEqual(Array.from({ length: 25 }, () => 4));
});

test("the counter sends a batch that is not full after flushMs", async () => {
  const site = freshTenant();
  const sent = deferred("the batch is sent");
  const views = counter(
    adding(site, async (...args) => {
      const reply = await site.tenant.views.add(...args);
      sent.resolve();
      return reply;
    }),
    { flushMs: 1 },
  );
  views.add("lamp");
  await sent.promise;
  expect(await counted(site)).toEqual({ lamp: 1 });
});

test("the counter resends a batch after a lost answer to the same shard, which counts it once", async () => {
  const site = freshTenant();
  const add = vi.fn(site.tenant.views.add);
  let losses = 2;
  const onError = vi.fn();
  const views = counter(
    adding(site, async (...args) => {
      const reply = await add(...args);
      if (losses-- > 0) throw new Error("the answer was lost");
      return reply;
    }),
    { onError },
  );
  views.add("lamp", 7);
  await views.flush();
  views.add("vase");
  expect(await views.stop()).toEqual({ waiting: 0, sent: 8, dropped: 0 });
  expect(await counted(site)).toEqual({ lamp: 7, vase: 1 });
  expect(onError).toHaveBeenCalledTimes(2);
  const lamps = add.mock.calls.filter(
    ([
      {
        views: [first],
      },
    ]) => first?.product === "lamp",
  );
  expect(new Set(lamps.map(([{ shard, operation }]) => `${shard} ${operation}`)).size).toBe(1);
});

test("the counter has a limit while Redis is away, and status() shows the dropped views", async () => {
  const site = freshTenant();
  let down = true;
  const views = counter(
    adding(site, async (...args) => {
      if (down) throw new Error("down");
      return site.tenant.views.add(...args);
    }),
    { maxProducts: 10, maxBatches: 3 },
  );
  for (let product = 0; product < 100; product++) views.add(`product-${product}`);
  expect(views.status()).toEqual({ waiting: 40, sent: 0, dropped: 60 });
  views.add("product-39"); // one that is gathered already
  down = false;
  expect(await views.stop()).toEqual({ waiting: 0, sent: 41, dropped: 60 });
  expect(Object.keys(await counted(site))).toHaveLength(40);
});

test("stop gives up after its grace and returns the waiting views, and later views are dropped", async () => {
  const site = freshTenant();
  const views = counter(
    adding(site, async () => {
      throw new Error("down");
    }),
  );
  views.add("lamp", 3);
  expect(await views.stop({ graceMs: 20 })).toMatchObject({ waiting: 3, sent: 0 });
  views.add("lamp");
  expect(views.status()).toMatchObject({ dropped: 1 });
});

test.each([0, 1.5, Number.NaN])("the counter refuses a count of %d", (count) => {
  const views = counter(freshTenant());
  expect(() => views.add("lamp", count)).toThrow(expect.objectContaining({ code: "ARGUMENT" }));
});

test("the counter refuses a total that Redis would refuse, and sends the other views", async () => {
  const site = freshTenant();
  const views = counter(site);
  const refused = expect.objectContaining({ code: "ARGUMENT" });
  expect(() => views.add("lamp", 9_000_000_000_000_001)).toThrow(refused);
  views.add("lamp", 9_000_000_000_000_000);
  expect(() => views.add("lamp")).toThrow(refused);
  views.add("vase");
  await views.flush();
  expect(await counted(site)).toEqual({ lamp: 9_000_000_000_000_000, vase: 1 });
});

test.each(["lamp{1}", "", "lamp\n", "l".repeat(257), "\ud800"])(
  "the counter refuses a product named %j, and sends the other views",
  async (product) => {
    const site = freshTenant();
    const views = counter(site);
    expect(() => views.add(product)).toThrow(expect.objectContaining({ code: "ARGUMENT" }));
    views.add("vase");
    await views.flush();
    expect(await counted(site)).toEqual({ vase: 1 });
    expect(views.status()).toEqual({ waiting: 0, sent: 1, dropped: 0 });
  },
);

test.each([
  { code: "ARGUMENT", count: "8999999999999999" },
  { code: "CORRUPT", count: "many" },
])(
  "the counter drops and reports a batch with the error $code, and sends the next ones",
  async ({ code, count }) => {
    const site = freshTenant();
    await site.redis.hset(keys.views(site.scope, "0"), "lamp", count);
    const onError = vi.fn();
    const views = counter(site, { shards: ["0"], maxProducts: 1, onError });
    views.add("lamp", 2);
    views.add("vase");
    await views.flush();
    expect(onError.mock.calls).toEqual([[expect.objectContaining({ code })]]);
    expect(views.status()).toEqual({ waiting: 0, sent: 1, dropped: 2 });
    expect(await site.redis.hgetall(keys.views(site.scope, "0"))).toEqual({ lamp: count, vase: "1" });
  },
);

test("a shard whose key has the wrong type does not delay other shards", async () => {
  const site = freshTenant();
  await site.redis.set(keys.views(site.scope, "0"), "of another type");
  const onError = vi.fn();
  const views = counter(site, { shards: ["0", "1"], maxProducts: 1, onError });
  views.add("lamp");
  views.add("vase");
  await views.flush();
  expect(onError.mock.calls).toEqual([[expect.objectContaining({ code: "WRONG_TYPE" })]]);
  expect(views.status()).toEqual({ waiting: 0, sent: 1, dropped: 1 });
});
