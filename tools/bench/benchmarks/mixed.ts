import type { Benchmark } from "../benchmark.js";
import { compare, inFlight, rateCase } from "../support/compare.js";
import { fillPrices, fillStock } from "../support/products.js";

const OPEN = 512;
const OURS = "four scripts, Moonpath";
const PLAIN = "four scripts, ioredis";
const PIPELINED = "four scripts, ioredis with autopipelining";

export const mixed: Benchmark = {
  heading: "Four scripts at once",
  method:
    "Each product gets `stock.read`, `price.read`, `stock.adjust` and `idempotency.mark`, one after another, with 512 calls in flight.",
  async measure(ground) {
    await fillStock(ground.acme);
    await fillPrices(ground.acme, ground.redis);
    const sides = await ground.start([OURS, PLAIN, PIPELINED]);
    const of = await compare(ground, sides, inFlight(OPEN, ground));
    const name = (peer: string) => `four scripts mixed, ${OPEN} in flight, to ${peer}`;
    return {
      cases: [
        rateCase(name("ioredis, autopipelining"), of(OURS), of(PIPELINED), "calls/s", { atLeast: 3 }),
        rateCase(name("ioredis"), of(OURS), of(PLAIN), "calls/s"),
      ],
    };
  },
};
