import { expect, test } from "vitest";
import { nowMs } from "../../support/lua/commands.js";
import { endReservation, hour, keysOfStock, reserve, stocked } from "../../support/lua/reservations.js";
import { bytesOf } from "../../support/lua/state.js";
import { freshTenant } from "../../support/lua/tenants.js";
import { writtenBy } from "../../support/lua/written.js";

const context = freshTenant();
const { redis, tenant } = context;

const extend = (product: string, leaseEndsMs: number, leaseMs = 2 * hour) =>
  tenant.stock.extend({ product, reservation: "cart", leaseEndsMs, leaseMs });

async function held(product: string): Promise<number> {
  await stocked(context, product, [9]);
  const reply = await reserve(context, product, "cart", 4);
  return reply.outcome === "reserved" ? reply.leaseEndsMs : 0;
}

test("a second reserve does not prolong a lease, and stock.extend does", async () => {
  const end = await held("longer");
  const again = { product: "longer", reservation: "cart", units: 4, leaseMs: 9 * hour, rememberMs: hour };
  expect(await tenant.stock.reserve(again)).toMatchObject({ leaseEndsMs: end });
  const before = await nowMs(redis);
  const reply = await extend("longer", end);
  const newEnd = reply.outcome === "extended" ? reply.leaseEndsMs : 0;
  expect(newEnd).toBeGreaterThanOrEqual(before + 2 * hour);
  expect(newEnd).toBeLessThanOrEqual((await nowMs(redis)) + 2 * hour);
  const { reservations, ends } = keysOfStock(context, "longer");
  expect(await redis.hget(reservations, "cart")).toBe(`held 4 ${newEnd}`);
  expect(Number(await redis.zscore(ends, "cart"))).toBe(newEnd);
  expect(await tenant.stock.reserve(again)).toMatchObject({ outcome: "reserved", leaseEndsMs: newEnd });
});

test("a late copy of an extension changes nothing and gets the stored end", async () => {
  const end = await held("late");
  const second = await extend("late", end);
  const secondEnd = second.outcome === "extended" ? second.leaseEndsMs : 0;
  const third = await extend("late", secondEnd, 3 * hour);
  const before = await bytesOf(redis, keysOfStock(context, "late"));
  for (const old of [end, secondEnd]) {
    expect(await extend("late", old, 9 * hour)).toEqual({ ...third, outcome: "stale" });
  }
  expect(await bytesOf(redis, keysOfStock(context, "late"))).toEqual(before);
});

test("an extension by less than the rest of the lease ends 1 ms later, so the end always rises", async () => {
  const end = await held("rising");
  expect(await extend("rising", end, 1)).toEqual({ outcome: "extended", leaseEndsMs: end + 1 });
  expect(await extend("rising", end, 1)).toEqual({ outcome: "stale", leaseEndsMs: end + 1 });
});

test("an extended reservation is not swept at its old end and can be committed", async () => {
  const end = await held("swept");
  await extend("swept", end);
  const sweep = { product: "swept", limit: 10, rememberMs: hour };
  const { waitMs = 0, ...reply } = await tenant.stock.sweep(sweep);
  expect(reply).toEqual({ outcome: "nothing_due", expired: 0, forgotten: 0 });
  expect(waitMs).toBeGreaterThan(hour + 60_000);
  const commit = { product: "swept", reservation: "cart", rememberMs: hour };
  expect(await tenant.stock.commit(commit)).toMatchObject({ outcome: "committed", total: 5 });
});

test("stock.extend does not extend what has ended or is unknown", async () => {
  const cart = { reservation: "cart", rememberMs: hour };
  const sold = await held("sold");
  await tenant.stock.commit({ product: "sold", ...cart });
  expect(await extend("sold", sold)).toEqual({ outcome: "already_committed" });
  const released = await held("released");
  await tenant.stock.release({ product: "released", ...cart });
  expect(await extend("released", released)).toEqual({ outcome: "released" });
  await held("over");
  await endReservation(context, "over", "cart");
  const over = Number(await redis.zscore(keysOfStock(context, "over").ends, "cart"));
  expect(await extend("over", over)).toEqual({ outcome: "expired" });
  await tenant.stock.sweep({ product: "over", limit: 10, rememberMs: hour });
  expect(await extend("over", over)).toEqual({ outcome: "expired" });
  expect(await extend("nothing", 1)).toEqual({ outcome: "unknown" });
});

test("a lease that stock.extend found over stays over after the clock went back", async () => {
  await held("back");
  await endReservation(context, "back", "cart");
  const { reservations, ends, closed } = keysOfStock(context, "back");
  const over = Number(await redis.zscore(ends, "cart"));
  expect(await extend("back", over)).toEqual({ outcome: "expired" });
  // At 0, no clock is before the end.
  expect(await redis.hget(reservations, "cart")).toBe("held 4 0");
  expect(await redis.zscore(ends, "cart")).toBe("0");
  const before = await bytesOf(redis, keysOfStock(context, "back"));
  for (const end of [over, 0]) expect(await extend("back", end)).toEqual({ outcome: "expired" });
  expect(await bytesOf(redis, keysOfStock(context, "back"))).toEqual(before);
  expect(await writtenBy([reservations, ends], () => extend("back", 0))).toEqual([]);
  const cart = { product: "back", reservation: "cart", rememberMs: hour };
  expect(await tenant.stock.commit(cart)).toEqual({ outcome: "expired" });
  expect(await redis.zcard(closed)).toBe(1);
  expect(await tenant.stock.read({ product: "back", low: 0 })).toMatchObject({ available: 9 });
});
