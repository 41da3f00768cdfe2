import type { Benchmark } from "../benchmark.js";
import { compare, rateCase } from "../support/compare.js";
import { fillStock } from "../support/products.js";

const CALLERS = 64;
const OURS = "stock.read, Moonpath";
const PLAIN = "stock.read, ioredis";
const PIPELINED = "stock.read, ioredis with autopipelining";

export const events: Benchmark = {
  heading: "Calls in events of their own",
  method:
    "64 callers make `stock.read`. Each call is made in an event of its own, as the requests of an HTTP server are, and a caller makes the next one after its reply.",
  async measure(ground) {
    await fillStock(ground.acme);
    const sides = await ground.start([OURS, PLAIN, PIPELINED]);
    const load = { shape: "events", open: CALLERS, ms: ground.isQuick ? 300 : 600 } as const;
    const of = await compare(ground, sides, load);
    const name = (peer: string) => `stock.read, ${CALLERS} callers with an event each, to ${peer}`;
    return {
      cases: [
        rateCase(name("ioredis"), of(OURS), of(PLAIN), "calls/s", { atLeast: 2 }),
        rateCase(name("ioredis, autopipelining"), of(OURS), of(PIPELINED), "calls/s"),
      ],
    };
  },
};
