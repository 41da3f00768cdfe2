import { expect, test } from "vitest";
import { createScriptClient } from "../../../src/client/index.js";
import { keys, scripts } from "../../../src/index.js";
import { clockKey, withClock } from "../../support/lua/clock.js";
import { failure } from "../../support/lua/errors.js";
import { freshName } from "../../support/lua/property.js";
import { freshTenant } from "../../support/lua/tenants.js";

const never = 8_640_000_000_000_000;
const { redis, scope, tenant } = freshTenant();
const atClock = createScriptClient(
  redis,
  { price: { read: withClock(scripts.price.read) } },
  { namespace: scope.namespace, deadlineMs: 15_000 },
).tenant(scope.tenant);

const key = (product: string) => keys.price(scope, product, "EUR");
const read = (product: string) => tenant.price.read({ product, currency: "EUR" });

/** The reply at an instant of the clock. */
async function readAt(fields: Record<string, string>, instant: number): Promise<unknown> {
  const product = freshName();
  await redis.hset(key(product), fields);
  await redis.set(clockKey(key(product)), instant);
  return atClock.price.read({ product, currency: "EUR" });
}

const priced = (baseMinor: number) => ({
  outcome: "priced",
  baseMinor,
  effectiveMinor: baseMinor,
  onSale: false,
});
const onSale = (baseMinor: number, effectiveMinor: number, sale: string) => ({
  outcome: "priced",
  baseMinor,
  effectiveMinor,
  onSale: true,
  sale,
});

// From 10 to 20 flash at 5, from 20 to 30 week at 8, nothing, and from 40 on outlet at 9.
const calendar = `10 20 5 flash\n20 30 8 week\n40 ${never} 9 outlet\n`;

test.each([
  { instant: 9, base: 10, reply: { ...priced(10), changesAtMs: 10 } },
  { instant: 10, base: 10, reply: { ...onSale(10, 5, "flash"), changesAtMs: 20 } },
  { instant: 19, base: 10, reply: { ...onSale(10, 5, "flash"), changesAtMs: 20 } },
  { instant: 20, base: 10, reply: { ...onSale(10, 8, "week"), changesAtMs: 30 } },
  { instant: 29, base: 10, reply: { ...onSale(10, 8, "week"), changesAtMs: 30 } },
  { instant: 30, base: 10, reply: { ...priced(10), changesAtMs: 40 } },
  { instant: 39, base: 10, reply: { ...priced(10), changesAtMs: 40 } },
  { instant: 40, base: 10, reply: onSale(10, 9, "outlet") },
  // Sales that are not below the base price change nothing, not even the next instant.
  { instant: 9, base: 9, reply: { ...priced(9), changesAtMs: 10 } },
  { instant: 20, base: 8, reply: priced(8) },
  { instant: 10, base: 6, reply: { ...onSale(6, 5, "flash"), changesAtMs: 20 } },
  { instant: 9, base: 5, reply: priced(5) },
  { instant: 50, base: 9, reply: priced(9) },
])("at $instant with the base price $base, price.read returns $reply", async ({ instant, base, reply }) => {
  expect(await readAt({ base: String(base), calendar }, instant)).toEqual(reply);
});

test.each([
  { fields: {}, reply: { outcome: "unknown" } },
  { fields: { calendar: `0 ${never} 5 s\n` }, reply: { outcome: "unknown" } },
  { fields: { base: "0", base_seq: "1" }, reply: priced(0) },
  { fields: { base: "1000000000000", calendar: `0 ${never} 0 a 1 2\n` }, reply: onSale(1e12, 0, "a 1 2") },
  { fields: { base: "5", calendar: `0 ${never} 5 s\n` }, reply: priced(5) },
  { fields: { base: "5", calendar: "0 1 4 s\n" }, reply: priced(5) },
])("price.read returns $reply for the fields $fields", async ({ fields, reply }) => {
  const product = freshName();
  if (Object.keys(fields).length > 0) await redis.hset(key(product), fields);
  expect(await read(product)).toEqual(reply);
});

test("price.read reads a calendar of 99 lines to its end, and no longer one", async () => {
  const lines = Array.from({ length: 100 }, (_, line) => `${line} ${line + 1} 5 s${line}\n`);
  const of = (count: number) => ({ base: "9", calendar: lines.slice(0, count).join("") });
  expect(await readAt(of(99), 98)).toEqual({ ...onSale(9, 5, "s98"), changesAtMs: 99 });
  expect(await readAt(of(99), 99)).toEqual(priced(9));
  await expect(readAt(of(100), 100)).rejects.toMatchObject({ code: "CORRUPT" });
});

test.each([
  { base: "-1" },
  { base: "1000000000001" },
  { base: "5", calendar: "" },
  { base: "5", calendar: "0 9 4 s" },
  { base: "5", calendar: "0 9 4\n" },
  { base: "5", calendar: "0 9 -4 s\n" },
  { base: "5", calendar: "0 1e9 4 s\n" },
  { base: "5", calendar: "0 9 1000000000001 s\n" },
  { base: "5", calendar: "0 8640000000000001 4 s\n" },
  { base: "5", calendar: "9007199254740993 9 4 s\n" },
  { base: "5", calendar: "0 9 4 s\nnext week\n" },
  { base: "4", calendar: "0 9 4 s\n\n" },
])("price.read reports the fields %j as corrupt", async (fields) => {
  const product = freshName();
  await redis.hset(key(product), fields);
  expect(await failure(read(product))).toMatchObject({ code: "CORRUPT", script: "price.read" });
});
