import { beforeAll, expect, test } from "vitest";
import type { Tenant } from "../../src/index.js";
import { LEASE_MS, shopOnCluster, stockOf, stockUp } from "../support/cart/shop.js";

let acme: Tenant;
beforeAll(async () => {
  ({ acme } = await shopOnCluster());
});

let carts = 0;
/** New names: a cart, and a lamp and a vase with units. */
async function fresh(lamps: number, vases: number) {
  const number = ++carts;
  const [cart, lamp, vase] = [`cart-${number}`, `lamp-${number}`, `vase-${number}`];
  await stockUp(acme, { [lamp]: lamps, [vase]: vases });
  const lines = [
    { product: lamp, units: 2 },
    { product: vase, units: 1 },
  ];
  return { cart, lamp, vase, lines, stock: () => stockOf(acme, lamp, vase) };
}

test("a cart is reserved and sold as a whole", async () => {
  const { cart, lamp, vase, lines, stock } = await fresh(5, 5);
  const held = await acme.cart.reserve({ cart, lines, leaseMs: LEASE_MS });
  expect(held).toMatchObject({ outcome: "reserved", lines: [{ available: 3 }, { available: 4 }] });
  expect(await stock()).toEqual([`${lamp} 5 3`, `${vase} 5 4`]);
  const sale = await acme.cart.commit({ cart, lines });
  expect(sale.outcome).toBe("committed");
  if (sale.outcome === "committed") expect(await sale.followed).toBe("finished");
  expect(await stock()).toEqual([`${lamp} 3 3`, `${vase} 4 4`]);
  expect(await acme.cart.read({ cart })).toMatchObject({
    outcome: "committed",
    lines: [
      { product: lamp, units: 2, state: "finished" },
      { product: vase, units: 1, state: "finished" },
    ],
  });
});

test("if one line is refused, no line is held, and the answer names the line", async () => {
  const { cart, lamp, vase, lines, stock } = await fresh(5, 0);
  expect(await acme.cart.reserve({ cart, lines, leaseMs: LEASE_MS })).toEqual({
    outcome: "refused",
    lines: [{ product: vase, units: 1, outcome: "refused", available: 0 }],
  });
  expect(await stock()).toEqual([`${lamp} 5 5`, `${vase} 0 0`]);
});

test("the same cart again holds no more, and is not sold twice", async () => {
  const { cart, lamp, vase, lines, stock } = await fresh(5, 5);
  await acme.cart.reserve({ cart, lines, leaseMs: LEASE_MS });
  expect(await acme.cart.reserve({ cart, lines, leaseMs: LEASE_MS })).toMatchObject({ outcome: "reserved" });
  const sales = await Promise.all([1, 2, 3].map(() => acme.cart.commit({ cart, lines })));
  expect(sales.filter(({ outcome }) => outcome === "committed")).toHaveLength(1);
  for (const sale of sales) if ("followed" in sale) await sale.followed;
  expect(await acme.cart.commit({ cart, lines })).toMatchObject({ outcome: "already_committed" });
  expect(await stock()).toEqual([`${lamp} 3 3`, `${vase} 4 4`]);
});

test("other units than were reserved are a mismatch, and all lines stay held", async () => {
  const { cart, lamp, vase, lines, stock } = await fresh(5, 5);
  await acme.cart.reserve({ cart, lines, leaseMs: LEASE_MS });
  const other = [
    { product: lamp, units: 3 },
    { product: vase, units: 1 },
  ];
  expect(await acme.cart.commit({ cart, lines: other })).toEqual({
    outcome: "refused",
    lines: [{ product: lamp, units: 3, outcome: "mismatch" }],
  });
  expect(await stock()).toEqual([`${lamp} 5 3`, `${vase} 5 4`]);
  expect(await acme.cart.commit({ cart, lines })).toMatchObject({ outcome: "committed" });
});

