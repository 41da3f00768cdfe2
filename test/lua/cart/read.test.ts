import { expect, test } from "vitest";
import { failure } from "../../support/lua/errors.js";
import { freshCarts } from "./carts.js";

const { begun, redis, scripts } = freshCarts();

test("the lines are sorted by product, and have their states", async () => {
  const { cart, fence } = await begun([
    { product: "vase", units: 1 },
    { product: "lamp", units: 2 },
    { product: "rug", units: 3 },
  ]);
  expect(await scripts.read({ cart })).toMatchObject({ outcome: "undecided" });
  await scripts.decide({ cart, fence });
  await scripts.finish({ cart, fence, products: ["rug"] });
  await scripts.setAside({ cart, fence, lineProduct: "vase", reason: "shortfall" });
  expect(await scripts.read({ cart })).toEqual({
    outcome: "committed",
    fence,
    lines: [
      { product: "lamp", units: 2, state: "open" },
      { product: "rug", units: 3, state: "finished" },
      { product: "vase", units: 1, state: "set_aside" },
    ],
  });
});

test("corrupt records are errors", async () => {
  for (const change of [{ state: "perhaps" }, { "line:lamp": "2 perhaps" }, { fence: "0" }]) {
    const { cart, record } = await begun();
    await redis.hset(record, change);
    expect(await failure(scripts.read({ cart }))).toMatchObject({ code: "CORRUPT" });
  }
});

test("100 lines fit, and a foreign field more does not", async () => {
  const lines = Array.from({ length: 100 }, (_, position) => ({ product: `lamp-${position}`, units: 1 }));
  const { cart, record } = await begun(lines);
  const read = await scripts.read({ cart });
  expect("lines" in read && read.lines).toHaveLength(100);
  await redis.hset(record, { foreign: "1" });
  expect(await failure(scripts.read({ cart }))).toMatchObject({ code: "CORRUPT" });
});
