import type { Benchmark } from "../benchmark.js";
import { figureCase } from "../case.js";
import { compare } from "../support/compare.js";
import { fillStock } from "../support/products.js";

const CONTESTANT = "client path, Moonpath";

export const clientPath: Benchmark = {
  heading: "The client's own path",
  method:
    "`stock.read` on a connection that answers at once with replies that it has recorded, with 512 calls in flight. So only the client takes time. The figure is CPU time of its process.",
  async measure(ground) {
    await fillStock(ground.acme);
    const sides = await ground.start([CONTESTANT]);
    const calls = ground.isQuick ? 100_000 : 500_000;
    const of = await compare(ground, sides, { shape: "whole", calls }, { warmUps: 2 });
    return {
      cases: [
        figureCase(
          "own path of a call, the connection answers at once",
          { ours: of(CONTESTANT).clientUs, unit: "us of client CPU" },
          { atMost: 0.35 },
        ),
      ],
    };
  },
};
