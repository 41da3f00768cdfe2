import { describe, expect, test } from "vitest";
import { createScriptClient } from "../../../src/client/index.js";
import { keys, type PriceSetSaleArgs, scripts } from "../../../src/index.js";
import { clockKey, withClock } from "../../support/lua/clock.js";
import { nowMs } from "../../support/lua/commands.js";
import { expectAt, failure } from "../../support/lua/errors.js";
import { freshName } from "../../support/lua/property.js";
import { freshTenant } from "../../support/lua/tenants.js";

const never = 8_640_000_000_000_000;
const { redis, scope, tenant } = freshTenant();
const atClock = createScriptClient(
  redis,
  { price: { setSale: withClock(scripts.price.setSale) } },
  { namespace: scope.namespace, deadlineMs: 15_000 },
).tenant(scope.tenant);

type Event = Omit<PriceSetSaleArgs, "product" | "currency">;

const hour = 3_600_000;
const of = (product: string) => ({ product, currency: "EUR" });
const key = (product: string) => keys.price(scope, product, "EUR");
const setBase = (product: string, amountMinor: number, sequence = 1) =>
  tenant.price.set({ ...of(product), amountMinor, sequence });
const setSale = (product: string, event: Event) => tenant.price.setSale({ ...of(product), ...event });
const removeSale = (product: string, sale: string, sequence: number) =>
  tenant.price.removeSale({ ...of(product), sale, sequence });
const read = (product: string) => tenant.price.read(of(product));
const stored = (product: string) => redis.hgetall(key(product));

test("a sale for tomorrow does not end the sale of today", async () => {
  const now = await nowMs(redis);
  await setBase("calendar", 1_999);
  await setSale("calendar", { sale: "today", amountMinor: 1_499, endsAtMs: now + hour, sequence: 1 });
  const tomorrow = { sale: "tomorrow", amountMinor: 1_599, startsAtMs: now + 20 * hour, sequence: 2 };
  expect(await setSale("calendar", tomorrow)).toEqual({ outcome: "applied" });
  expect(await read("calendar")).toEqual({
    outcome: "priced",
    baseMinor: 1_999,
    effectiveMinor: 1_499,
    onSale: true,
    sale: "today",
    changesAtMs: now + hour,
  });
});

test("a sale above the base price never raises the effective price", async () => {
  await setBase("above", 1_999);
  await setSale("above", { sale: "wrong", amountMinor: 2_999, sequence: 1 });
  const unchanged = { outcome: "priced", baseMinor: 1_999, effectiveMinor: 1_999, onSale: false };
  expect(await read("above")).toEqual(unchanged);
  // A later base price decides anew.
  await setBase("above", 3_999, 2);
  expect(await read("above")).toMatchObject({ effectiveMinor: 2_999, onSale: true, sale: "wrong" });
});

describe("of sales that overlap", () => {
  test.each<{ first: Event; second: Event; wins: string }>([
    {
      first: { sale: "week", amountMinor: 8, sequence: 1 },
      second: { sale: "flash", amountMinor: 7, sequence: 2 },
      wins: "flash",
    },
    {
      first: { sale: "flash", amountMinor: 7, sequence: 1 },
      second: { sale: "week", amountMinor: 8, sequence: 2 },
      wins: "flash",
    },
    {
      first: { sale: "a late one", amountMinor: 7, startsAtMs: 9, sequence: 1 },
      second: { sale: "early", amountMinor: 7, startsAtMs: 8, sequence: 2 },
      wins: "early",
    },
    {
      first: { sale: "b", amountMinor: 7, sequence: 1 },
      second: { sale: "a", amountMinor: 7, sequence: 2 },
      wins: "a",
    },
  ])("$wins is on after $first and $second", async ({ first, second, wins }) => {
    const product = freshName();
    await setBase(product, 10);
    await setSale(product, first);
    await setSale(product, second);
    expect(await read(product)).toMatchObject({ sale: wins, effectiveMinor: 7 });
  });
});