test("a payment after the lease sells what is still available, or names the missing units", async () => {
  const { cart, lamp, vase, lines, stock } = await fresh(5, 1);
  await acme.cart.reserve({ cart, lines, leaseMs: 1 });
  await expect.poll(async () => (await acme.cart.commit({ cart, lines })).outcome).toBe("refused");
  const late = { cart: `${cart}-other`, lines: [{ product: vase, units: 1 }], leaseMs: LEASE_MS };
  expect(await acme.cart.reserve(late)).toMatchObject({ outcome: "reserved" });
  expect(await acme.cart.commit({ cart, lines, ifExpired: "retake" })).toEqual({
    outcome: "refused",
    lines: [{ product: vase, units: 1, outcome: "shortfall", missing: 1 }],
  });
  await acme.cart.release({ cart: late.cart, lines: late.lines });
  const sale = await acme.cart.commit({ cart, lines, ifExpired: "retake" });
  expect(sale.outcome).toBe("committed");
  if (sale.outcome === "committed") expect(await sale.followed).toBe("finished");
  expect(await stock()).toEqual([`${lamp} 3 3`, `${vase} 0 0`]);
});

test("a released cart gives its units back, and is not sold", async () => {
  const { cart, lamp, vase, lines, stock } = await fresh(5, 5);
  await acme.cart.reserve({ cart, lines, leaseMs: LEASE_MS });
  expect(await acme.cart.release({ cart, lines })).toEqual({
    lines: lines.map((line) => ({ ...line, outcome: "released" })),
  });
  expect(await stock()).toEqual([`${lamp} 5 5`, `${vase} 5 5`]);
  expect(await acme.cart.commit({ cart, lines, ifExpired: "retake" })).toEqual({
    outcome: "refused",
    lines: lines.map((line) => ({ ...line, outcome: "released" })),
  });
});

test("a lease of all lines is extended", async () => {
  const { cart, lines } = await fresh(5, 5);
  const held = await acme.cart.reserve({ cart, lines, leaseMs: 60_000 });
  if (held.outcome !== "reserved") throw new Error(held.outcome);
  const extended = await acme.cart.extend({ cart, lines: held.lines, leaseMs: LEASE_MS });
  for (const line of extended.lines) expect(line.outcome).toBe("extended");
});

test("while another attempt is undecided, the cart is busy", async () => {
  const { cart, lines } = await fresh(5, 5);
  await acme.cart.reserve({ cart, lines, leaseMs: LEASE_MS });
  await acme.scripts.cart.begin({ cart, lines, prepareLimitMs: 600_000, rememberMs: 60_000 });
  expect(await acme.cart.commit({ cart, lines })).toMatchObject({
    outcome: "busy",
    waitMs: expect.any(Number),
  });
});

test("after a crashed attempt, the next one takes the lines over", async () => {
  const { cart, lamp, vase, lines, stock } = await fresh(5, 5);
  await acme.cart.reserve({ cart, lines, leaseMs: LEASE_MS });
  const begun = await acme.scripts.cart.begin({ cart, lines, prepareLimitMs: 1_000, rememberMs: 60_000 });
  if (begun.outcome !== "begun") throw new Error(begun.outcome);
  await acme.scripts.stock.prepare({
    product: lamp,
    reservation: cart,
    units: 2,
    fence: begun.fence,
    retake: false,
    prepareLimitMs: 1_000,
    rememberMs: 60_000,
  });
  await expect
    .poll(async () => (await acme.cart.commit({ cart, lines })).outcome, { timeout: 10_000 })
    .toBe("committed");
  expect(await acme.scripts.cart.decide({ cart, fence: begun.fence })).toEqual({ outcome: "aborted" });
  await expect.poll(stock).toEqual([`${lamp} 3 3`, `${vase} 4 4`]);
});

test("wrong options are refused before anything is sent", async () => {
  const { cart, lines, stock, lamp, vase } = await fresh(5, 5);
  await expect(
    Reflect.apply(acme.cart.commit, acme.cart, [{ cart, lines, ifExpired: "later" }]),
  ).rejects.toThrow("ifExpired");
  await expect(acme.cart.reserve({ cart, lines: [], leaseMs: 1_000 })).rejects.toThrow("lines");
  await expect(acme.cart.reserve({ cart: "a{b", lines, leaseMs: 1_000 })).rejects.toThrow("argument cart:");
  expect(await stock()).toEqual([`${lamp} 5 5`, `${vase} 5 5`]);
});
