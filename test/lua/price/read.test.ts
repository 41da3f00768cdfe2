import { expect, test } from "vitest";
import { keys } from "../../../src/index.js";
import { nowMs } from "../../support/lua/commands.js";
import { failure } from "../../support/lua/errors.js";
import { freshTenant } from "../../support/lua/tenants.js";

const never = 8_640_000_000_000_000;
const { redis, scope, tenant } = freshTenant();

const key = (product: string) => keys.price(scope, product, "EUR");
const read = (product: string) => tenant.price.read({ product, currency: "EUR" });

// Far from now, so that a slow machine changes nothing.
const far = 1_000_000;

test.each([
  { starts: -far, ends: far, onSale: true, changes: "ends" },
  { starts: far, ends: 2 * far, onSale: false, changes: "starts" },
  { starts: -2 * far, ends: -far, onSale: false, changes: undefined },
] as const)(
  "price.read returns onSale $onSale for a sale from $starts to $ends ms after now",
  async ({ starts, ends, onSale, changes }) => {
    const now = await nowMs(redis);
    const window = { sale_starts: now + starts, sale_ends: now + ends };
    await redis.hset(key(`from${starts}`), { base: "1999", sale: "1499", ...window });
    expect(await read(`from${starts}`)).toEqual({
      outcome: "priced",
      baseMinor: 1999,
      saleMinor: 1499,
      effectiveMinor: onSale ? 1499 : 1999,
      onSale,
      ...(changes && { changesAtMs: changes === "ends" ? window.sale_ends : window.sale_starts }),
    });
  },
);

test("the window of a sale includes its start and excludes its end", async () => {
  // An answer counts where the clock before and after it says the same; at a start that is past it
  // always does.
  let judged = 0;
  for (let round = 0; round < 200; round++) {
    const edge = (await nowMs(redis)) + (round % 3);
    const product = `edge-${round % 2}`;
    const window = round % 2 ? { sale_starts: edge, sale_ends: never } : { sale_starts: 0, sale_ends: edge };
    await redis.hset(key(product), { base: "10", sale: "7", ...window });
    const before = await nowMs(redis);
    const reply = await read(product);
    const after = await nowMs(redis);
    const past = before >= edge ? true : after < edge ? false : undefined;
    if (past === undefined) continue;
    judged++;
    const onSale = round % 2 ? past : !past;
    expect(reply).toMatchObject({ onSale, effectiveMinor: onSale ? 7 : 10 });
    expect("changesAtMs" in reply && reply.changesAtMs === edge).toBe(!past);
  }
  expect(judged).toBeGreaterThan(0);
});

test.each([
  { fields: {}, reply: { outcome: "unknown" } },
  {
    fields: { sale: "5", sale_seq: "1", sale_starts: "0", sale_ends: String(never) },
    reply: { outcome: "unknown" },
  },
  {
    fields: { base: "0", base_seq: "1" },
    reply: { outcome: "priced", baseMinor: 0, effectiveMinor: 0, onSale: false },
  },
  {
    fields: { base: "1000000000000", sale: "0", sale_starts: "0", sale_ends: String(never) },
    reply: {
      outcome: "priced",
      baseMinor: 1e12,
      saleMinor: 0,
      effectiveMinor: 0,
      onSale: true,
    },
  },
  {
    fields: { base: "5", sale: "9", sale_starts: "0", sale_ends: String(never) },
    reply: {
      outcome: "priced",
      baseMinor: 5,
      saleMinor: 9,
      effectiveMinor: 9,
      onSale: true,
    },
  },
])("price.read returns $reply for the fields $fields", async ({ fields, reply }) => {
  const product = `fields-${Object.entries(fields).join("-")}`;
  if (Object.keys(fields).length > 0) await redis.hset(key(product), fields);
  expect(await read(product)).toEqual(reply);
});

test.each([
  { base: "-1" },
  { base: "1000000000001" },
  { base: "5", sale: "-1", sale_starts: "0", sale_ends: "9" },
  { base: "5", sale: "5" },
  { base: "5", sale: "5", sale_starts: "0" },
  { base: "5", sale: "5", sale_ends: "9" },
  { base: "5", sale: "5", sale_starts: "-1", sale_ends: "9" },
])("price.read reports the fields %j as corrupt", async (fields) => {
  const product = `corrupt-${Object.entries(fields).join("-")}`;
  await redis.hset(key(product), fields);
  expect(await failure(read(product))).toMatchObject({ code: "CORRUPT", script: "price.read" });
});