test("a later event moves, shortens and prolongs a sale", async () => {
  const now = await nowMs(redis);
  await setBase("moved", 10);
  const sale = { sale: "xmas", amountMinor: 7 };
  await setSale("moved", { ...sale, startsAtMs: now + hour, endsAtMs: now + 2 * hour, sequence: 1 });
  expect(await read("moved")).toMatchObject({ onSale: false, changesAtMs: now + hour });
  await setSale("moved", { ...sale, endsAtMs: now + 2 * hour, sequence: 2 });
  expect(await read("moved")).toMatchObject({ onSale: true, changesAtMs: now + 2 * hour });
  await setSale("moved", { ...sale, endsAtMs: now + hour, sequence: 3 });
  expect(await read("moved")).toMatchObject({ onSale: true, changesAtMs: now + hour });
  await setSale("moved", { ...sale, sequence: 4 });
  const withoutEnd = { outcome: "priced", baseMinor: 10, effectiveMinor: 7, onSale: true, sale: "xmas" };
  expect(await read("moved")).toEqual(withoutEnd);
  // An end that has passed ends the sale.
  await setSale("moved", { ...sale, endsAtMs: now - 1, sequence: 5 });
  expect(await read("moved")).toEqual({
    outcome: "priced",
    baseMinor: 10,
    effectiveMinor: 10,
    onSale: false,
  });
});

test.each<{ event: Event; text: string; calendar: string }>([
  {
    event: { sale: "s", amountMinor: 5, sequence: 9_000_000_000_000_000 },
    text: `5 from 0 to ${never} seq 9000000000000000`,
    calendar: `0 ${never} 5 s\n`,
  },
  {
    event: { sale: "北京 1 2 3", amountMinor: 1e12, startsAtMs: never - 1, sequence: 0 },
    text: `1000000000000 from ${never - 1} to ${never} seq 0`,
    calendar: `${never - 1} ${never} 1000000000000 北京 1 2 3\n`,
  },
])("price.set_sale stores $event as $text", async ({ event, text, calendar }) => {
  const product = freshName();
  expect(await setSale(product, event)).toEqual({ outcome: "applied" });
  expect(await stored(product)).toEqual({ [`sale:${event.sale}`]: text, calendar });
});

