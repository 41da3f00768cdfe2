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
  for (const lines of [[line(lamp, 4)], [line(lamp, 2)], [line(vase, 1)], [line(mug, 1)]]) {
    expect(await change(lines)).toMatchObject({ outcome: "older_busy", waitMs: expect.any(Number) });
  }
  expect(await stock()).toEqual([`${lamp} 4 1`, `${vase} 2 1`, `${mug} 1 1`]);
  // The customer's payment goes on.
  await acme.scripts.stock.prepare({ ...prepare, product: vase, units: 1, rememberMs: 60_000 });
  const decided = await acme.scripts.cart.decide({ cart: older.cart, fence: begun.fence });
  expect(decided).toEqual({ outcome: "committed" });
  expect(await change([line(mug, 1)])).toEqual({ outcome: "older_committed" });
});

test("lines that an attempt has left prepared do not refuse the new cart", async () => {
  const { lamp, vase, mug, older, change, stock } = await buyer();
  const begun = await acme.scripts.cart.begin({ ...older, prepareLimitMs: 1_000, rememberMs: 60_000 });
  if (begun.outcome !== "begun") throw new Error(begun.outcome);
  const prepare = { reservation: older.cart, fence: begun.fence, retake: false, prepareLimitMs: 1_000 };
  await acme.scripts.stock.prepare({ ...prepare, product: lamp, units: 3, rememberMs: 60_000 });
  await acme.scripts.cart.abort({ cart: older.cart, fence: begun.fence });
  expect(await change([line(lamp, 4)])).toMatchObject({ outcome: "reserved" });
  expect(await stock()).toEqual([`${lamp} 4 0`, `${vase} 2 2`, `${mug} 1 1`]);
});

test("of a payment and a change at the same time, one wins", async () => {
  for (let round = 0; round < 25; round += 1) {
    const { lamp, vase, mug, older, change, stock } = await buyer();
    const [sale, reply] = await Promise.all([
      acme.cart.commit(older),
      change([line(lamp, 4), line(vase, 1), line(mug, 1)]),
    ]);
    if ("followed" in sale) await sale.followed;
    const isSold = sale.outcome === "committed";
    const isChanged = reply.outcome === "reserved";
    expect([isSold, isChanged], `${sale.outcome}, ${reply.outcome}`).toContain(true);
    expect(isSold && isChanged).toBe(false);
    expect(await stock()).toEqual(
      isSold ? [`${lamp} 1 1`, `${vase} 1 1`, `${mug} 1 1`] : [`${lamp} 4 0`, `${vase} 2 1`, `${mug} 1 0`],
    );
  }
});

test("if the named lines are not what the older cart holds, its real hold stays", async () => {
  const { lamp, vase, mug, older, stock } = await buyer();
  const replaces = { cart: older.cart, lines: [line(lamp, 1), line(vase, 1)] };
  const call = { cart: "other-lines", leaseMs: LEASE_MS, replaces };
  expect(await acme.cart.reserve({ ...call, lines: [line(lamp, 2), line(mug, 9)] })).toMatchObject({
    outcome: "refused",
  });
  expect(await stock()).toEqual([`${lamp} 4 1`, `${vase} 2 1`, `${mug} 1 1`]);
  const reply = await acme.cart.reserve({ ...call, cart: "other-lines-2", lines: [line(lamp, 4)] });
  expect(reply.outcome).toBe("reserved");
  expect(await stock()).toEqual([`${lamp} 4 0`, `${vase} 2 2`, `${mug} 1 1`]);
});

test("a line grows into units whose lease has ended", async () => {
  const { lamp, change } = await buyer();
  const stranger = { product: lamp, reservation: "stranger", units: 1, leaseMs: 1, rememberMs: 60_000 };
  expect(await acme.stock.reserve(stranger)).toMatchObject({ outcome: "reserved" });
  await expect.poll(async () => (await acme.scripts.stock.reserve(stranger)).outcome).toBe("expired");
  await acme.scripts.stock.reserve({ ...stranger, reservation: "stranger-2" });
  await new Promise((resolve) => setTimeout(resolve, 5));
  expect(await change([line(lamp, 4)])).toMatchObject({ outcome: "reserved" });
});

test("a wrong older cart is refused before anything is sent", async () => {
  const { lamp, stock, vase, mug } = await buyer();
  const lines = [line(lamp, 1)];
  for (const [replaces, argument] of [
    ["older", "replaces"],
    [null, "replaces"],
    [{ lines }, "replaces.cart"],
    [{ cart: "o{", lines }, "replaces.cart"],
    [{ cart: "x", lines }, "replaces.cart"],
    [{ cart: "older" }, "replaces.lines"],
    [{ cart: "older", lines, units: 1 }, "replaces.units"],
  ] as const) {
    const call = Reflect.apply(acme.cart.reserve, acme.cart, [
      { cart: "x", lines, leaseMs: 1_000, replaces },
    ]);
    await expect(call).rejects.toThrow(`argument ${argument}:`);
  }
  expect(await stock()).toEqual([`${lamp} 4 1`, `${vase} 2 1`, `${mug} 1 1`]);
});
