import { beforeAll, expect, test } from "vitest";
import type { Tenant } from "../../src/index.js";
import { LEASE_MS, shopOnCluster, stockOf, stockUp } from "../support/cart/shop.js";

let acme: Tenant;
beforeAll(async () => {
  ({ acme } = await shopOnCluster());
});

let carts = 0;
/** A reserved cart with 2 of 5 lamps and 1 of 5 vases. */
async function reserved() {
  carts += 1;
  const [lamp, vase] = [`lamp-${carts}`, `vase-${carts}`];
  await stockUp(acme, { [lamp]: 5, [vase]: 5 });
  const lines = [
    { product: lamp, units: 2 },
    { product: vase, units: 1 },
  ];
  const cart = `cart-${carts}`;
  await acme.cart.reserve({ cart, lines, leaseMs: LEASE_MS });
  const begin = async () => {
    const begun = await acme.scripts.cart.begin({ cart, lines, prepareLimitMs: 60_000, rememberMs: 60_000 });
    if (begun.outcome !== "begun") throw new Error(begun.outcome);
    return {
      reservation: cart,
      fence: begun.fence,
      retake: false,
      prepareLimitMs: 60_000,
      rememberMs: 60_000,
    };
  };
  return { lamp, vase, lines, cart, begin, stock: () => stockOf(acme, lamp, vase) };
}

const held = (lamp: string, vase: string) => [`${lamp} 5 3`, `${vase} 5 4`];

test("a second call that cannot run gives nothing back", async () => {
  const { lamp, vase, lines, cart, stock } = await reserved();
  await expect(acme.cart.reserve({ cart, lines, leaseMs: Number.NaN })).rejects.toThrow("argument leaseMs");
  const aborted = acme.cart.reserve({ cart, lines, leaseMs: LEASE_MS }, { signal: AbortSignal.abort() });
  await expect(aborted).rejects.toMatchObject({ code: "ABORTED" });
  expect(await stock()).toEqual(held(lamp, vase));
  const again = await acme.cart.reserve({ cart, lines, leaseMs: LEASE_MS });
  expect(again).toMatchObject({ outcome: "reserved", lines });
  expect(await acme.cart.commit({ cart, lines })).toMatchObject({ outcome: "committed" });
});

test("a second call that is refused leaves the lines of the first", async () => {
  const { lamp, vase, lines, cart, stock } = await reserved();
  const other = [{ product: lamp, units: 3 }, ...lines.slice(1)];
  expect(await acme.cart.reserve({ cart, lines: other, leaseMs: LEASE_MS })).toEqual({
    outcome: "refused",
    lines: [{ product: lamp, units: 3, outcome: "mismatch" }],
  });
  const more = [...lines, { product: "nothing", units: 1 }];
  expect(await acme.cart.reserve({ cart, lines: more, leaseMs: LEASE_MS })).toMatchObject({
    outcome: "refused",
  });
  expect(await stock()).toEqual(held(lamp, vase));
});

test("a second call during the payment leaves the cart as it is", async () => {
  const { lamp, vase, lines, cart, begin } = await reserved();
  const prepare = await begin();
  await acme.scripts.stock.prepare({ ...prepare, product: lamp, units: 2 });
  expect(await acme.cart.reserve({ cart, lines, leaseMs: LEASE_MS })).toMatchObject({
    outcome: "refused",
    lines: [{ product: lamp, outcome: "prepared" }],
  });
  expect(await acme.scripts.stock.prepare({ ...prepare, product: vase, units: 1 })).toMatchObject({
    outcome: "prepared",
  });
});

test("a call that was cut off can be made again", async () => {
  const { lamp, vase } = await reserved();
  const lines = [
    { product: lamp, units: 1 },
    { product: vase, units: 1 },
  ];
  const call = { cart: `again-${carts}`, lines, leaseMs: LEASE_MS };
  const cut = new AbortController();
  const first = acme.cart.reserve(call, { signal: cut.signal });
  setImmediate(() => cut.abort());
  await first.catch(() => undefined);
  expect(await acme.cart.reserve(call)).toMatchObject({ outcome: "reserved" });
});

test("a commit that is cut off rejects once, and the cart can be committed", async () => {
  carts += 1;
  // A cut commit may hold its lines for prepareLimitMs, so the carts are committed side by side.
  const sell = async (number: number) => {
    const lines = Array.from({ length: 40 }, (_, line) => ({
      product: `p-${carts}-${number}-${line}`,
      units: 1,
    }));
    await stockUp(acme, Object.fromEntries(lines.map(({ product }) => [product, 1])));
    const cart = `short-${carts}-${number}`;
    await acme.cart.reserve({ cart, lines, leaseMs: LEASE_MS });
    const call = { cart, lines, prepareLimitMs: 1_000 };
    const cut = await acme.cart.commit(call, { deadlineMs: 1 + (number % 10) / 2 }).catch(() => undefined);
    const outcome = async () => (await acme.cart.commit(call)).outcome;
    const expected = cut === undefined ? /committed$/ : /^already_committed$/;
    await expect.poll(outcome, { timeout: 5_000 }).toMatch(expected);
  };
  for (let first = 0; first < 30; first += 5) {
    await Promise.all([0, 1, 2, 3, 4].map((number) => sell(first + number)));
  }
});

test("a commit with other lines sells nothing", async () => {
  const { lamp, vase, lines, cart, stock } = await reserved();
  const sale = await acme.cart.commit({ cart, lines });
  if ("followed" in sale) await sale.followed;
  const other = [{ product: lamp, units: 4 }, ...lines.slice(1)];
  expect(await acme.cart.commit({ cart, lines: other })).toEqual({ outcome: "mismatch" });
  expect(await acme.cart.commit({ cart, lines })).toMatchObject({ outcome: "already_committed" });
  expect(await stock()).toEqual([`${lamp} 3 3`, `${vase} 4 4`]);
});