test.each([
  { startsAtMs: 5, endsAtMs: 5 },
  { startsAtMs: 6, endsAtMs: 5 },
  { endsAtMs: 0 },
  { startsAtMs: never },
])("price.set_sale refuses the period %j and writes nothing", async (period) => {
  const error = await failure(setSale("refused", { sale: "s", amountMinor: 5, sequence: 1, ...period }));
  expectAt(error, "ARGUMENT", "price.set_sale", /err = "ARGUMENT /);
  expect(error.message).toMatch(/ends after it starts/);
  expect(await stored("refused")).toEqual({});
});

test.each([
  { amountMinor: -1 },
  { endsAtMs: never + 1 },
  { sale: "" },
  { sale: "a{b" },
  { sale: "s".repeat(129) },
])("price.set_sale refuses %j before it is sent", async (wrong) => {
  const error = await failure(setSale("unsent", { sale: "s", amountMinor: 5, sequence: 1, ...wrong }));
  expect(error).toMatchObject({ code: "ARGUMENT" });
});

test("of 40 sales with a price of their own, each is on when it is the lowest", async () => {
  const lines = Array.from({ length: 40 }, (_, number) => {
    const [from, to] = [number + 1, number + 2].map((day) => 8e12 + day * 24 * hour);
    return { name: `s${(number * 23) % 40}`, from, to, amount: 1 + ((number * 17) % 40) };
  });
  const sales = lines.map(({ name, from, to, amount }, number) => [
    `sale:${name}`,
    `${amount} from ${from} to ${to} seq ${number}`,
  ]);
  await redis.hset(key("many"), Object.fromEntries(sales));
  // It is on after the others have ended, and the highest price is on nowhere.
  await setSale("many", { sale: "dear", amountMinor: 99, endsAtMs: 8e12 + 41 * 24 * hour, sequence: 50 });
  const [first] = lines;
  expect((await stored("many"))["calendar"]).toBe(
    [{ name: "dear", from: 0, to: first?.from, amount: 99 }, ...lines]
      .map(({ name, from, to, amount }) => `${from} ${to} ${amount} ${name}\n`)
      .join(""),
  );
});

test("a sale that ends at this very instant has no line in the calendar", async () => {
  const product = freshName();
  await redis.set(clockKey(key(product)), 20);
  await redis.hset(key(product), {
    "sale:over": "5 from 0 to 20 seq 1",
    "sale:last": "6 from 0 to 21 seq 2",
  });
  const set = { sale: "new", amountMinor: 7, endsAtMs: 30, sequence: 3 };
  expect(await atClock.price.setSale({ ...of(product), ...set })).toEqual({ outcome: "applied" });
  expect(await stored(product)).toMatchObject({ calendar: "0 21 6 last\n21 30 7 new\n" });
});

test.each([
  { order: "ends", endedAgo: (number: number) => 900 - number, sequence: (number: number) => 200 - number },
  { order: "sequences if all ended together", endedAgo: () => 900, sequence: (number: number) => number },
])("at most 50 ended sales are remembered, the latest ones by their $order", async (by) => {
  const product = freshName();
  const now = await nowMs(redis);
  const ended = Array.from({ length: 50 }, (_, place) => {
    const number = (place * 19) % 50;
    return [`sale:e${number}`, `ended at ${now - by.endedAgo(number)} seq ${by.sequence(number)}`];
  });
  await redis.hset(key(product), Object.fromEntries(ended));
  await removeSale(product, "one more", 300);
  const fields = await stored(product);
  const forgotten = by.sequence(0);
  expect(fields).toMatchObject({ forgotten_seq: String(forgotten) });
  expect(Object.keys(fields)).toHaveLength(51);
  expect(fields).not.toHaveProperty("sale:e0");
  expect(await setSale(product, { sale: "e0", amountMinor: 1, sequence: forgotten })).toEqual({
    outcome: "stale",
  });
});

test("ended sales with equal ends and sequences have any order", async () => {
  const product = freshName();
  const at = (await nowMs(redis)) - 900;
  const ended = Array.from({ length: 50 }, (_, number) => [`sale:e${number}`, `ended at ${at} seq 7`]);
  await redis.hset(key(product), Object.fromEntries(ended));
  expect(await removeSale(product, "one more", 8)).toEqual({ outcome: "removed" });
  const fields = await stored(product);
  expect(Object.keys(fields)).toHaveLength(51);
  expect(fields).toMatchObject({ forgotten_seq: "7" });
});

test("50 sales that have not ended and 50 ended ones are read and written as a whole", async () => {
  const product = freshName();
  const now = await nowMs(redis);
  const numbers = Array.from({ length: 50 }, (_, number) => number);
  const fields = Object.fromEntries([
    ...numbers.map((number) => [`sale:on${number}`, `5 from 0 to ${never} seq ${number}`]),
    ...numbers.map((number) => [`sale:e${number}`, `ended at ${now - 900 + number} seq ${number}`]),
  ]);
  await setBase(product, 10);
  await redis.hset(key(product), { ...fields, forgotten_seq: "0", calendar: `0 ${never} 5 on0\n` });
  expect(await redis.hlen(key(product))).toBe(104);
  expect(await setSale(product, { sale: "on0", amountMinor: 4, sequence: 60 })).toEqual({
    outcome: "applied",
  });
  expect(await read(product)).toMatchObject({ effectiveMinor: 4, sale: "on0" });
});

test.each([
  "",
  "5 from 0 to 9",
  "5 from 9 to 9 seq 1",
  "5 from 0 to 8640000000000001 seq 1",
  "5 from 0 to 9 seq 9007199254740993",
  "1000000000001 from 0 to 9 seq 1",
  "-1 from 0 to 9 seq 1",
  "0.5 from 0 to 9 seq 1",
  "5 from 0 to 9 seq 1 ",
  "gone at 9 seq 1",
  "ended at 8640000000000001 seq 1",
  "ended at seq 1",
])("price.set_sale and remove_sale report the sale %j as corrupt", async (text) => {
  const product = freshName();
  await redis.hset(key(product), { "sale:other": text });
  for (const call of [
    setSale(product, { sale: "s", amountMinor: 5, sequence: 5 }),
    removeSale(product, "s", 5),
  ]) {
    const error = await failure(call);
    expect(error.code).toBe("CORRUPT");
    expect(error.source).toMatch(/^lua\/lib\/price\/stored_sales\.lua:/);
  }
  expect(await stored(product)).toEqual({ "sale:other": text });
});

test.each(["ended", "refused"])(
  "a sale that was %s by a clock ahead of Redis's leaves no trace in the calendar",
  async (state) => {
    const product = freshName();
    const ahead = (await nowMs(redis)) + 60_000;
    await redis.hset(key(product), {
      base: "1999",
      base_seq: "1",
      "sale:gone": `${state} at ${ahead} seq 5`,
    });
    expect(await removeSale(product, "other", 6)).toEqual({ outcome: "removed" });
    expect(await read(product)).toMatchObject({ outcome: "priced", effectiveMinor: 1999 });
    expect(await setSale(product, { sale: "on", amountMinor: 999, sequence: 7 })).toEqual({
      outcome: "applied",
    });
    expect(await read(product)).toMatchObject({ outcome: "priced", effectiveMinor: 999, sale: "on" });
  },
);

test("a hash that no script wrote is corrupt, and is not read as a whole", async () => {
  const fields = Array.from({ length: 105 }, (_, number) => [`field-${number}`, "1"]);
  await redis.hset(key("foreign"), Object.fromEntries(fields));
  const error = await failure(removeSale("foreign", "s", 1));
  expect(error).toMatchObject({ code: "CORRUPT" });
});
