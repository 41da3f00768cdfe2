import { expect, test } from "vitest";
import { createScriptClient, type Script } from "../../../../src/client/index.js";
import { type StockCommitArgs, type StockCommitReply, scripts } from "../../../../src/index.js";
import { connections } from "../../../support/lua/connections.js";
import { without } from "../../../support/lua/mutated.js";
import { freshNamespace } from "../../../support/redis.js";

const hour = 3_600_000;
const product = "lamp";
const fence = 7;
const carts = Array.from({ length: 20 }, (_, position) => `cart-${position}`);

/**
 * 20 carts hold one unit each. A count then finds 10. Over several connections, each cart is prepared
 * and sold, while its owner also commits the reservation by itself, twice.
 */
async function race(commit: Script<StockCommitArgs, StockCommitReply>) {
  const namespace = freshNamespace();
  const stock = { ...scripts.stock, commit };
  const shops = (await connections(4)).map(
    (redis) => createScriptClient(redis, { stock }, { namespace, deadlineMs: 15_000 }).tenant("acme").stock,
  );
  const [first] = shops;
  if (!first) throw new Error("no connection");
  const rememberMs = hour;
  await first.setLevel({ product, warehouse: "a", quantity: 20, sequence: 1, low: 0 });
  for (const reservation of carts) {
    await first.reserve({ product, reservation, units: 1, leaseMs: hour, rememberMs });
  }
  await first.setLevel({ product, warehouse: "a", quantity: 10, sequence: 2, low: 0 });

  const prepared: string[] = [];
  const prepare = async (reservation: string, shop: typeof first) => {
    const line = {
      product,
      reservation,
      units: 1,
      fence,
      retake: false,
      prepareLimitMs: 600_000,
      rememberMs,
    };
    const { outcome } = await shop.prepare(line);
    if (outcome === "prepared") prepared.push(reservation);
  };
  const sell = (reservation: string, shop: typeof first) => shop.commit({ product, reservation, rememberMs });
  await Promise.all(
    carts.flatMap((cart, position) => {
      const shop = (offset: number) => shops[(position + offset) % shops.length] ?? first;
      // In half of the carts, the owner comes first.
      const calls = [() => prepare(cart, shop(0)), () => sell(cart, shop(1)), () => sell(cart, shop(2))];
      return (position % 2 === 0 ? calls : calls.reverse()).map((call) => call());
    }),
  );
  for (const reservation of prepared) await first.commitPrepared({ product, reservation, fence, rememberMs });
  const left = await first.read({ product, low: 0 });
  return { prepared: prepared.length, left: left.outcome === "known" ? left.total : Number.NaN };
}

test("units of prepared lines are left for them, whoever sells beside", async () => {
  const { prepared, left } = await race(scripts.stock.commit);
  expect(prepared).toBeGreaterThan(0);
  expect(left).toBe(0);
});

test("more is sold than there is if stock.commit does not leave the units of prepared lines", async () => {
  const { left } = await race(
    without(scripts.stock.commit, "missing > 0 or (units > unprepared and not backorder)", "missing > 0"),
  );
  expect(left).toBeLessThan(0);
});
