import { expect, onTestFinished, test } from "vitest";
import {
  createReservationSweeper,
  type ReservationSweeperOptions,
  type TenantProduct,
} from "../../src/expiry/index.js";
import { createMoonpath, keys } from "../../src/index.js";
import { freshNamespace, sharedRedis } from "../support/redis.js";
import { deferred, eventually } from "../support/wait.js";

const rememberMs = 1_000;
const hour = 3_600_000;

function freshSite() {
  const redis = sharedRedis();
  const namespace = freshNamespace();
  const moonpath = createMoonpath(redis, { namespace, deadlineMs: 15_000 });
  onTestFinished(() => moonpath.close());
  const scopeOf = (tenant: string) => ({ namespace, tenant });
  return {
    redis,
    moonpath,
    async stocked(tenant: string, product: string, quantity = 10): Promise<void> {
      const level = { product, warehouse: "berlin", quantity, sequence: 1, low: 0 };
      await moonpath.tenant(tenant).stock.setLevel(level);
    },
    async reserved(tenant: string, product: string, leaseMs: number): Promise<void> {
      const args = { product, reservation: "cart-1", units: 3, leaseMs, rememberMs };
      expect(await moonpath.tenant(tenant).stock.reserve(args)).toMatchObject({ outcome: "reserved" });
    },
    held: (tenant: string, product: string) => redis.hget(keys.stock(scopeOf(tenant), product), "held"),
    dueAt: (tenant: string, product: string) =>
      redis.zscore(keys.slotDue(scopeOf(tenant), product), `${tenant}:${product}`),
    reservations: (tenant: string, product: string) => keys.reservations(scopeOf(tenant), product),
    started(options: Partial<ReservationSweeperOptions> = {}) {
      const sweeper = createReservationSweeper(moonpath, { rememberMs, ...options });
      onTestFinished(async () => {
        await sweeper.stop({ graceMs: 0 });
      });
      sweeper.start();
      return sweeper;
    },
  };
}

test("one sweeper gives units back to the products of all tenants when leases end", async () => {
  const site = freshSite();
  const swept: [TenantProduct, object][] = [];
  site.started({ onSwept: (product, counts) => swept.push([product, counts]) });
  for (const tenant of ["acme", "globex"]) {
    await site.stocked(tenant, "lamp");
    await site.reserved(tenant, "lamp", 300);
    expect(await site.held(tenant, "lamp")).toBe("3");
  }
  for (const tenant of ["acme", "globex"]) {
    await eventually(`the units of ${tenant} are free`, async () =>
      expect(await site.held(tenant, "lamp")).toBe("0"),
    );
  }
  expect(swept).toContainEqual([
    { tenant: "acme", product: "lamp" },
    { expired: 1, forgotten: 0 },
  ]);
  await eventually("the closed reservations are removed", async () => {
    expect(await site.redis.exists(site.reservations("acme", "lamp"))).toBe(0);
    expect(await site.dueAt("acme", "lamp")).toBeNull();
  });
});

test("a reservation that was made while no sweeper ran ends after one has started", async () => {
  const site = freshSite();
  await site.stocked("acme", "lamp");
  await site.reserved("acme", "lamp", 1);
  const sweeper = site.started();
  await eventually("the units are free", async () => expect(await site.held("acme", "lamp")).toBe("0"));
  expect(await sweeper.stop()).toBe("finished");
  expect(sweeper.status()).toMatchObject({ state: "stopped", deadLettered: 0 });
});

test("a corrupt product is set aside once, holds up no other, and can be redriven", async () => {
  const site = freshSite();
  for (const product of ["lamp", "vase"]) {
    await site.stocked("acme", product);
    await site.reserved("acme", product, 1);
  }
  const key = site.reservations("acme", "vase");
  const stored = (await site.redis.hget(key, "cart-1")) ?? "";
  await site.redis.hset(key, "cart-1", "held many 1");
  const told: [TenantProduct, string][] = [];
  const set = deferred("the corrupt product is set aside");
  const sweeper = site.started({
    onDeadLetter: (...one) => {
      told.push(one);
      set.resolve();
    },
  });
  await set.promise;
  await eventually("the lamp is swept", async () => expect(await site.held("acme", "lamp")).toBe("0"));
  expect(await site.dueAt("acme", "vase")).toBeNull();
  await site.redis.hset(key, "cart-1", stored);
  expect(await sweeper.redrive()).toEqual({ redriven: 1 });
  await eventually("the vase is swept", async () => expect(await site.held("acme", "vase")).toBe("0"));
  expect(told).toEqual([[{ tenant: "acme", product: "vase" }, "CorruptError CORRUPT"]]);
  expect(await sweeper.redrive()).toEqual({ redriven: 0 });
  expect(sweeper.status()).toMatchObject({ deadLettered: 1 });
});

test("a sweep ends more reservations than one call takes", async () => {
  const site = freshSite();
  await site.stocked("acme", "lamp", 5_000);
  const scope = { namespace: site.moonpath.namespace, tenant: "acme" };
  const carts = Array.from({ length: 2_500 }, (_, cart) => `cart-${cart}`);
  await site.redis.zadd(keys.reservationEnds(scope, "lamp"), ...carts.flatMap((cart) => [1, cart]));
  await site.redis.hset(site.reservations("acme", "lamp"), ...carts.flatMap((cart) => [cart, "held 1 1"]));
  await site.redis.hset(keys.stock(scope, "lamp"), "held", 2_500);
  await site.redis.zadd(keys.slotDue(scope, "lamp"), 1, "acme:lamp");
  site.started({ rememberMs: hour });
  await eventually("all units are free", async () => expect(await site.held("acme", "lamp")).toBe("0"));
  expect(Number(await site.dueAt("acme", "lamp"))).toBeGreaterThan(Date.now() + hour / 2);
});

test.each([
  ["rememberMs", { rememberMs: 999 }],
  ["limit", { rememberMs, limit: 101 }],
  ["concurrency", { rememberMs, concurrency: 0 }],
])("createReservationSweeper checks %s", (name, options) => {
  expect(() => createReservationSweeper(freshSite().moonpath, options)).toThrow(name);
});

test("redrive makes all valid products due again, and reports entries that are not valid", async () => {
  const site = freshSite();
  const scope = { namespace: site.moonpath.namespace, tenant: "acme" };
  const products = Array.from({ length: 8 }, (_, index) => `lamp-${index}`);
  for (const product of products) {
    await site.redis.hset(keys.slotDead(scope, product), `acme:${product}`, "1700000000000 CORRUPT");
  }
  await site.redis.hset(keys.slotDead(scope, "vase"), "acme:vase", "yesterday");
  await site.redis.hset(keys.slotDead(scope, "lamp-3"), "no colon", "1700000000000 x");
  const sweeper = createReservationSweeper(site.moonpath, { rememberMs });
  await expect(sweeper.redrive()).rejects.toMatchObject({
    code: "CORRUPT",
    message: expect.stringMatching(/^2 entries of <namespace>:\{<slot>\}:slot-dead .* 8 other products/),
  });
  for (const product of products) expect(await site.dueAt("acme", product)).not.toBeNull();
});
