import { Redis } from "ioredis";
import type { Contestant, StartContestant } from "./contestant.js";
import { CURRENCY } from "./hand.js";
import { NAMESPACE, TENANT, withMoonpath } from "./moonpath.js";
import { productOf } from "./products.js";

/** Products of one page. */
const PAGE = 100;

/** Reads the price of one product. */
export const moonpathOne = withMoonpath(({ price }) => ({
  call: async (number) => {
    const reply = await price.read({ product: productOf(number), currency: CURRENCY });
    if (reply.outcome !== "priced" || !reply.onSale) throw new Error("no sale was found");
  },
}));

/** Reads the prices of a page of products. */
export const moonpathPage = withMoonpath(({ price }) => ({
  call: async (number) => {
    const results = await price.read.many(page(number).map((product) => ({ product, currency: CURRENCY })));
    for (const result of results)
      if (!result.ok || result.reply.outcome !== "priced") throw new Error("no price was found");
  },
}));

/** Two GETs, one after the other. */
export const twoGets = byHand((redis) => (number) => getPrice(redis, productOf(number)));

/** A pipeline of two GETs, as the seed's own refactoring has it. */
export const pipelineOfTwo = byHand((redis) => async (number) => {
  const [base, sale] = keysOf(productOf(number));
  const replies = await redis.pipeline().get(base).get(sale).exec();
  expectPrice(replies?.[1]?.[1] ?? replies?.[0]?.[1]);
});

/** 200 GETs, one after another. */
export const pageOfGets = byHand((redis) => async (number) => {
  for (const product of page(number)) await getPrice(redis, product);
});

/** One pipeline of 200 GETs. */
export const pipelineOfPage = byHand((redis) => async (number) => {
  const pipeline = redis.pipeline();
  for (const product of page(number)) for (const key of keysOf(product)) pipeline.get(key);
  const replies = (await pipeline.exec()) ?? [];
  for (let position = 0; position < replies.length; position += 2)
    expectPrice(replies[position + 1]?.[1] ?? replies[position]?.[1]);
});

/** The two keys of a product. The bench stores the same prices in them as in Moonpath. */
export function keysOf(product: string): readonly [base: string, sale: string] {
  const tag = `${NAMESPACE}:{${TENANT}:${product}}`;
  return [`${tag}:base-price`, `${tag}:sale-price`];
}

function byHand(use: (redis: Redis) => Contestant["call"]): StartContestant {
  return async (url) => {
    const redis = new Redis(url);
    return { call: use(redis), close: () => redis.disconnect() };
  };
}

async function getPrice(redis: Redis, product: string): Promise<void> {
  const [base, sale] = keysOf(product);
  const basePrice = await redis.get(base);
  expectPrice((await redis.get(sale)) ?? basePrice);
}

function expectPrice(price: unknown): void {
  if (!(Number(price) > 0)) throw new Error("no price was found");
}

function page(number: number): readonly string[] {
  return Array.from({ length: PAGE }, (_, index) => productOf(number + index));
}
