import { afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { type CartWorker, createCartWorker, type DeadLine } from "../../src/cart/index.js";
import { keys, type Moonpath, type Tenant } from "../../src/index.js";
import { LEASE_MS, shopOnCluster, stockOf, stockUp } from "../support/cart/shop.js";
import { sharedCluster } from "../support/redis.js";
import { deferred, eventually } from "../support/wait.js";

const redis = sharedCluster();
let moonpath: Moonpath;
let acme: Tenant;
beforeAll(async () => {
  ({ moonpath, acme } = await shopOnCluster());
});

let carts = 0;
let lamp = "";
let cart = "";
let dead = deferred<DeadLine>("a line is set aside");
let worker: CartWorker;

/** A committed cart with one open line of two lamps, whose caller has stopped after the decision. */
async function committed(): Promise<number> {
  const lines = [{ product: lamp, units: 2 }];
  await acme.cart.reserve({ cart, lines, leaseMs: LEASE_MS });
  const begun = await acme.scripts.cart.begin({ cart, lines, prepareLimitMs: 1_000, rememberMs: 60_000 });
  if (begun.outcome !== "begun") throw new Error(begun.outcome);
  const { fence } = begun;
  const line = { product: lamp, reservation: cart, units: 2, fence, retake: false };
  await acme.scripts.stock.prepare({ ...line, prepareLimitMs: 1_000, rememberMs: 60_000 });
  await acme.scripts.cart.decide({ cart, fence });
  return fence;
}

/** What a failover does that loses the last write of the line's slot. */
async function loseThePrepare(text: string): Promise<void> {
  await redis.hset(keys.reservations(acme.scope, lamp), cart, text);
  await acme.stock.recount({ product: lamp });
}

beforeEach(async () => {
  carts += 1;
  [cart, lamp] = [`cart-${carts}`, `lamp-${carts}`];
  await stockUp(acme, { [lamp]: 5 });
  dead = deferred<DeadLine>("a line is set aside");
  worker = createCartWorker(moonpath, { retryMs: 200, onDeadLetter: (line) => dead.resolve(line) });
});
afterEach(async () => {
  expect(await worker.stop()).toBe("finished");
});

test("a lost prepare is made again, because the decision stands", async () => {
  await committed();
  await loseThePrepare(`held 2 ${Date.now() + LEASE_MS}`);
  worker.start();
  await eventually("the line is sold", async () => {
    expect(await stockOf(acme, lamp)).toEqual([`${lamp} 3 3`]);
    expect(worker.status().followed).toBe(1);
  });
  expect(await acme.cart.read({ cart })).toMatchObject({ lines: [{ product: lamp, state: "finished" }] });
});

test("if its units are sold to others by then, the cart is set aside until somebody repairs it", async () => {
  await committed();
  await loseThePrepare(`expired 2 ${Date.now() + LEASE_MS}`);
  const sale = { product: lamp, change: -4, backorder: false, low: 0, rememberMs: 60_000 };
  expect(await acme.stock.adjust(sale)).toMatchObject({ outcome: "adjusted" });
  worker.start();
  expect(await dead.promise).toEqual({ tenant: "acme", cart, product: lamp, units: 2, reason: "shortfall" });
  const [entry] = (await worker.listDead()).filter((one) => one.cart === cart);
  expect(entry).toMatchObject({ tenant: "acme", cart, reason: `${lamp}: shortfall` });
  expect(await acme.cart.read({ cart })).toMatchObject({ lines: [{ product: lamp, state: "set_aside" }] });
  if (entry === undefined) throw new Error("no entry");

  await acme.stock.adjust({ ...sale, change: 4 });
  expect(await worker.redrive({ ...entry, sinceMs: entry.sinceMs - 1 })).toBe("unknown");
  expect(await worker.redrive(entry)).toBe("redriven");
  await eventually("the line is sold", async () => {
    expect(await stockOf(acme, lamp)).toEqual([`${lamp} 3 3`]);
  });
  expect(await worker.redrive(entry)).toBe("unknown");
  expect(await worker.listDead()).not.toContainEqual(expect.objectContaining({ cart }));
});

test("a prepared line without a record is given back", async () => {
  const fence = await committed();
  await redis.del(keys.cartRecord(acme.scope, cart));
  worker.start();
  await eventually("the line is held again", async () => {
    expect(await redis.hget(keys.reservations(acme.scope, lamp), cart)).toMatch(
      new RegExp(`^held 2 \\d+ ${fence}$`),
    );
  });
  expect(await stockOf(acme, lamp)).toEqual([`${lamp} 5 3`]);
});

test.each<[string, object]>([
  ["rememberMs", { rememberMs: 1 }],
  ["concurrency", { concurrency: 0 }],
  ["retryMs", { retryMs: 99 }],
  ["minReplicas", { minReplicas: -1 }],
  ["onSold", { onSold: () => undefined }],
])("a wrong %s is refused", (name, options) => {
  expect(() => createCartWorker(moonpath, options)).toThrow(name);
});

test("a sold line whose decision a failover has lost is set aside, and can be discarded", async () => {
  const fence = await committed();
  await acme.scripts.stock.commitPrepared({ product: lamp, reservation: cart, fence, rememberMs: 60_000 });
  // What a failover does that loses the last write of the cart's slot. The attempt is over.
  await redis.hset(keys.cartRecord(acme.scope, cart), { state: "undecided", deadline_ms: 1 });
  await redis.zadd(keys.slotCarts(acme.scope, cart), Date.now(), `acme:${cart}`);
  worker.start();
  expect(await dead.promise).toEqual({ tenant: "acme", cart, product: lamp, units: 2, reason: "sold" });
  const [entry] = (await worker.listDead()).filter((one) => one.cart === cart);
  if (entry === undefined) throw new Error("the cart is not listed");
  expect(entry.reason).toBe(`${lamp}: sold`);
  expect(await worker.discard({ ...entry, sinceMs: entry.sinceMs + 1 })).toBe("unknown");
  expect(await worker.discard(entry)).toBe("discarded");
  expect(await worker.listDead()).not.toContainEqual(expect.objectContaining({ cart }));
  const read = await acme.cart.read({ cart });
  expect(read).toMatchObject({ outcome: "aborted", lines: [{ product: lamp, state: "discarded" }] });
});
