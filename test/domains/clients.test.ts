import { Redis } from "ioredis";
import { createCacheClient } from "moonpath/cache";
import { createCartClient, createCartWorker } from "moonpath/cart";
import { createCouponClient } from "moonpath/coupon";
import { createExpiryClient, createExpiryWorker } from "moonpath/expiry";
import { createIdempotencyClient } from "moonpath/idempotency";
import { createJobClient } from "moonpath/job";
import { createLimitClient } from "moonpath/limit";
import { createLockClient, keys } from "moonpath/lock";
import { createPriceClient } from "moonpath/price";
import { createQuotaClient } from "moonpath/quota";
import { createSlotClient } from "moonpath/slot";
import { createStockClient, listenToStock } from "moonpath/stock";
import { createVersionClient } from "moonpath/version";
import { countViews, createViewsClient, viewShards } from "moonpath/views";
import { createWritebehindClient } from "moonpath/writebehind";
import { describe, expect, onTestFinished, test } from "vitest";
import { scripts } from "../../generated/ts/index.js";
import type { ClientOptions, RedisLike } from "../../src/client/index.js";
import { startOwn } from "../support/own-server.js";
import { freshNamespace, sharedRedis } from "../support/redis.js";
import { deferred, within } from "../support/wait.js";

/** A client of these options for one test. */
function clientOf<Client extends { close(): void }>(
  create: (redis: RedisLike, options: ClientOptions) => Client,
): Client {
  const client = create(sharedRedis(), { namespace: freshNamespace(), deadlineMs: 10_000 });
  onTestFinished(() => client.close());
  return client;
}

const CREATORS = {
  cache: createCacheClient,
  cart: createCartClient,
  coupon: createCouponClient,
  expiry: createExpiryClient,
  idempotency: createIdempotencyClient,
  job: createJobClient,
  limit: createLimitClient,
  lock: createLockClient,
  price: createPriceClient,
  quota: createQuotaClient,
  slot: createSlotClient,
  stock: createStockClient,
  version: createVersionClient,
  views: createViewsClient,
  writebehind: createWritebehindClient,
};

/** Domains whose scripts a client has besides those of its own. */
const USED: Readonly<Record<string, readonly string[]>> = {
  cache: ["quota"],
  cart: ["slot", "stock"],
  expiry: ["slot"],
};

test("every domain has a client", () => {
  expect(Object.keys(CREATORS)).toEqual(Object.keys(scripts));
});

test.each(Object.entries(CREATORS))(
  "the client of %s loads its scripts, and no others",
  async (domain, create) => {
    const server = await startOwn();
    const redis = new Redis(server.url);
    const client = create(redis, { namespace: "shop" });
    try {
      await client.ready();
      const digests = Object.entries(scripts).flatMap(([name, functions]) =>
        Object.values<{ readonly digest: string; readonly many?: { readonly digest: string } }>(
          functions,
        ).flatMap(({ digest, many }) =>
          [digest, ...(many ? [many.digest] : [])].map((one) => [name, one] as const),
        ),
      );
      const loaded: unknown = await redis.script("EXISTS", ...digests.map(([, digest]) => digest));
      const expected = [domain, ...(USED[domain] ?? [])];
      expect(loaded).toEqual(digests.map(([name]) => (expected.includes(name) ? 1 : 0)));
    } finally {
      client.close();
      redis.disconnect();
    }
  },
);

