import type { Benchmark } from "../benchmark.js";
import type { Case, Target } from "../case.js";
import type { Point } from "../report/plot.js";
import { latencyCase } from "../support/compare.js";
import { inNetworks, NETWORKS, type Network } from "../support/network.js";
import { fillPrices } from "../support/products.js";

/** What is compared: the name of the case, the contestants, and the target with network time added. */
const ROWS = [
  ["price of a product, to two GETs", "price, Moonpath", "price, two GETs", 0.52],
  [
    "price of a product, to a pipeline of two GETs",
    "price, Moonpath",
    "price, pipeline of two GETs",
    undefined,
  ],
  ["prices of 100 products, to 200 GETs", "100 prices, Moonpath", "100 prices, 200 GETs", 0.03],
  [
    "prices of 100 products, to a pipeline of 200 GETs",
    "100 prices, Moonpath",
    "100 prices, pipeline of 200 GETs",
    0.7,
  ],
] as const;

export const prices: Benchmark = {
  heading: "Prices",
  method:
    "The base price and the sale price of a product, by GETs one after another, by a pipeline, and by `price.read`. For 100 products, `price.read.many`.",
  async measure(ground) {
    await fillPrices(ground.acme, ground.redis);
    const names = [...new Set(ROWS.flatMap(([, ours, theirs]) => [ours, theirs]))];
    const of = await inNetworks(ground, names);
    const cases = NETWORKS.flatMap((network) =>
      ROWS.map(
        ([name, ours, theirs, atMost]): Case =>
          latencyCase(
            `${name}, ${network}`,
            of(network, ours),
            of(network, theirs),
            targetOf(network, atMost),
          ),
      ),
    );
    const points: Point[] = NETWORKS.flatMap((x) =>
      names.map((name) => ({ series: name, x, y: of(x, name).us })),
    );
    return {
      cases,
      plots: [
        {
          file: "prices",
          title: "Prices: latency",
          kind: "bars",
          isLog: true,
          xTitle: "Network",
          yTitle: "Microseconds",
          points,
        },
      ],
    };
  },
};

function targetOf(network: Network, atMost: number | undefined): Target | undefined {
  return network === "loopback" || atMost === undefined ? undefined : { atMost };
}
