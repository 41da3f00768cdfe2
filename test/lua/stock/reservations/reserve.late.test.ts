import { expect, test } from "vitest";
import { keys } from "../../../../src/index.js";
import { failure } from "../../../support/lua/errors.js";
import {
  endReservation,
  hour,
  keysOfStock,
  reserve as reserveOf,
  stocked,
} from "../../../support/lua/reservations.js";
import { bytesOf } from "../../../support/lua/state.js";
import { freshTenant } from "../../../support/lua/tenants.js";

const context = freshTenant();
const { redis, scope, tenant } = context;

const reserve = (product: string, reservation: string, units: number) =>
  reserveOf(context, product, reservation, units);
const commit = (product: string, reservation: string) =>
  tenant.stock.commit({ product, reservation, rememberMs: hour });

test("a late copy of a refused reserve holds nothing, although the units are free now", async () => {
  const product = await stocked(context, "late", [5]);
  await reserve(product, "first", 5);
  const late = { product, operation: "op-1", reservation: "cart", units: 3, leaseMs: hour, rememberMs: hour };
  expect(await tenant.stock.reserve(late)).toEqual({ outcome: "refused", available: 0 });
  const left = await redis.pttl(keys.reserveOperation(scope, product, "op-1"));
  expect(left).toBeGreaterThan(650_000);
  expect(left).toBeLessThanOrEqual(660_000);
  await tenant.stock.release({ product, reservation: "first", rememberMs: hour });
  const before = await bytesOf(redis, keysOfStock(context, product));
  expect(await tenant.stock.reserve(late)).toEqual({ outcome: "refused", available: 0 });
  expect(await bytesOf(redis, keysOfStock(context, product))).toEqual(before);
  expect(await reserve(product, "cart", 3)).toMatchObject({ outcome: "reserved" });
  // The same operation for other units or another reservation is another call.
  for (const other of [{ reservation: "other" }, { units: 2 }]) {
    expect(await tenant.stock.reserve({ ...late, ...other })).toEqual({ outcome: "mismatch" });
  }
});

test.each(["released", "expired", "already_committed", "mismatch"] as const)(
  "a late copy of a reserve that was %s holds nothing after the reservation is forgotten",
  async (outcome) => {
    const product = await stocked(context, `late-${outcome}`, [5]);
    await reserve(product, "cart", outcome === "mismatch" ? 2 : 1);
    if (outcome === "released")
      await tenant.stock.release({ product, reservation: "cart", rememberMs: hour });
    if (outcome === "already_committed") await commit(product, "cart");
    if (outcome === "expired") await endReservation(context, product, "cart");
    // Soon forgotten, so its own text does not tell a late copy enough.
    if (/^(released|already)/.test(outcome)) await endReservation(context, product, "cart", -60_000);
    const late = {
      product,
      operation: "op-1",
      reservation: "cart",
      units: 1,
      leaseMs: hour,
      rememberMs: hour,
    };
    expect(await tenant.stock.reserve(late)).toEqual({ outcome });
    const { reservations, ends, closed } = keysOfStock(context, product);
    await redis.del(reservations, ends, closed);
    expect(await tenant.stock.reserve(late)).toEqual({ outcome });
    expect(await redis.exists(reservations)).toBe(0);
  },
);

test("a late copy of a reserve that found no stock holds nothing later", async () => {
  const args = { operation: "op-1", reservation: "cart", units: 1, leaseMs: hour, rememberMs: hour };
  expect(await tenant.stock.reserve({ ...args, product: "new" })).toEqual({ outcome: "unknown" });
  await stocked(context, "new", [5]);
  expect(await tenant.stock.reserve({ ...args, product: "new" })).toEqual({ outcome: "unknown" });
});

test.each(["again", "mismatch", "already_committed", "released", "expired", "unknown"])(
  "stock.reserve returns the remembered answer %s and holds nothing",
  async (outcome) => {
    const product = await stocked(context, `remembered-${outcome}`, [5]);
    await redis.set(keys.reserveOperation(scope, product, "op-1"), `${outcome} 0 1 cart`);
    const args = { product, operation: "op-1", reservation: "cart", units: 1, leaseMs: hour };
    expect(await tenant.stock.reserve({ ...args, rememberMs: hour })).toEqual({ outcome });
    expect(await redis.exists(keysOfStock(context, product).reservations)).toBe(0);
  },
);

test("with 100 ended leases and too few units, stock.reserve says refused", async () => {
  const product = await stocked(context, "hundred", [100]);
  const names = Array.from({ length: 100 }, (_, position) => `cart-${position}`);
  await Promise.all(names.map((name) => reserve(product, name, 1)));
  await Promise.all(names.map((name) => endReservation(context, product, name)));
  expect(await reserve(product, "big", 101)).toEqual({ outcome: "refused", available: 100 });
});

test.each(["", "refused", "refused x 1 cart", "refused 1.5 1 cart", "lost 0 1 cart"])(
  "stock.reserve reports the remembered answer %j as corrupt",
  async (text) => {
    const product = await stocked(context, `answer-${text}`, [5]);
    await redis.set(keys.reserveOperation(scope, product, "op-1"), text);
    const args = { product, operation: "op-1", reservation: "cart", units: 1, leaseMs: hour };
    expect(await failure(tenant.stock.reserve({ ...args, rememberMs: hour }))).toMatchObject({
      code: "CORRUPT",
    });
  },
);
