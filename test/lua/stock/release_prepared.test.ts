import { expect, test } from "vitest";
import { keys } from "../../../src/index.js";
import { freshLines } from "../../support/cart/lines.js";
import { failure } from "../../support/lua/errors.js";
import { Messages } from "../../support/lua/messages.js";
import { hour, keysOfStock } from "../../support/lua/reservations.js";
import { bytesOf } from "../../support/lua/state.js";

const { context, redis, scope, stock, prepare, sell, giveBack, held, endLease, stored, dueMs } = freshLines();
const messages = await Messages.of(redis, scope.namespace);
const rememberMs = hour;

test("a line is held again, and its sweeper finds it", async () => {
  const product = await held();
  await prepare(product, 7);
  // Meanwhile a sweep has found nothing, so the product is not due.
  await stock.sweep({ product, limit: 10, rememberMs });
  const slotDue = keys.slotDue(scope, product);
  const member = `${scope.tenant}:${product}`;
  expect(await redis.zscore(slotDue, member)).toBeNull();
  const before = [...(await messages.on(slotDue))];
  const reply = await giveBack(product, 7);
  expect(reply).toEqual({ outcome: "held", leaseEndsMs: expect.any(Number) });
  const end = String("leaseEndsMs" in reply && reply.leaseEndsMs);
  expect(await redis.zscore(slotDue, member)).toBe(end);
  expect(await messages.on(slotDue)).toEqual([...before, end]);
  expect(await redis.zscore(keysOfStock(context, product).ends, "cart")).toBe(end);
  expect(await stored(product)).toEqual(["held 3 7", 3, 0]);
  expect(await dueMs(product)).toBeUndefined();
  expect(await giveBack(product, 7)).toEqual(reply);
  expect(await stock.sweep({ product, limit: 10, rememberMs })).toMatchObject({ outcome: "nothing_due" });
});

test("after the end of the lease, the units are free", async () => {
  const product = await held();
  await prepare(product, 7);
  await endLease(product);
  expect(await giveBack(product, 7)).toEqual({ outcome: "expired" });
  expect(await stored(product)).toEqual(["expired 3 7", 0, 0]);
  expect(await redis.zcard(keysOfStock(context, product).closed)).toBe(1);
  expect(await giveBack(product, 8)).toEqual({ outcome: "expired" });
  expect(await stored(product)).toEqual(["expired 3 8", 0, 0]);
  expect(await prepare(product, 8, { retake: true })).toEqual({ outcome: "superseded" });
});

test("a line of a later attempt stays prepared; one of an earlier attempt is given back", async () => {
  const product = await held();
  await prepare(product, 7);
  expect(await giveBack(product, 6)).toEqual({ outcome: "superseded" });
  expect(await stored(product)).toEqual(["prepared 3 7", 3, 3]);
  expect(await giveBack(product, 9)).toMatchObject({ outcome: "held" });
  expect(await stored(product)).toEqual(["held 3 9", 3, 0]);
  expect(await giveBack(product, 8)).toMatchObject({ outcome: "held" });
  expect(await stored(product)).toEqual(["held 3 9", 3, 0]);
});

test("a line that was not prepared refuses a late prepare of the attempt", async () => {
  const product = await held();
  expect(await giveBack(product, 7)).toMatchObject({ outcome: "held" });
  expect(await prepare(product, 7)).toEqual({ outcome: "superseded" });
  expect(await stored(product)).toEqual(["held 3 7", 3, 0]);
});

test("the fence stays in the text, also after extend and the end of the lease", async () => {
  const product = await held();
  const reply = await giveBack(product, 7);
  const leaseEndsMs = "leaseEndsMs" in reply ? reply.leaseEndsMs : 0;
  await stock.extend({ product, reservation: "cart", leaseEndsMs, leaseMs: hour });
  expect(await stored(product)).toEqual(["held 3 7", 3, 0]);
  await endLease(product);
  await stock.sweep({ product, limit: 10, rememberMs });
  expect(await stored(product)).toEqual(["expired 3 7", 0, 0]);
  expect(await prepare(product, 7, { retake: true })).toEqual({ outcome: "superseded" });
});

test.each(["commit", "reserve", "extend"] as const)(
  "the fence stays if %s finds that the lease has ended",
  async (operation) => {
    const product = await held();
    await giveBack(product, 7);
    await endLease(product);
    const cart = { product, reservation: "cart", rememberMs };
    if (operation === "reserve") await stock.reserve({ ...cart, units: 3, leaseMs: hour });
    else if (operation === "extend") await stock.extend({ ...cart, leaseEndsMs: 1, leaseMs: hour });
    else await stock[operation](cart);
    const state = operation === "extend" ? "held" : "expired";
    expect(await stored(product)).toEqual([`${state} 3 7`, state === "held" ? 3 : 0, 0]);
  },
);

test("a line that this attempt has sold is told apart from one that another call has sold", async () => {
  const product = await held();
  await prepare(product, 7);
  await sell(product, 7);
  for (const fence of [6, 8]) {
    expect(await giveBack(product, fence)).toEqual({ outcome: "already_committed" });
  }
  expect(await giveBack(product, 7)).toEqual({ outcome: "sold" });
  expect(await stored(product)).toEqual(["committed 3 7", 0, 0]);
  const other = await held();
  await giveBack(other, 7);
  await stock.commit({ product: other, reservation: "cart", rememberMs });
  expect(await giveBack(other, 7)).toEqual({ outcome: "already_committed" });
});

test("a line that was not prepared, and whose lease has ended, is closed for good", async () => {
  for (const [before, fence] of [
    [0, 7],
    [9, 9],
  ] as const) {
    const product = await held();
    if (before > 0) await giveBack(product, before);
    await stock.watch({ product, sequence: 1, low: 6 });
    await endLease(product);
    const change = { statusBefore: "low_stock", status: "in_stock" };
    expect(await giveBack(product, 7)).toEqual({ outcome: "expired", ...change });
    expect(await stored(product)).toEqual([`expired 3 ${fence}`, 0, 0]);
    const { ends, closed } = keysOfStock(context, product);
    expect([await redis.exists(ends), await redis.zcard(closed)]).toEqual([0, 1]);
    expect(await giveBack(product, 7)).toEqual({ outcome: "expired" });
    expect(await stock.recount({ product })).toMatchObject({ outcome: "correct" });
  }
});

test("released and unknown lines stay as they are", async () => {
  const released = await held();
  await stock.release({ product: released, reservation: "cart", rememberMs });
  expect(await giveBack(released, 7)).toEqual({ outcome: "released" });
  expect(await stored(released)).toEqual(["released 3 -", 0, 0]);
  expect(await giveBack("nothing", 7)).toEqual({ outcome: "unknown" });
});

test.each([{ prepared: "2" }, { prepared: "many" }, { held: "2" }, { held: "x" }])(
  "a corrupt stock of %o is an error, and nothing is written",
  async (change) => {
    const product = await held();
    await prepare(product, 7);
    const of = { ...keysOfStock(context, product), prepared: keys.slotPrepared(scope, product) };
    await redis.hset(of.stock, change);
    const before = await bytesOf(redis, of);
    expect(await failure(giveBack(product, 7))).toMatchObject({ code: "CORRUPT" });
    expect(await bytesOf(redis, of)).toEqual(before);
  },
);