describe("the tenants of a domain's client have the functions of createMoonpath:", () => {
  test("stock, with the events of listenToStock", async () => {
    const client = clientOf(createStockClient);
    const { stock } = client.tenant("acme");
    const set = { product: "lamp", warehouse: "berlin", low: 2 };
    await stock.setLevel({ ...set, quantity: 5, sequence: 1 });
    await stock.watch({ product: "lamp", sequence: 1, low: 2 });
    const events = listenToStock(client, { tenant: "acme" });
    await events.ready;
    await stock.setLevel({ ...set, quantity: 1, sequence: 2 });
    const next = await within("an event of stock", events[Symbol.asyncIterator]().next());
    expect(next.value).toMatchObject({ type: "status", product: "lamp", status: "low_stock" });
    events.close();
  });

  test("price, coupon, job and slot", async () => {
    const { price } = clientOf(createPriceClient).tenant("acme");
    await price.set({ product: "lamp", currency: "GBP", amountMinor: 1_250, sequence: 1 });
    expect(await price.read({ product: "lamp", currency: "GBP" })).toMatchObject({ effectiveMinor: 1_250 });
    const { coupon } = clientOf(createCouponClient).tenant("acme");
    expect(await coupon.read({ coupon: "spring" })).toMatchObject({ outcome: "unknown" });
    const { job } = clientOf(createJobClient).tenant("acme");
    expect(await job.read({ job: "nightly" })).toMatchObject({ outcome: "never" });
    expect(Object.keys(clientOf(createSlotClient).tenant("acme").slot)).toEqual(Object.keys(scripts.slot));
  });

  test("locks that are held while work runs", async () => {
    const { lock, scope, scripts: generated } = clientOf(createLockClient).tenant("acme");
    const held = await lock.using("nightly", { waitMs: 0 }, async ({ fence }) => {
      const stored = await sharedRedis().exists(keys.lock(scope, "nightly"));
      return { fence, stored };
    });
    expect(held).toEqual({ fence: expect.any(Number), stored: 1 });
    const args = { lock: "nightly", owner: "ann", leaseMs: 1_000 };
    expect(await generated.lock.acquire(args)).toMatchObject({ outcome: "acquired" });
  });

  test("requests that run once", async () => {
    const { idempotency } = clientOf(createIdempotencyClient).tenant("acme");
    let runs = 0;
    const request = () => idempotency.run("order-17", { units: 1 }, async () => ++runs);
    await request();
    await request();
    expect(runs).toBe(1);
  });

  test("rate limits and permits", async () => {
    const { limit } = clientOf(createLimitClient).tenant("acme");
    expect(await limit.using("labels", { permits: 1 }, async () => "printed")).toBe("printed");
  });

  test("expiry, with its worker and its shards", async () => {
    const client = clientOf((redis, options) =>
      createExpiryClient(redis, { ...options, queues: { offers: { shards: 2 } } }),
    );
    const handled = deferred<string>("a due item");
    const worker = createExpiryWorker(client, {
      queue: "offers",
      handle: async (items) => handled.resolve(items[0]?.item ?? "none"),
    });
    worker.start();
    try {
      await client.tenant("acme").expiry.track({ queue: "offers", item: "offer-7", dueMs: Date.now() - 1 });
      expect(await handled.promise).toBe("offer-7");
      expect(await client.shardsOf("offers")).toBe(2);
    } finally {
      await worker.stop();
    }
  });

  test("carts, with their worker", async () => {
    const client = clientOf(createCartClient);
    const { cart, stock } = client.tenant("acme");
    await stock.setLevel({ product: "lamp", warehouse: "berlin", quantity: 5, sequence: 1, low: 2 });
    const lines = [{ product: "lamp", units: 2 }];
    expect(await cart.reserve({ cart: "order-7", lines, leaseMs: 60_000 })).toMatchObject({
      outcome: "reserved",
    });
    const worker = createCartWorker(client);
    worker.start();
    expect(await worker.stop()).toBe("finished");
  });

  test("views", async () => {
    const client = clientOf(createViewsClient);
    const counter = countViews(client.tenant("acme"), { shards: viewShards(2) });
    counter.add("lamp");
    await counter.flush();
    expect(counter.status().sent).toBe(1);
    await counter.stop();
  });
});

test("a domain's client refuses an unknown option by its name", () => {
  const options: ClientOptions = JSON.parse('{ "nameSpace": "shop" }');
  for (const create of Object.values(CREATORS))
    expect(() => create(sharedRedis(), options)).toThrow(/nameSpace/);
});
