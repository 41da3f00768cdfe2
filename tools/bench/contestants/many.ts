import { Redis } from "ioredis";
import type { Tenant } from "../../../src/index.js";
import type { StartContestant } from "./contestant.js";
import { LOW, REMEMBER_MS, stockRead, WAREHOUSE } from "./hand.js";
import { withMoonpath } from "./moonpath.js";
import { productOf } from "./products.js";
import { expectReply } from "./stock-read.js";

/** As many as one run of the many form allows. */
export const CALLS = 100;

/** How the calls for one list of products are made. */
type Way = (acme: Tenant, products: readonly string[]) => Promise<unknown>;

const sale = (product: string) => ({
  product,
  change: -1,
  warehouse: WAREHOUSE,
  backorder: true,
  low: LOW,
  rememberMs: REMEMBER_MS,
});

const ofList = (way: Way) =>
  withMoonpath((acme) => ({
    call: (number) => way(acme, listOf(number)),
  }));

/** One `many` for all products. */
export const reads = ofList(({ stock }, list) =>
  stock.read.many(list.map((product) => ({ product, low: LOW }))).then(expectAll),
);
export const sales = ofList(({ stock }, list) => stock.adjust.many(list.map(sale)).then(expectAll));

/** One call after another. */
export const readsInTurn = ofList(async ({ stock }, list) => {
  for (const product of list) expectReply(await stock.read({ product, low: LOW }));
});
export const salesInTurn = ofList(async ({ stock }, list) => {
  for (const product of list) expectReply(await stock.adjust(sale(product)));
});

/** All calls at once. */
export const readsAtOnce = ofList(({ stock }, list) =>
  Promise.all(list.map(async (product) => expectReply(await stock.read({ product, low: LOW })))),
);
export const salesAtOnce = ofList(({ stock }, list) =>
  Promise.all(list.map(async (product) => expectReply(await stock.adjust(sale(product))))),
);

/** A pipeline of the single form. */
export const pipelineOfReads: StartContestant = async (url) => {
  const redis = new Redis(url);
  await redis.script("LOAD", stockRead.lua);
  return {
    call: async (number) => {
      const pipeline = redis.pipeline();
      for (const product of listOf(number))
        pipeline.evalsha(stockRead.digest, 1, ...stockRead.keys(product), ...stockRead.args());
      for (const [error, raw] of (await pipeline.exec()) ?? []) {
        if (error !== null) throw error;
        expectReply(stockRead.reply(raw));
      }
    },
    close: () => redis.disconnect(),
  };
};

function listOf(number: number): readonly string[] {
  return Array.from({ length: CALLS }, (_, index) => productOf(number * CALLS + index));
}

function expectAll(results: readonly { readonly ok: boolean }[]): void {
  if (results.length !== CALLS || !results.every(({ ok }) => ok)) throw new Error("a call has failed");
}
