import { expect, test } from "vitest";
import { keys } from "../../../src/index.js";
import { failure } from "../../support/lua/errors.js";
import { freshTenant } from "../../support/lua/tenants.js";

const { redis, scope, tenant } = freshTenant();

const levels = (product: string) => tenant.stock.levels({ product });
const setLevel = (product: string, warehouse: string, quantity: number, sequence = 1, moved?: number) =>
  tenant.stock.setLevel({ product, warehouse, quantity, sequence, low: 0, moved });
const adjust = (product: string, warehouse: string, change: number) =>
  tenant.stock.adjust({ product, warehouse, change, backorder: true, low: 0, rememberMs: 60_000 });

test("stock.levels returns unknown for a product without stock and writes nothing", async () => {
  expect(await levels("nothing")).toEqual({ outcome: "unknown" });
  expect(await redis.exists(keys.stock(scope, "nothing"))).toBe(0);
});

test("stock.levels returns the levels of 100 warehouses in the order of their names", async () => {
  const names = Array.from(
    { length: 100 },
    (_, position) => `w${String((position * 37) % 100).padStart(2, "0")}`,
  );
  for (const warehouse of names) await setLevel("chair", warehouse, 1);
  const expected = [...names].sort().map((warehouse) => ({ warehouse, quantity: 1, moved: 0 }));
  expect(await levels("chair")).toEqual({ outcome: "known", total: 100, available: 100, levels: expected });
});

test("stock.levels returns the sum of what moved in each warehouse since its first event", async () => {
  await setLevel("lamp", "berlin", 10);
  await setLevel("lamp", "paris", 5);
  await adjust("lamp", "berlin", -3);
  await adjust("lamp", "berlin", 1);
  await setLevel("lamp", "berlin", 20, 2);
  await adjust("lamp", "berlin", -4);
  expect(await levels("lamp")).toMatchObject({
    levels: [
      { warehouse: "berlin", quantity: 16, moved: -6 },
      { warehouse: "paris", quantity: 5, moved: 0 },
    ],
  });
});

test("stock.levels reports a hash with too many fields as corrupt without reading it", async () => {
  const fields = Array.from({ length: 205 }, (_, position) => [`foreign:${position}`, "1"] as const);
  await redis.hset(keys.stock(scope, "fields"), { ...Object.fromEntries(fields) });
  expect(await failure(levels("fields"))).toMatchObject({ code: "CORRUPT" });
  await redis.hdel(keys.stock(scope, "fields"), "foreign:0");
  expect(await levels("fields")).toEqual({ outcome: "unknown" });
});

test("stock.levels reports levels that do not add up to the total as corrupt, and recount repairs them", async () => {
  await setLevel("rug", "berlin", 5);
  await setLevel("rug", "paris", 7);
  await redis.hset(keys.stock(scope, "rug"), { total: 11 });
  const wrong = { code: "CORRUPT", message: expect.stringContaining("total") };
  expect(await failure(levels("rug"))).toMatchObject(wrong);
  const sale = { product: "rug", change: -1, backorder: false, low: 0, rememberMs: 60_000 };
  expect(await failure(tenant.stock.adjust(sale))).toMatchObject(wrong);
  const recounted = { total: 12, available: 12 };
  expect(await tenant.stock.recount({ product: "rug" })).toEqual({ outcome: "recounted", ...recounted });
  expect(await tenant.stock.recount({ product: "rug" })).toEqual({ outcome: "correct", ...recounted });
  expect(await levels("rug")).toMatchObject({ outcome: "known", total: 12 });
});

test("stock.levels reports a level of 0 without a total as corrupt", async () => {
  await redis.hset(keys.stock(scope, "headless"), { "level:a": 0 });
  expect(await failure(levels("headless"))).toMatchObject({
    code: "CORRUPT",
    message: expect.stringContaining("total"),
  });
});

test.each([
  ["9007199254740991 1001000000000000", -1_001_000_000_000_000],
  ["0 -1001000000000000", 1_001_000_000_000_000],
])("stock.levels accepts the event %j of a warehouse", async (event, moved) => {
  const product = `event-${event}`;
  await redis.hset(keys.stock(scope, product), { total: 0, "level:a": 0, "event:a": event });
  expect(await levels(product)).toMatchObject({ levels: [{ warehouse: "a", quantity: 0, moved }] });
});

test.each([
  "",
  "9",
  "9 ",
  "x 5",
  "9 x",
  "9 1.5",
  "-1 5",
  "9 5 5",
  "9 1001000000000001",
  "9 -1001000000000001",
  "9007199254740992 5",
])("stock.levels reports the event %j of a warehouse as corrupt", async (event) => {
  const product = `event-${event}`;
  await redis.hset(keys.stock(scope, product), { total: 5, "level:a": 5, "event:a": event });
  expect(await failure(levels(product))).toMatchObject({ code: "CORRUPT" });
  expect(await failure(setLevel(product, "a", 1, 10))).toMatchObject({ code: "CORRUPT" });
});
