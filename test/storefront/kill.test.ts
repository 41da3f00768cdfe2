import { join } from "node:path";
import { PassThrough } from "node:stream";
import { expect, test } from "vitest";
import { runKills } from "../../examples/storefront/kill/run.js";
import { bundleOf, ROOT } from "../support/bundle.js";

test("the books balance to the unit and the penny after Redis and the shop were killed in the middle", async () => {
  const program = await bundleOf(join(ROOT, "examples/storefront/kill/shop-process.ts"));
  const { findings, differences, killed } = await runKills(
    { limit: 300, seed: 7, stock: 12, kills: 4, program },
    { output: new PassThrough().resume(), signal: new AbortController().signal },
  );
  expect(differences).toEqual([]);
  expect(killed).toEqual({ redis: 3, shop: 3 });
  expect(findings.sent.retries).toBeGreaterThan(0);
  // Some orders have too few units, so both ends of an order are in the books.
  const { open, sold, refused } = findings.orders;
  expect(open).toBe(0);
  expect(sold).toBeGreaterThan(3);
  expect(refused).toBeGreaterThan(3);
}, 180_000);
