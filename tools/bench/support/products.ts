import type { Redis } from "ioredis";
import type { Tenant } from "../../../src/index.js";
import { CURRENCY, LOW, WAREHOUSE } from "../contestants/hand.js";
import { keysOf } from "../contestants/price.js";
import { PRODUCTS, productOf } from "../contestants/products.js";

const DAY_MS = 86_400_000;
const products = Array.from({ length: PRODUCTS }, (_, number) => productOf(number));

/** Gives each product units in one warehouse, enough for all sales of the bench. */
export async function fillStock({ stock }: Tenant): Promise<void> {
  const level = { warehouse: WAREHOUSE, quantity: 1_000_000_000, sequence: 1, low: LOW };
  expectAll(await stock.setLevel.many(products.map((product) => ({ product, ...level }))));
}

/** Gives each product a base price, and a sale that is on, also in the keys of the peers. */
export async function fillPrices({ price }: Tenant, redis: Redis): Promise<void> {
  const [base, sale] = [1_999, 1_499];
  const prices = products.map((product) => ({ product, currency: CURRENCY, sequence: 1 }));
  expectAll(await price.set.many(prices.map((one) => ({ ...one, amountMinor: base }))));
  const period = { startsAtMs: Date.now() - DAY_MS, endsAtMs: Date.now() + DAY_MS };
  for (const one of prices) await price.setSale({ ...one, ...period, sale: "winter", amountMinor: sale });
  const hand = products.map(keysOf).flatMap(([baseKey, saleKey]) => [baseKey, base, saleKey, sale]);
  await redis.mset(...hand.map(String));
}

function expectAll(results: readonly { readonly ok: boolean }[]): void {
  if (!results.every(({ ok }) => ok)) throw new Error("the data of a benchmark could not be stored");
}
