import { expect, test, vi } from "vitest";
import { ArgumentError, keys, ReconcileError } from "../../src/index.js";
import { countViews, createViewSync, type ViewBatch, viewShards } from "../../src/views/index.js";
import { type FreshTenant, freshTenant } from "../support/tenant.js";
import { deferred } from "../support/wait.js";

const shards = viewShards(3);

async function add({ tenant }: FreshTenant, shard: string, product: string, count: number): Promise<void> {
  await tenant.views.add({ shard, views: [{ product, count }], rememberMs: 60_000 });
}

/** A database that knows each shard's last number, as `applyViews` does. */
function ledger() {
  const totals = new Map<string, number>();
  const last = new Map<string, number>();
  const apply = async ({ shard, batch, previous, views }: ViewBatch): Promise<void> => {
    if (last.get(shard) === batch) return;
    expect(previous).toBe(last.get(shard));
    last.set(shard, batch);
    for (const { product, count } of views) totals.set(product, (totals.get(product) ?? 0) + count);
  };
  return { totals, apply };
}

test("a run empties all shards, in batches that name the previous one", async () => {
  const site = freshTenant();
  for (const shard of shards) {
    for (let product = 0; product < 5; product++) await add(site, shard, `product-${product}`, 2);
  }
  const { totals, apply } = ledger();
  const sync = createViewSync(site.tenant, { shards, limit: 2, apply });
  expect(await sync.run()).toEqual({ batches: 9, views: 30, failed: [] });
  expect(await sync.run()).toEqual({ batches: 0, views: 0, failed: [] });
  expect(Object.fromEntries(totals)).toEqual(
    Object.fromEntries([0, 1, 2, 3, 4].map((product) => [`product-${product}`, 6])),
  );
});

test("a batch whose acknowledgement failed comes again under its number, and counts once", async () => {
  const site = freshTenant();
  await add(site, "0", "lamp", 4);
  const { totals, apply } = ledger();
  const onError = vi.fn();
  const ack = vi.fn(site.tenant.views.ack).mockRejectedValueOnce(new Error("lost"));
  const tenant = { ...site.tenant, views: { ...site.tenant.views, ack } };
  const sync = createViewSync(tenant, { shards, apply, onError });
  expect(await sync.run()).toEqual({ batches: 0, views: 0, failed: ["0"] });
  expect(onError).toHaveBeenCalledWith(expect.objectContaining({ message: "lost" }), "0");
  expect(await sync.run()).toEqual({ batches: 1, views: 4, failed: [] });
  expect(Object.fromEntries(totals)).toEqual({ lamp: 4 });
});

test("a shard that disagrees with the database is reported and skipped, and the others go on", async () => {
  const site = freshTenant();
  for (const shard of shards) await add(site, shard, `of-${shard}`, 1);
  const { totals, apply } = ledger();
  const onReconcile = vi.fn();
  const onError = vi.fn();
  const sync = createViewSync(site.tenant, {
    shards,
    onReconcile,
    onError,
    apply: (batch) =>
      batch.shard === "1" ? Promise.reject(new ReconcileError("came back older")) : apply(batch),
  });
  expect(await sync.run()).toEqual({ batches: 2, views: 2, failed: ["1"] });
  expect(onReconcile).toHaveBeenCalledExactlyOnceWith(expect.any(ReconcileError), "1");
  expect(onError).not.toHaveBeenCalled();
  expect([...totals.keys()].sort()).toEqual(["of-0", "of-2"]);
  expect(await site.redis.hexists(keys.viewsBatch(site.scope, "1"), "of-1")).toBe(1);
});

