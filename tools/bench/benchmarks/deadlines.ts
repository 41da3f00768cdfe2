import type { Benchmark } from "../benchmark.js";
import { figureCase } from "../case.js";
import { count } from "../report/format.js";
import { fillStock } from "../support/products.js";

const CALLS = 100_000;
const MAX_LATE_MS = 50;
const CONTESTANT = "deadline, Moonpath";

export const deadlines: Benchmark = {
  heading: "Deadlines of many calls",
  method:
    "The server is stopped by SIGSTOP. Then 100,000 calls are made at once, with the same deadline. The figure is the time from a call's deadline to its end, of the latest call of all rounds.",
  async measure(ground) {
    await fillStock(ground.acme);
    const sides = await ground.start([CONTESTANT]);
    const rounds = ground.isQuick ? 1 : 5;
    let greatestMs = 0;
    for (let round = 0; round <= rounds; round++) {
      ground.progress(`round ${round} of ${rounds}`);
      await ground.server.kill("SIGSTOP");
      try {
        const result = await sides[0]?.process.run({ shape: "burst", calls: CALLS });
        // The first round compiles the code.
        if (round > 0) greatestMs = Math.max(greatestMs, result?.greatestMs ?? Number.NaN);
      } finally {
        await ground.server.kill("SIGCONT");
      }
      await ground.redis.ping();
    }
    return {
      cases: [
        figureCase(
          `${count(CALLS)} calls at one deadline, how late the last one ends`,
          { ours: greatestMs, unit: "ms" },
          { atMost: MAX_LATE_MS },
        ),
      ],
    };
  },
};
