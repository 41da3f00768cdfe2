import { expect, test } from "vitest";
import { createScriptClient, type Script } from "../../../src/client/index.js";
import { type StockAdjustArgs, type StockAdjustReply, scripts } from "../../../src/index.js";
import { connections } from "../../support/lua/connections.js";
import { without } from "../../support/lua/mutated.js";
import { freshNamespace } from "../../support/redis.js";

const { setLevel, adjust, levels: levelsOf } = scripts.stock;

const units = 100;

/** Sells more than there is over several connections at once, each sale sent by two of them. */
async function race(script: Script<StockAdjustArgs, StockAdjustReply>) {
  const namespace = freshNamespace();
  const shops = (await connections(6)).map((redis) =>
    createScriptClient(
      redis,
      { stock: { setLevel, adjust: script, levels: levelsOf } },
      { namespace, deadlineMs: 15_000 },
    ).tenant("acme"),
  );
  const [first] = shops;
  if (!first) throw new Error("no connection");
  const product = "lamp";
  await first.stock.setLevel({ product, warehouse: "berlin", quantity: 60, sequence: 1, low: 0 });
  await first.stock.setLevel({ product, warehouse: "paris", quantity: 40, sequence: 1, low: 0 });

  // What the customers know: by operation its units, once sold.
  const sold = new Map<string, number>();
  const sell = async (shop: typeof first, operation: string) => {
    const change = -1 - (Number(operation) % 3);
    const sale = { product, operation, change, backorder: false, low: 0, rememberMs: 60_000 };
    const { outcome } = await shop.stock.adjust(sale);
    if (outcome === "adjusted") sold.set(operation, -change);
  };
  const sales = Array.from({ length: 120 }, (_, position) => String(position));
  await Promise.all(
    sales.flatMap((operation, position) =>
      [0, 1].map((offset) => sell(shops[(position + offset) % shops.length] ?? first, operation)),
    ),
  );

  const known = await first.stock.levels({ product });
  const levels = known.outcome === "known" ? known.levels.map(({ quantity }) => quantity) : [];
  return { sold: sum([...sold.values()]), left: sum(levels), lowest: Math.min(...levels) };
}

const sum = (numbers: readonly number[]) => numbers.reduce((total, number) => total + number, 0);

test("concurrent sales never sell more than the stock, and the units add up", async () => {
  const { sold, left, lowest } = await race(adjust);
  // Sales of one to three units: at most two units may be left for which no sale was small enough.
  expect(sold).toBeGreaterThanOrEqual(units - 2);
  expect(left).toBe(units - sold);
  expect(lowest).toBeGreaterThanOrEqual(0);
});

test("concurrent sales sell too much if stock.adjust does not check the available units", async () => {
  const { sold, lowest } = await race(
    without(adjust, "change < 0 and not backorder and (missing > 0 or new_total < held)", "false"),
  );
  expect(sold).toBeGreaterThan(units);
  expect(lowest).toBeLessThan(0);
});

test("a repeated sale takes its units twice if stock.adjust does not check the operation", async () => {
  const { sold, left } = await race(without(adjust, "if remembered then", "if false then"));
  expect(left).toBeLessThan(units - sold);
});
