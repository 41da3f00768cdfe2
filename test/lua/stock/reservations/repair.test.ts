import { afterAll, expect, test } from "vitest";
import { keys } from "../../../../src/index.js";
import { freshLines } from "../../../support/cart/lines.js";
import { nowMs } from "../../../support/lua/commands.js";
import { failure } from "../../../support/lua/errors.js";
import { repairsOn } from "../../../support/lua/repairs/index.js";
import { hour, keysOfStock, reserve, storedStock } from "../../../support/lua/reservations.js";

const { context, redis, scope, stock, prepare, sell, held, stored } = freshLines();
const { cart } = context.tenant.scripts;
const rememberMs = hour;

/** A DBA's own connection. */
const session = redis.duplicate();
afterAll(() => session.disconnect());

const repairOf = (product: string) =>
  repairsOn(session, {
    stock: keys.stock(scope, product),
    reservations: keys.reservations(scope, product),
    slot_prepared: keys.slotPrepared(scope, product),
  }).repair;

/**
 * Repairs a corrupt `held` without stock.recount: adds up the texts, and writes the sums if no call has
 * changed the stock since. Returns the answer of EXEC.
 */
async function addUp(product: string, meanwhile?: () => Promise<unknown>): Promise<unknown> {
  const run = (command: string, ...fillers: string[]) =>
    repairOf(product)("stock", "held", command, ...fillers);
  await run("WATCH {stock}");
  const { reservations } = keysOfStock(context, product);
  const texts: string[] = [];
  let cursor = "0";
  do {
    const [next, found] =
      cursor === "0"
        ? await scanned(run("HSCAN {reservations} 0 COUNT 1000"))
        : await session.hscan(reservations, cursor, "COUNT", 1_000);
    texts.push(...found);
    cursor = String(next);
  } while (cursor !== "0");
  const sumOf = (words: RegExp) =>
    String(texts.reduce((sum, text) => sum + Number(words.exec(text)?.[1] ?? 0), 0));
  await meanwhile?.();
  await run("MULTI");
  await run(
    "HSET {stock} held <sum of the texts held and prepared> prepared <sum of the texts prepared>",
    sumOf(/^(?:held|prepared) (\d+) /),
    sumOf(/^prepared (\d+) /),
  );
  return run("EXEC");
}

async function scanned(reply: Promise<unknown>): Promise<readonly [string, readonly string[]]> {
  const found = await reply;
  if (!Array.isArray(found)) throw new Error("HSCAN answers a list");
  const [next, texts] = found;
  return [String(next), Array.isArray(texts) ? texts.map(String) : []];
}

/** The cart's line is prepared, its slot's index is lost, and 1,100 others hold a unit each. */
async function crowded(): Promise<string> {
  const product = await held([2_000]);
  await prepare(product, 7);
  const { reservations, ends, stock: key } = keysOfStock(context, product);
  const names = Array.from({ length: 1_100 }, (_, position) => `other-${position}`);
  const end = String((await nowMs(redis)) + hour);
  await redis.hset(reservations, Object.fromEntries(names.map((name) => [name, `held 1 ${end}`])));
  await redis.zadd(ends, ...names.flatMap((name) => [end, name]));
  await redis.hset(key, { held: "1", prepared: "0" });
  await redis.del(keys.slotPrepared(scope, product));
  return product;
}

test("a corrupt held has a repair where stock.recount answers too_many and stock.forget prepared", async () => {
  const product = await crowded();
  expect(await failure(sell(product, 7))).toMatchObject({ code: "CORRUPT" });
  expect(await stock.recount({ product })).toEqual({ outcome: "too_many" });
  await redis.hset(keysOfStock(context, product).stock, { prepared: "3" });
  expect(await stock.forget({ product, limit: 100, rememberMs })).toEqual({ outcome: "prepared" });
  expect(await addUp(product)).toEqual([0]);
  expect(await stored(product)).toEqual(["prepared 3 7", 1_103, 3]);
  expect(await sell(product, 7)).toEqual({ outcome: "committed", total: 1_997, available: 897 });
  expect(await stock.release({ product, reservation: "other-1", rememberMs })).toEqual({
    outcome: "released",
    available: 898,
  });
});

test("the sums are not written if a call has changed the stock meanwhile", async () => {
  const product = await crowded();
  expect(await addUp(product, () => reserve(context, product, "late", 2))).toBeNull();
  expect(await storedStock(context, product)).toMatchObject({ held: 3 });
  expect(await addUp(product)).toEqual([0]);
  expect(await storedStock(context, product)).toMatchObject({ held: 1_105 });
});

test("the corrupt text of a line that was paid is written anew, and its cart sells it", async () => {
  const product = await held();
  const lines = [{ product, units: 3 }];
  const begun = await cart.begin({ cart: "cart", lines, prepareLimitMs: 60_000, rememberMs });
  if (begun.outcome !== "begun") throw new Error(`begin answered ${begun.outcome}`);
  const { fence } = begun;
  await prepare(product, fence);
  await cart.decide({ cart: "cart", fence });
  await redis.hset(keysOfStock(context, product).reservations, { cart: "lost 3 1" });
  expect(await failure(sell(product, fence))).toMatchObject({ code: "CORRUPT" });
  const record = await cart.read({ cart: "cart" });
  expect(record).toEqual({ outcome: "committed", fence, lines: [{ product, units: 3, state: "open" }] });
  const command = 'HSET {reservations} <reservation> "prepared <units> 0 <fence>"';
  await repairOf(product)("reservations", "reservation", command, "cart", 3, fence);
  expect(await stock.recount({ product })).toMatchObject({ outcome: "correct" });
  expect(await sell(product, fence)).toEqual({ outcome: "committed", total: 6, available: 6 });
  expect(await cart.finish({ cart: "cart", fence, products: [product] })).toEqual({ outcome: "finished" });
});