test("a batch that another sync has applied meanwhile is no disagreement", async () => {
  const site = freshTenant();
  await add(site, "0", "lamp", 1);
  const { totals, apply } = ledger();
  const applied: number[] = [];
  // As `applyViews`: a batch older than the last one is refused.
  const applyInOrder = async (batch: ViewBatch) => {
    if (batch.batch < Math.max(...applied, 0)) throw new ReconcileError("older than the database");
    await apply(batch);
    applied.push(batch.batch);
  };
  const inApply = deferred("the sync applies a batch");
  const goOn = deferred("the test lets the batch be applied");
  const onReconcile = vi.fn();
  const slow = createViewSync(site.tenant, {
    shards,
    onReconcile,
    apply: async (batch) => {
      inApply.resolve();
      await goOn.promise;
      await applyInOrder(batch);
    },
  });
  const fast = createViewSync(site.tenant, { shards, apply: applyInOrder });
  const running = slow.run();
  await inApply.promise;
  await fast.run();
  await add(site, "0", "vase", 2);
  await fast.run();
  await add(site, "0", "vase", 4);
  goOn.resolve();
  expect(await running).toEqual({ batches: 1, views: 4, failed: [] });
  expect(onReconcile).not.toHaveBeenCalled();
  expect(Object.fromEntries(totals)).toEqual({ lamp: 1, vase: 6 });
});

test.each([[[]], [["0", "0"]], [["0", ""]]])(
  "createViewSync and countViews refuse the shards %j",
  (names) => {
    const site = freshTenant();
    expect(() => createViewSync(site.tenant, { shards: names, apply: async () => {} })).toThrow(
      ArgumentError,
    );
    expect(() => countViews(site.tenant, { shards: names })).toThrow(/shards/);
  },
);

test("a round ends although views keep coming in", async () => {
  const site = freshTenant();
  await add(site, "0", "lamp", 1);
  const { totals, apply } = ledger();
  const sync = createViewSync(site.tenant, {
    shards,
    apply: async (batch) => {
      await add(site, "0", "lamp", 1);
      await apply(batch);
    },
  });
  expect(await sync.run()).toEqual({ batches: 2, views: 2, failed: [] });
  expect(Object.fromEntries(totals)).toEqual({ lamp: 2 });
});

test("a second run joins the first", async () => {
  const site = freshTenant();
  await add(site, "0", "lamp", 1);
  const inApply = deferred("the sync applies a batch");
  const goOn = deferred("the test lets the batch be applied");
  const apply = vi.fn(async () => {
    inApply.resolve();
    await goOn.promise;
  });
  const sync = createViewSync(site.tenant, { shards, apply });
  const runs = [sync.run(), sync.run()];
  await inApply.promise;
  goOn.resolve();
  expect(await Promise.all(runs)).toEqual(Array(2).fill({ batches: 1, views: 1, failed: [] }));
  expect(apply).toHaveBeenCalledTimes(1);
});

test("stop makes a last round that includes views added during the current round", async () => {
  const site = freshTenant();
  const inApply = deferred("the sync applies a batch");
  const goOn = deferred("the test lets the batch be applied");
  const { totals, apply } = ledger();
  await add(site, "1", "early", 1);
  const sync = createViewSync(site.tenant, {
    shards,
    concurrency: 1,
    apply: async (batch) => {
      inApply.resolve();
      await goOn.promise;
      await apply(batch);
    },
  });
  const running = sync.run();
  await inApply.promise;
  const stopped = sync.stop();
  // The round has passed this shard already.
  await add(site, "0", "late", 2);
  goOn.resolve();
  expect(await running).toEqual({ batches: 1, views: 1, failed: [] });
  expect(await stopped).toEqual({ batches: 1, views: 2, failed: [] });
  expect(Object.fromEntries(totals)).toEqual({ early: 1, late: 2 });
  expect(await sync.run()).toEqual({ batches: 0, views: 0, failed: [] });
});

test("stop gives up after its grace, and an aborted run ends before the next batch", async () => {
  const site = freshTenant();
  await add(site, "0", "lamp", 1);
  const sync = createViewSync(site.tenant, {
    shards,
    apply: (_, { signal }) =>
      new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason))),
  });
  expect(await sync.stop({ graceMs: 10 })).toMatchObject({
    batches: 0,
    failed: expect.arrayContaining(["0"]),
  });
  const aborted = createViewSync(site.tenant, { shards, apply: () => Promise.reject(new Error("never")) });
  expect(await aborted.run({ signal: AbortSignal.abort() })).toEqual({
    batches: 0,
    views: 0,
    failed: [...shards],
  });
});
