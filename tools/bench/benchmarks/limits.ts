import type { Benchmark } from "../benchmark.js";
import { compare, inFlight, rateCase } from "../support/compare.js";

const OPEN = 64;
const [OURS, PEER] = ["limit, Moonpath", "limit, rate-limiter-flexible"] as const;

export const limits: Benchmark = {
  heading: "Rate limits",
  method:
    "A unit of the limits of 1,000 clients. `limit.take` has no windows, and a call that is sent again takes nothing. `consume` of rate-limiter-flexible counts in fixed windows. Both are one script. That of `limit.take` runs TIME, GET and two SET, because it remembers the operation, and computes the times of all limits; that of the peer runs SET, INCRBY and PTTL. So the server needs about 40 us of CPU time for one, and 24 for the other, with 64 in flight, while both clients need about 30.",
  async measure(ground) {
    const sides = await ground.start([OURS, PEER]);
    const together = await compare(ground, sides, inFlight(OPEN, ground), { warmUps: 2 });
    const alone = await compare(ground, sides, inFlight(1, ground), { warmUps: 2 });
    const name = (load: string) => `take, ${load}, to rate-limiter-flexible`;
    return {
      cases: [
        rateCase(name(`${OPEN} in flight`), together(OURS), together(PEER), "takes/s", { atLeast: 2 }),
        rateCase(name("one at a time"), alone(OURS), alone(PEER), "takes/s"),
      ],
    };
  },
};
