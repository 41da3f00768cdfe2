import { expect, test } from "vitest";
import { keys } from "../../../src/index.js";
import { nowMs } from "../../support/lua/commands.js";
import { freshTenant } from "../../support/lua/tenants.js";

const { redis, scope, tenant } = freshTenant();

const of = (product: string) => ({ product, currency: "EUR" });
const stored = (product: string) => redis.hgetall(keys.price(scope, product, "EUR"));

test("price.remove_sale ends a sale at once and leaves the others", async () => {
  await tenant.price.set({ ...of("lamp"), amountMinor: 10, sequence: 1 });
  await tenant.price.setSale({ ...of("lamp"), sale: "flash", amountMinor: 5, sequence: 1 });
  await tenant.price.setSale({ ...of("lamp"), sale: "week", amountMinor: 8, sequence: 2 });
  const before = await nowMs(redis);
  const removal = { ...of("lamp"), sale: "flash", sequence: 3 };
  expect(await tenant.price.removeSale(removal)).toEqual({ outcome: "removed" });
  expect(await tenant.price.removeSale(removal)).toEqual({ outcome: "repeated" });
  expect(await tenant.price.removeSale({ ...removal, sequence: 2 })).toEqual({ outcome: "stale" });
  expect(await tenant.price.read(of("lamp"))).toMatchObject({ effectiveMinor: 8, sale: "week" });
  const [, endedAt = ""] = /^ended at (\d+) seq 3$/.exec((await stored("lamp"))["sale:flash"] ?? "") ?? [];
  expect(Number(endedAt)).toBeGreaterThanOrEqual(before);
  expect(Number(endedAt)).toBeLessThanOrEqual(await nowMs(redis));
});

test("without sales there is no calendar, and a removed sale may be set again", async () => {
  await tenant.price.setSale({ ...of("vase"), sale: "flash", amountMinor: 5, sequence: 1 });
  await tenant.price.removeSale({ ...of("vase"), sale: "flash", sequence: 2 });
  expect(Object.keys(await stored("vase"))).toEqual(["sale:flash"]);
  const again = { ...of("vase"), sale: "flash", amountMinor: 4, sequence: 3 };
  expect(await tenant.price.setSale(again)).toEqual({ outcome: "applied" });
  expect(await stored("vase")).toMatchObject({ calendar: expect.stringMatching(/^0 \d+ 4 flash\n$/) });
});

test("price.remove_sale of a sale that was forgotten is stale, and a later number is kept", async () => {
  await redis.hset(keys.price(scope, "rug", "EUR"), { forgotten_seq: "9" });
  expect(await tenant.price.removeSale({ ...of("rug"), sale: "old", sequence: 9 })).toEqual({
    outcome: "stale",
  });
  expect(await tenant.price.removeSale({ ...of("rug"), sale: "old", sequence: 10 })).toEqual({
    outcome: "removed",
  });
});
