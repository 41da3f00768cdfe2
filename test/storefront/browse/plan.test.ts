import { expect, test } from "vitest";
import { kindNames, mix } from "../../../examples/storefront/browse/mix.js";
import { type PlannedRequest, planRequests } from "../../../examples/storefront/browse/plan.js";
import { productsOf } from "../../../examples/storefront/browse/world.js";
import { Zipf } from "../../../examples/storefront/browse/zipf.js";
import { Random } from "../../../examples/storefront/random.js";

function planned(count: number, seed = 1): PlannedRequest[] {
  const plan = planRequests({ seed, products: 100, run: "run" });
  return Array.from({ length: count }, () => plan.next().value);
}

test("the same seed plans the same requests, and another one others", () => {
  expect(planned(500)).toEqual(planned(500));
  expect(planned(500, 2)).not.toEqual(planned(500));
});

test("the requests have the shares of the mix, which sum up to 100", () => {
  const sum = kindNames.reduce((whole, name) => whole + mix[name].share, 0);
  expect(sum).toBeCloseTo(100, 6);
  const requests = planned(40_000);
  for (const kind of kindNames) {
    const share = (100 * requests.filter((request) => request.kind === kind).length) / requests.length;
    // Four standard deviations of a binomial count.
    const allowed = 4 * Math.sqrt((mix[kind].share * 100) / requests.length);
    expect(Math.abs(share - mix[kind].share)).toBeLessThan(allowed + 0.01);
  }
});

test("only created products are deleted, so that the popular ones stay", () => {
  const removed = planned(60_000).flatMap(({ kind, path, body }) =>
    kind === "remove" ? [path] : kind === "bulkRemove" ? [JSON.stringify(body)] : [],
  );
  expect(removed.length).toBeGreaterThan(5);
  expect(removed.filter((text) => text.includes("item-"))).toEqual([]);
});

test("Zipf 1.0 chooses rank r in proportion to 1 / (r + 1)", () => {
  const random = new Random(1);
  const zipf = new Zipf(100);
  const counts = Array.from({ length: 100 }, () => 0);
  for (let draw = 0; draw < 100_000; draw += 1) {
    const rank = zipf.pick(random);
    counts[rank] = (counts[rank] ?? 0) + 1;
  }
  const harmonic = counts.reduce((sum, _, rank) => sum + 1 / (rank + 1), 0);
  for (const rank of [0, 1, 9]) {
    const wanted = 100_000 / ((rank + 1) * harmonic);
    expect(Math.abs((counts[rank] ?? 0) - wanted)).toBeLessThan(5 * Math.sqrt(wanted));
  }
});

test("the products of a seed are always the same", () => {
  expect(productsOf(3, 20)).toEqual(productsOf(3, 20));
  expect(new Set(productsOf(3, 200).map(({ product }) => product)).size).toBe(200);
});
