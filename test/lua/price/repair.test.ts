import { expect, test } from "vitest";
import { keys } from "../../../src/index.js";
import { nowMs } from "../../support/lua/commands.js";
import { failure } from "../../support/lua/errors.js";
import { freshName } from "../../support/lua/property.js";
import { repairsOn } from "../../support/lua/repairs/index.js";
import { freshTenant } from "../../support/lua/tenants.js";

const hour = 3_600_000;
const { redis, scope, tenant } = freshTenant();

/** A product at 1,999, with a sale for this week at 1,799 and one for this hour at 1,499. */
async function onSale() {
  const product = freshName();
  const of = { product, currency: "EUR" };
  const key = keys.price(scope, product, "EUR");
  const now = await nowMs(redis);
  const { repair, look } = repairsOn(redis, { price: key });
  const site = {
    key,
    setPrice: (amountMinor: number, sequence: number) => tenant.price.set({ ...of, amountMinor, sequence }),
    week: (sequence: number) =>
      tenant.price.setSale({ ...of, sale: "week", amountMinor: 1_799, endsAtMs: now + 99 * hour, sequence }),
    flash: (sequence: number) =>
      tenant.price.setSale({ ...of, sale: "flash", amountMinor: 1_499, endsAtMs: now + hour, sequence }),
    remove: (sale: string, sequence: number) => tenant.price.removeSale({ ...of, sale, sequence }),
    /** The price to pay, and the sale. */
    shown: async () => {
      const reply = await tenant.price.read(of);
      return reply.outcome === "priced" ? [reply.effectiveMinor, reply.sale] : [];
    },
    refused: async (what: string, call: () => Promise<unknown>) => {
      const message = expect.stringContaining(`CORRUPT ${what}`);
      expect(await failure(call())).toMatchObject({ code: "CORRUPT", message });
      expect(await look("price", what)).toEqual(await redis.call("HGETALL", key));
    },
    repair: (what: string, command: string, ...fillers: readonly (string | number | readonly string[])[]) =>
      repair("price", what, command, ...fillers),
  };
  await site.setPrice(1_999, 5);
  await site.week(4);
  await site.flash(5);
  expect(await site.shown()).toEqual([1_499, "flash"]);
  return site;
}

test("the repair of a base price: the price with a higher sequence", async () => {
  const { key, setPrice, shown, refused, repair } = await onSale();
  await redis.hset(key, { base: "many" });
  await refused("base", shown);
  await repair("base", "HDEL {price} base");
  expect(await setPrice(2_099, 5)).toEqual({ outcome: "repeated" });
  expect(await setPrice(2_099, 6)).toEqual({ outcome: "applied" });
  expect(await shown()).toEqual([1_499, "flash"]);
  expect(await redis.hget(key, "base")).toBe("2099");
});

test("the repair of base_seq: the price again, and late events apply until then", async () => {
  const { key, setPrice, shown, refused, repair } = await onSale();
  await redis.hset(key, { base_seq: "third" });
  await refused("base_seq", () => setPrice(2_099, 6));
  await repair("base_seq", "HDEL {price} base_seq");
  expect(await setPrice(999, 4)).toEqual({ outcome: "applied" });
  expect(await setPrice(1_999, 5)).toEqual({ outcome: "applied" });
  expect(await setPrice(999, 4)).toEqual({ outcome: "stale" });
  expect(await shown()).toEqual([1_499, "flash"]);
  expect(await redis.hmget(key, "base", "base_seq")).toEqual(["1999", "5"]);
});

test("the repair of a sale: an event of it, and no sale is on until then", async () => {
  const { key, setPrice, week, flash, remove, shown, refused, repair } = await onSale();
  await redis.hset(key, { "sale:flash": "1299 until tomorrow" });
  await refused("sale", () => week(6));
  await repair("sale", "HDEL {price} <the field of that sale> calendar", "sale:flash");
  expect(await shown()).toEqual([1_999, undefined]);
  // The price writes no calendar, so it is no repair.
  await setPrice(1_999, 6);
  expect(await shown()).toEqual([1_999, undefined]);
  expect(await flash(6)).toEqual({ outcome: "applied" });
  expect(await shown()).toEqual([1_499, "flash"]);
  await remove("flash", 7);
  expect(await shown()).toEqual([1_799, "week"]);
});

test("the repair of a calendar: an event of one sale writes it for all, and no sale is on until then", async () => {
  const { key, setPrice, week, remove, shown, refused, repair } = await onSale();
  const calendar = await redis.hget(key, "calendar");
  await redis.hset(key, { calendar: "from today: 1299" });
  await refused("calendar", shown);
  await repair("calendar", "HDEL {price} calendar");
  await setPrice(1_999, 6);
  expect(await shown()).toEqual([1_999, undefined]);
  expect(await week(6)).toEqual({ outcome: "applied" });
  expect(await redis.hget(key, "calendar")).toBe(calendar);
  expect(await shown()).toEqual([1_499, "flash"]);
  await remove("flash", 7);
  expect(await shown()).toEqual([1_799, "week"]);
});

test.each([
  { fields: "foreign fields", field: (index: number) => `note-${index}`, value: "a note" },
  { fields: "ended sales", field: (index: number) => `sale:old-${index}`, value: "ended at 9 seq 3" },
])("the repair of more than 100 sales, with $fields", async ({ field, value }) => {
  const { key, week, flash, remove, shown, refused, repair } = await onSale();
  const added = Array.from({ length: 100 }, (_, index) => field(index));
  await redis.hset(key, Object.fromEntries(added.map((name) => [name, value])));
  await refused("price of more than 100 sales", () => week(6));
  await repair(
    "price of more than 100 sales",
    "HDEL {price} calendar <fields that are foreign or say ended or refused>",
    added,
  );
  expect(await shown()).toEqual([1_999, undefined]);
  expect(await week(6)).toEqual({ outcome: "applied" });
  expect(await flash(5)).toEqual({ outcome: "repeated" });
  expect(await shown()).toEqual([1_499, "flash"]);
  await remove("flash", 7);
  expect(await shown()).toEqual([1_799, "week"]);
});

test("the repair of forgotten_seq: late events of forgotten sales stay stale, and would apply without it", async () => {
  const { key, remove, shown, week, refused, repair } = await onSale();
  await redis.hset(key, { forgotten_seq: "third" });
  await refused("forgotten_seq", () => week(6));
  const command = "HSET {price} forgotten_seq <the highest sequence of a sale event so far>";
  await repair("forgotten_seq", command, 5);
  expect(await remove("forgotten", 3)).toEqual({ outcome: "stale" });
  expect(await shown()).toEqual([1_499, "flash"]);
  expect(await remove("flash", 6)).toEqual({ outcome: "removed" });
  expect(await shown()).toEqual([1_799, "week"]);
  await redis.hdel(key, "forgotten_seq");
  expect(await remove("forgotten", 3)).toEqual({ outcome: "removed" });
});
