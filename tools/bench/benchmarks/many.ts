import type { Benchmark } from "../benchmark.js";
import type { Target } from "../case.js";
import { CALLS } from "../contestants/many.js";
import { compare, inFlight, rateCase, serverCase } from "../support/compare.js";
import { fillStock } from "../support/products.js";

const READS = ["100 reads, many", "100 reads, one after another", "100 reads, at once"] as const;
const SALES = ["100 sales, many", "100 sales, one after another", "100 sales, at once"] as const;
const PIPELINE = "100 reads, pipeline of EVALSHA";

export const many: Benchmark = {
  heading: "Many calls in one",
  method:
    "Lists of 100 products, one after another: by `many`, by single calls, and by a pipeline of the single form. 100 is the limit of `stock.read` in one command.",
  async measure(ground) {
    await fillStock(ground.acme);
    const sides = await ground.start([...READS, PIPELINE, ...SALES]);
    const of = await compare(ground, sides, inFlight(1, ground), { warmUps: 2 });
    const rate = (name: string, [ours, theirs]: readonly [string, string], target?: Target) =>
      rateCase(name, of(ours), of(theirs), "products/s", target, CALLS);
    const cpu = serverCase(
      `server CPU of a product in stock.read.many of ${CALLS}, to a pipeline of the single form`,
      of(READS[0]),
      of(PIPELINE),
      { atMost: 0.6 },
      CALLS,
    );
    return {
      cases: [
        cpu,
        rate(`stock.read.many of ${CALLS}, to calls one after another`, [READS[0], READS[1]], {
          atLeast: 10,
        }),
        rate(`stock.read.many of ${CALLS}, to calls at once`, [READS[0], READS[2]]),
        rate(`stock.adjust.many of ${CALLS}, to calls one after another`, [SALES[0], SALES[1]]),
        rate(`stock.adjust.many of ${CALLS}, to calls at once`, [SALES[0], SALES[2]]),
      ],
    };
  },
};
