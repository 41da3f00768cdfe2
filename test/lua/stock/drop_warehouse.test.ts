import { expect, test } from "vitest";
import { keys } from "../../../src/index.js";
import { failure } from "../../support/lua/errors.js";
import { keysOfStock, reserve } from "../../support/lua/reservations.js";
import { bytesOf } from "../../support/lua/state.js";
import { freshTenant } from "../../support/lua/tenants.js";

const context = freshTenant();
const { redis, scope, tenant } = context;

const setLevel = (product: string, warehouse: string, quantity: number, sequence: number) =>
  tenant.stock.setLevel({ product, warehouse, quantity, sequence, low: 0 });
const forget = (product: string, warehouse: string, sequence: number) =>
  tenant.stock.dropWarehouse({ product, warehouse, sequence });

test("stock.drop_warehouse removes an empty warehouse, and late events do not bring it back", async () => {
  await setLevel("lamp", "berlin", 5, 1);
  await setLevel("lamp", "paris", 0, 7);
  expect(await forget("lamp", "paris", 7)).toEqual({ outcome: "repeated" });
  expect(await forget("lamp", "paris", 6)).toEqual({ outcome: "stale" });
  expect(await forget("lamp", "paris", 8)).toEqual({ outcome: "dropped" });
  expect(await forget("lamp", "paris", 8)).toEqual({ outcome: "repeated" });
  expect(await setLevel("lamp", "paris", 9, 8)).toMatchObject({ outcome: "repeated", total: 5 });
  expect(await setLevel("lamp", "paris", 9, 7)).toMatchObject({ outcome: "stale", total: 5 });
  expect(await tenant.stock.levels({ product: "lamp" })).toMatchObject({
    levels: [{ warehouse: "berlin", quantity: 5 }],
  });
  const sale = {
    product: "lamp",
    warehouse: "paris",
    change: 1,
    backorder: false,
    low: 0,
    rememberMs: 60_000,
  };
  expect(await tenant.stock.adjust(sale)).toEqual({ outcome: "unknown_warehouse" });
  expect(await setLevel("lamp", "paris", 9, 9)).toMatchObject({ outcome: "applied", total: 14 });
  const before = await bytesOf(redis, keysOfStock(context, "lamp"));
  expect(await forget("lamp", "paris", 8)).toEqual({ outcome: "stale" });
  expect(await bytesOf(redis, keysOfStock(context, "lamp"))).toEqual(before);
});

test("a late copy of a call that found units does not remove the warehouse when it is empty", async () => {
  await setLevel("vase", "berlin", 5, 1);
  await setLevel("vase", "paris", 1, 1);
  expect(await forget("vase", "paris", 2)).toEqual({ outcome: "not_empty" });
  const sale = {
    product: "vase",
    warehouse: "paris",
    change: -1,
    backorder: false,
    low: 0,
    rememberMs: 60_000,
  };
  await tenant.stock.adjust(sale);
  expect(await forget("vase", "paris", 2)).toEqual({ outcome: "repeated" });
  expect(await setLevel("vase", "paris", 4, 2)).toMatchObject({ outcome: "repeated", total: 5 });
  expect(await forget("vase", "paris", 3)).toEqual({ outcome: "dropped" });
});

test("a late copy of a call for an unknown warehouse does not remove the warehouse later", async () => {
  expect(await forget("rug", "paris", 5)).toEqual({ outcome: "unknown" });
  expect(await setLevel("rug", "paris", 0, 4)).toMatchObject({ outcome: "stale" });
  expect(await setLevel("rug", "paris", 0, 6)).toMatchObject({ outcome: "applied" });
  expect(await forget("rug", "paris", 5)).toEqual({ outcome: "stale" });
});

