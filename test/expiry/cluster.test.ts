import { expect, onTestFinished, test } from "vitest";
import { createExpiryWorker, createReservationSweeper } from "../../src/expiry/index.js";
import { createMoonpath } from "../../src/index.js";
import { createScheduler } from "../../src/scheduler/index.js";
import { countViews, createViewSync, viewShards } from "../../src/views/index.js";
import { freshNamespace, sharedCluster } from "../support/redis.js";
import { deferred, eventually } from "../support/wait.js";

/** Each part spans keys of several slots, and wakes over messages that any node passes on. */
function clusterClient() {
  const moonpath = createMoonpath(sharedCluster(), { namespace: freshNamespace(), deadlineMs: 15_000 });
  onTestFinished(() => moonpath.close());
  return moonpath;
}

const clusterTenant = () => clusterClient().tenant("acme");

test("on a cluster, an item that is due earlier wakes a worker", async () => {
  const moonpath = clusterClient();
  const tenant = moonpath.tenant("acme");
  const handled = deferred<readonly string[]>("the earlier item is handled");
  const worker = createExpiryWorker(moonpath, {
    queue: "offers",
    handle: async (items) => handled.resolve(items.map(({ item }) => item)),
  });
  onTestFinished(async () => void (await worker.stop()));
  worker.start();
  await eventually("the worker falls asleep", () => expect(worker.status().state).toBe("asleep"));
  await tenant.expiry.track({ queue: "offers", item: "offer-1", dueMs: 1 });
  expect(await handled.promise).toEqual(["offer-1"]);
});

test("on a cluster, expired reservations in different slots give their units back", async () => {
  const moonpath = clusterClient();
  const tenant = moonpath.tenant("acme");
  const products = ["lamp", "vase", "desk", "rug"];
  for (const product of products) {
    await tenant.stock.setLevel({ product, warehouse: "berlin", quantity: 2, sequence: 1, low: 0 });
    await tenant.stock.reserve({ product, reservation: "cart", units: 2, leaseMs: 1, rememberMs: 60_000 });
  }
  const sweeper = createReservationSweeper(moonpath, { rememberMs: 60_000 });
  onTestFinished(async () => void (await sweeper.stop()));
  sweeper.start();
  await eventually("every product has its units back", async () => {
    const stocks = await Promise.all(products.map((product) => tenant.stock.read({ product, low: 0 })));
    for (const stock of stocks) expect(stock).toMatchObject({ outcome: "known", available: 2 });
  });
});

test("on a cluster, a sync brings in every view of many shards once", async () => {
  const tenant = clusterTenant();
  const shards = viewShards(8);
  const counter = countViews(tenant, { shards, maxProducts: 5, flushMs: 3_600_000 });
  for (let view = 0; view < 400; view++) counter.add(`p${view % 40}`);
  expect(await counter.stop()).toEqual({ waiting: 0, sent: 400, dropped: 0 });
  const totals = new Map<string, number>();
  const sync = createViewSync(tenant, {
    shards,
    apply: async ({ views }) => {
      for (const { product, count } of views) totals.set(product, (totals.get(product) ?? 0) + count);
    },
  });
  expect(await sync.run()).toEqual({ batches: 8, views: 400, failed: [] });
  expect([...totals.values()]).toEqual(Array.from({ length: 40 }, () => 10));
});

test("on a cluster, a lock passes to its waiter, and a scheduler leads", async () => {
  const tenant = clusterTenant();
  const ran = deferred<number>("the job runs");
  const first = await tenant.lock.acquire("b", { leaseMs: 60_000 });
  const later = tenant.lock.using(["c", "b", "a"], { waitMs: 30_000 }, async ({ fences }) => fences.get("b"));
  await first.release();
  expect(await later).toBeGreaterThan(first.fence);
  const scheduler = createScheduler({
    tenant,
    jobs: [{ name: "tick", schedule: "* * * * * *", run: async ({ fence }) => ran.resolve(fence) }],
  });
  onTestFinished(async () => void (await scheduler.stop()));
  scheduler.start();
  expect(await ran.promise).toBeGreaterThan(0);
});
