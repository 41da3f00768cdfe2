import { expect, test } from "vitest";
import { keys } from "../../../src/index.js";
import { failure } from "../../support/lua/errors.js";
import { freshTenant } from "../../support/lua/tenants.js";

const { redis, scope, tenant } = freshTenant();

const set = (product: string, amountMinor: number, sequence: number, currency = "EUR") =>
  tenant.price.set({ product, currency, amountMinor, sequence });
const stored = (product: string) => redis.hgetall(keys.price(scope, product, "EUR"));

test.each([
  { amountMinor: 0, sequence: 0, fields: { base: "0", base_seq: "0" } },
  {
    amountMinor: 1e12,
    sequence: Number.MAX_SAFE_INTEGER,
    fields: { base: "1000000000000", base_seq: "9007199254740991" },
  },
])("price.set stores $fields", async ({ amountMinor, sequence, fields }) => {
  const product = `stored-${amountMinor}`;
  expect(await set(product, amountMinor, sequence)).toEqual({ outcome: "applied" });
  expect(await stored(product)).toEqual(fields);
});

test.each([-1, 0.5, 1e12 + 1])("price.set refuses %d minor units before it is sent", async (amountMinor) => {
  expect(await failure(set("unsent", amountMinor, 1))).toMatchObject({ code: "ARGUMENT" });
});

test("base prices have one sequence for each currency, apart from that of the sales", async () => {
  expect(await set("lamp", 10, 5)).toEqual({ outcome: "applied" });
  const sale = { product: "lamp", currency: "EUR", sale: "xmas", amountMinor: 8, sequence: 1 };
  expect(await tenant.price.setSale(sale)).toEqual({ outcome: "applied" });
  expect(await set("lamp", 9, 4)).toEqual({ outcome: "stale" });
  expect(await set("lamp", 9, 5)).toEqual({ outcome: "repeated" });
  expect(await set("lamp", 9, 1, "JPY")).toEqual({ outcome: "applied" });
  expect(await stored("lamp")).toMatchObject({ base: "10", base_seq: "5" });
});
