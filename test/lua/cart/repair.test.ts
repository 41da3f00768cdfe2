import { expect, test } from "vitest";
import { keys } from "../../../src/index.js";
import { nowMs } from "../../support/lua/commands.js";
import { failure } from "../../support/lua/errors.js";
import { repairsOn } from "../../support/lua/repairs/index.js";
import { freshCarts, hour, twoLines } from "./carts.js";

const { redis, scope, scripts, begun, end, committed } = freshCarts();

const repairsOf = ({ record, due, dead, cart }: Awaited<ReturnType<typeof begun>>) =>
  repairsOn(redis, {
    cart_record: record,
    slot_carts: due,
    slot_dead_carts: dead,
    cart_operation: keys.cartOperation(scope, cart, "op-1"),
  });

async function refuses(what: string, call: () => Promise<unknown>) {
  const message = expect.stringContaining(`CORRUPT ${what}`);
  expect(await failure(call())).toMatchObject({ code: "CORRUPT", message });
}

test("the repair of a state, a fence, a deadline and remember_ms", async () => {
  const attempt = await begun();
  const { cart, fence, record } = attempt;
  const { repair } = repairsOf(attempt);
  const settle = () => scripts.settle({ cart });
  await redis.hset(record, { deadline_ms: "soon" });
  await refuses("deadline_ms", settle);
  await repair("cart_record", "deadline_ms", "HSET {cart_record} deadline_ms 0");
  expect(await settle()).toMatchObject({ outcome: "aborted" });
  await redis.hset(record, { fence: "seven" });
  await refuses("fence", settle);
  await repair(
    "cart_record",
    "fence",
    "HSET {cart_record} fence <the fence in the text of its prepared lines>",
    fence,
  );
  expect(await settle()).toMatchObject({ outcome: "aborted", fence });
  await redis.hset(record, { state: "perhaps" });
  await refuses("state", settle);
  await repair("cart_record", "state", "HSET {cart_record} state <the decision>", "committed");
  expect(await settle()).toMatchObject({ outcome: "committed" });
  await redis.hset(record, { remember_ms: "long" });
  const finish = () => scripts.finish({ cart, fence, products: ["lamp", "vase"] });
  await refuses("remember_ms", finish);
  await repair("cart_record", "remember_ms", "HSET {cart_record} remember_ms 3600000");
  expect(await finish()).toEqual({ outcome: "finished" });
});

test("the repair of a record with a foreign field", async () => {
  const lines = Array.from({ length: 100 }, (_, position) => ({ product: `lamp-${position}`, units: 1 }));
  const attempt = await begun(lines);
  const { cart, record } = attempt;
  await redis.hset(record, { foreign: "1" });
  await refuses("cart of more than 100 lines", () => scripts.settle({ cart }));
  const { repair } = repairsOf(attempt);
  await repair("cart_record", "cart of more than 100 lines", "HDEL {cart_record} <foreign field>", "foreign");
  expect(await scripts.settle({ cart })).toMatchObject({ outcome: "undecided" });
});

test("the repair of an operation", async () => {
  const attempt = await begun();
  const { cart } = attempt;
  await end(cart);
  await redis.set(keys.cartOperation(scope, cart, "op-1"), "done");
  const begin = () =>
    scripts.begin({ cart, operation: "op-1", lines: twoLines, prepareLimitMs: 60_000, rememberMs: hour });
  await refuses("cart-operation", begin);
  await repairsOf(attempt).repair("cart_operation", "cart-operation", "DEL {cart_operation}");
  expect(await begin()).toMatchObject({ outcome: "begun" });
});

test("the repair of the indexes of the slot", async () => {
  const attempt = await committed();
  const { cart, fence, due, dead, member } = attempt;
  const { repair } = repairsOf(attempt);
  await redis.zadd(due, 1.5, member);
  const claim = (dueMs: number) => scripts.claim({ cart, dueMs, retryMs: hour });
  await refuses("time of a cart", () => claim(1));
  const now = await nowMs(redis);
  const command = "ZADD {slot_carts} <the present time in milliseconds> <member>";
  await repair("slot_carts", "time of a cart", command, now, member);
  expect(await claim(now)).toEqual({ outcome: "claimed" });
  await scripts.setAside({ cart, fence, lineProduct: "lamp", reason: "shortfall" });
  await redis.hset(dead, { [member]: "yesterday" });
  await refuses("cart that is set aside", () => scripts.redrive({ cart, sinceMs: 1 }));
  const entry = 'HSET {slot_dead_carts} <member> "<the present time in milliseconds> repaired"';
  await repair("slot_dead_carts", "cart that is set aside", entry, member, now);
  expect(await scripts.redrive({ cart, sinceMs: now })).toEqual({ outcome: "redriven" });
});

test("the repair of a line, and of the counts", async () => {
  const attempt = await committed();
  const { cart, fence, record } = attempt;
  const { repair } = repairsOf(attempt);
  const counts =
    "HSET {cart_record} open <the number of open lines> set_aside <the number of lines that are set aside>";
  await scripts.finish({ cart, fence, products: ["lamp"] });
  await redis.hset(record, { "line:lamp": "two" });
  await refuses("line of a cart", () => scripts.settle({ cart }));
  const line = 'HSET {cart_record} line:<product> "<its units> open"';
  await repair("cart_record", "line of a cart", line, "lamp", 2);
  await repair("cart_record", "line of a cart", counts, 2, 0);
  expect(await scripts.finish({ cart, fence, products: ["lamp"] })).toEqual({ outcome: "open" });
  await redis.hset(record, { open: "many" });
  await refuses("counts of a cart", () => scripts.finish({ cart, fence, products: ["vase"] }));
  await repair("cart_record", "counts of a cart", counts, 1, 0);
  expect(await scripts.finish({ cart, fence, products: ["vase"] })).toEqual({ outcome: "finished" });
});
