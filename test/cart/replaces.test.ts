import { beforeAll, expect, test } from "vitest";
import type { Tenant } from "../../src/index.js";
import { LEASE_MS, shopOnCluster, stockOf, stockUp } from "../support/cart/shop.js";

let acme: Tenant;
beforeAll(async () => {
  ({ acme } = await shopOnCluster());
});

let carts = 0;
/** A buyer who holds 3 of 4 lamps and 1 of 2 vases, and a mug that nobody holds. */
async function buyer() {
  carts += 1;
  const [lamp, vase, mug] = [`lamp-${carts}`, `vase-${carts}`, `mug-${carts}`];
  await stockUp(acme, { [lamp]: 4, [vase]: 2, [mug]: 1 });
  const older = { cart: `older-${carts}`, lines: [line(lamp, 3), line(vase, 1)] };
  await acme.cart.reserve({ ...older, leaseMs: LEASE_MS });
  const change = (lines: readonly { readonly product: string; readonly units: number }[]) =>
    acme.cart.reserve({ cart: `newer-${carts}`, lines, leaseMs: LEASE_MS, replaces: older });
  return { lamp, vase, mug, older, change, stock: () => stockOf(acme, lamp, vase, mug) };
}

const line = (product: string, units: number) => ({ product, units });

test("a larger, a smaller and a new line replace the older cart", async () => {
  const { lamp, vase, mug, older, change, stock } = await buyer();
  const reply = await change([line(lamp, 4), line(mug, 1)]);
  expect(reply).toMatchObject({ outcome: "reserved", lines: [{ product: lamp }, { product: mug }] });
  expect(await stock()).toEqual([`${lamp} 4 0`, `${vase} 2 2`, `${mug} 1 0`]);
  expect(await acme.cart.commit(older)).toMatchObject({ outcome: "refused" });
  const sale = await acme.cart.commit({ cart: `newer-${carts}`, lines: [line(lamp, 4), line(mug, 1)] });
  expect(sale.outcome).toBe("committed");
});

test("if one line is refused, the older cart stays as it was", async () => {
  const { lamp, vase, mug, older, change, stock } = await buyer();
  expect(await change([line(lamp, 4), line(vase, 1), line(mug, 2)])).toEqual({
    outcome: "refused",
    lines: [{ product: mug, units: 2, outcome: "refused", available: 1 }],
  });
  expect(await stock()).toEqual([`${lamp} 4 1`, `${vase} 2 1`, `${mug} 1 1`]);
  expect(await acme.cart.commit(older)).toMatchObject({ outcome: "committed" });
});

test("a line that cannot grow refuses the cart, and the others shrink again", async () => {
  const { lamp, vase, mug, older, change, stock } = await buyer();
  expect(await change([line(lamp, 4), line(vase, 3)])).toEqual({
    outcome: "refused",
    lines: [{ product: vase, units: 3, outcome: "refused", available: 1 }],
  });
  expect(await stock()).toEqual([`${lamp} 4 1`, `${vase} 2 1`, `${mug} 1 1`]);
  expect(await acme.cart.commit(older)).toMatchObject({ outcome: "committed" });
});

test("an older cart that is being paid is not replaced", async () => {
  const { lamp, vase, mug, older, change, stock } = await buyer();
  const begun = await acme.scripts.cart.begin({ ...older, prepareLimitMs: 600_000, rememberMs: 60_000 });
  if (begun.outcome !== "begun") throw new Error(begun.outcome);
  const prepare = { reservation: older.cart, fence: begun.fence, retake: false, prepareLimitMs: 600_000 };
  await acme.scripts.stock.prepare({ ...prepare, product: lamp, units: 3, rememberMs: 60_000 });
  expect(await change([line(lamp, 4)])).toMatchObject({
    outcome: "refused",
    lines: [{ outcome: "prepared" }],
  });
  expect(await change([line(lamp, 2)])).toMatchObject({
    outcome: "refused",
    lines: [{ outcome: "prepared" }],
  });
  expect(await stock()).toEqual([`${lamp} 4 1`, `${vase} 2 1`, `${mug} 1 1`]);
});

test("a wrong older cart is refused before anything is sent", async () => {
  const { lamp, stock, vase, mug } = await buyer();
  const call = Reflect.apply(acme.cart.reserve, acme.cart, [
    { cart: "x", lines: [line(lamp, 1)], leaseMs: 1_000, replaces: "older" },
  ]);
  await expect(call).rejects.toThrow("replaces");
  expect(await stock()).toEqual([`${lamp} 4 1`, `${vase} 2 1`, `${mug} 1 1`]);
});