test("without its last warehouse a product has no stock, and held units stay counted", async () => {
  await setLevel("sofa", "berlin", 3, 1);
  await reserve(context, "sofa", "cart", 2);
  await setLevel("sofa", "berlin", 0, 2);
  expect(await forget("sofa", "berlin", 3)).toEqual({ outcome: "dropped" });
  expect(await redis.hgetall(keysOfStock(context, "sofa").stock)).toEqual({ held: "2" });
  expect(await tenant.stock.read({ product: "sofa", low: 0 })).toEqual({ outcome: "unknown" });
  expect(await setLevel("sofa", "berlin", 5, 4)).toMatchObject({ outcome: "applied", available: 3 });
  await setLevel("chair", "berlin", 0, 1);
  await redis.hset(keysOfStock(context, "chair").stock, { held: 0 });
  expect(await forget("chair", "berlin", 2)).toEqual({ outcome: "dropped" });
  expect(await redis.exists(keysOfStock(context, "chair").stock)).toBe(0);
});

test("a negative level is not empty, and a level without a total is corrupt", async () => {
  await redis.hset(keysOfStock(context, "debt").stock, { total: -1, "level:a": -1, "event:a": "1 0" });
  expect(await forget("debt", "a", 2)).toEqual({ outcome: "not_empty" });
  await redis.hset(keysOfStock(context, "headless").stock, { "level:a": 0, "event:a": "1 0", "level:b": 0 });
  expect(await failure(forget("headless", "a", 2))).toMatchObject({ code: "CORRUPT" });
});

test("stock.drop_warehouse remembers the sequence for 10 minutes", async () => {
  await setLevel("bed", "berlin", 5, 1);
  await setLevel("bed", "paris", 0, 7);
  for (const warehouse of ["paris", "rome"]) {
    await redis.del(keys.pastSequences(scope, "bed"));
    await forget("bed", warehouse, 8);
    const left = await redis.pttl(keys.pastSequences(scope, "bed"));
    expect(left, warehouse).toBeGreaterThan(650_000);
    expect(left, warehouse).toBeLessThanOrEqual(660_000);
  }
});

test("a repeated or late event keeps the past sequence, so its own late copy changes nothing", async () => {
  const past = keys.pastSequences(scope, "clock");
  await setLevel("clock", "berlin", 5, 1);
  await setLevel("clock", "paris", 0, 7);
  await forget("clock", "paris", 8);
  const late = {
    "setLevel repeated": () => setLevel("clock", "paris", 9, 8),
    "setLevel stale": () => setLevel("clock", "paris", 9, 7),
    "dropWarehouse repeated": () => forget("clock", "paris", 8),
    "dropWarehouse stale": () => forget("clock", "paris", 7),
  };
  for (const [name, call] of Object.entries(late)) {
    await redis.pexpire(past, 60_000);
    expect(await call()).toMatchObject({ outcome: name.split(" ")[1] });
    const left = await redis.pttl(past);
    expect(left, name).toBeGreaterThan(650_000);
    expect(left, name).toBeLessThanOrEqual(660_000);
  }
});

test("after events were deleted by hand, only the named warehouse is removed", async () => {
  const { stock } = keysOfStock(context, "eventless");
  await redis.hset(stock, { total: 5, "level:a": 5, "level:b": 0 });
  expect(await forget("eventless", "b", 2)).toEqual({ outcome: "dropped" });
  expect(await redis.hgetall(stock)).toEqual({ total: "5", "level:a": "5" });
  await redis.del(stock);
  await redis.hset(stock, { total: 0, "level:a": 0, "level:b": 0, held: 0 });
  expect(await forget("eventless", "a", 2)).toEqual({ outcome: "dropped" });
  expect(await redis.hgetall(stock)).toEqual({ total: "0", "level:b": "0", held: "0" });
});

test("the last warehouse is not removed while the total says that there are units", async () => {
  const { stock } = keysOfStock(context, "units");
  await redis.hset(stock, { total: 5, "level:a": 0, "event:a": "1 0" });
  const before = await bytesOf(redis, keysOfStock(context, "units"));
  expect(await failure(forget("units", "a", 2))).toMatchObject({ code: "CORRUPT" });
  expect(await bytesOf(redis, keysOfStock(context, "units"))).toEqual(before);
  expect(await redis.exists(keys.pastSequences(scope, "units"))).toBe(0);
});
