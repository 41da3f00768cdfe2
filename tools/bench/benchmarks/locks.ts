import type { Benchmark } from "../benchmark.js";
import { compare, inFlight, rateCase } from "../support/compare.js";

const OPEN = 64;
const [OURS, REDLOCK] = ["lock, Moonpath", "lock, redlock"] as const;

export const locks: Benchmark = {
  heading: "Locks",
  method:
    "`acquire` and `release` of a lock that nobody else wants, on one server. redlock 5 has the same settings as its documentation. Its locks have no fence, and nobody is told of a release. A lock of Moonpath is eight commands in two scripts, with four SET, because it keeps a fence, its owner and who waits. One of redlock is four commands in two scripts, with one SET. So the server needs about 60 us of CPU time for one, and 48 for the other, with 64 in flight, while both clients need about 60.",
  async measure(ground) {
    const sides = await ground.start([OURS, REDLOCK]);
    const together = await compare(ground, sides, inFlight(OPEN, ground), { warmUps: 2 });
    const alone = await compare(ground, sides, inFlight(1, ground), { warmUps: 2 });
    const name = (load: string) => `acquire and release, ${load}, to redlock`;
    return {
      cases: [
        rateCase(name(`${OPEN} in flight`), together(OURS), together(REDLOCK), "locks/s", { atLeast: 2 }),
        rateCase(name("one at a time"), alone(OURS), alone(REDLOCK), "locks/s", { atLeast: 1.05 }),
      ],
    };
  },
};
