import { expect, test } from "vitest";
import { failure } from "../../support/lua/errors.js";
import { hour, keysOfStock, reserve, stocked, storedStock } from "../../support/lua/reservations.js";
import { bytesOf } from "../../support/lua/state.js";
import { freshTenant } from "../../support/lua/tenants.js";

const context = freshTenant();
const { redis, tenant } = context;

const recount = (product: string) => tenant.stock.recount({ product });

test("stock.recount repairs the stock after somebody deleted it and set its level again", async () => {
  const product = await stocked(context, "deleted", [9]);
  await reserve(context, product, "cart", 4);
  await redis.del(keysOfStock(context, product).stock);
  await tenant.stock.setLevel({ product, warehouse: "a", quantity: 9, sequence: 1, low: 0 });
  const release = { product, reservation: "cart", rememberMs: hour };
  const corrupt = { code: "CORRUPT", message: expect.stringContaining("held") };
  expect(await failure(tenant.stock.release(release))).toMatchObject(corrupt);
  expect(await recount(product)).toEqual({ outcome: "recounted", total: 9, available: 5 });
  expect(await tenant.stock.release(release)).toEqual({ outcome: "released", available: 9 });
});

test.each([{ total: "many" }, { total: "-1" }, { held: "x" }, { held: "5" }, { total: "1e1" }])(
  "stock.recount repairs %j and then finds nothing to repair",
  async (wrong) => {
    const product = await stocked(context, `wrong-${Object.entries(wrong)}`, [6, 4]);
    await reserve(context, product, "cart", 4);
    await redis.hset(keysOfStock(context, product).stock, wrong);
    const sums = { total: 10, available: 6 };
    expect(await recount(product)).toEqual({ outcome: "recounted", ...sums });
    expect(await storedStock(context, product)).toEqual({ total: 10, held: 4, levels: [6, 4] });
    const before = await bytesOf(redis, keysOfStock(context, product));
    expect(await recount(product)).toEqual({ outcome: "correct", ...sums });
    expect(await bytesOf(redis, keysOfStock(context, product))).toEqual(before);
  },
);

test("stock.recount adds up 1,000 held reservations and refuses more", async () => {
  const product = await stocked(context, "many", [2_000]);
  const names = Array.from({ length: 1_000 }, (_, position) => `cart-${position}`);
  await Promise.all(names.map((name) => reserve(context, product, name, 1)));
  await redis.hset(keysOfStock(context, product).stock, { held: 1 });
  expect(await recount(product)).toEqual({ outcome: "recounted", total: 2_000, available: 1_000 });
  await reserve(context, product, "one more", 1);
  expect(await recount(product)).toEqual({ outcome: "too_many" });
});

test("stock.recount returns unknown without levels, and reports a corrupt reservation", async () => {
  expect(await recount("nothing")).toEqual({ outcome: "unknown" });
  const product = await stocked(context, "corrupt", [9]);
  await reserve(context, product, "cart", 4);
  await redis.hdel(keysOfStock(context, product).reservations, "cart");
  expect(await failure(recount(product))).toMatchObject({ code: "CORRUPT" });
});
