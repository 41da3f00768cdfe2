import type { Benchmark } from "../benchmark.js";
import { ratioCase } from "../case.js";
import { compare } from "../support/compare.js";
import { median } from "../support/median.js";
import { fillStock } from "../support/products.js";

const OURS = "stock.read, Moonpath";
const PLAIN = "stock.read, ioredis";
const ROUNDS = 20;

export const latency: Benchmark = {
  heading: "A lone call",
  method:
    "`stock.read`, one call after another. The difference of two rounds that follow each other is taken, and of 20 differences the median.",
  async measure(ground) {
    await fillStock(ground.acme);
    const sides = await ground.start([OURS, PLAIN]);
    const load = { shape: "in flight", open: 1, ms: ground.isQuick ? 150 : 600 } as const;
    const of = await compare(ground, sides, load, { rounds: ROUNDS, warmUps: 4 });
    const theirs = of(PLAIN);
    const differences = of(OURS).rounds.map(
      (round, index) => round.us - (theirs.rounds[index]?.us ?? Number.NaN),
    );
    return {
      cases: [
        ratioCase(
          "stock.read, latency of a lone call, to ioredis",
          { ours: theirs.us + median(differences), theirs: theirs.us, unit: "us" },
          { atMost: 1 },
        ),
      ],
    };
  },
};
