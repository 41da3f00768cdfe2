import type { Benchmark } from "../benchmark.js";
import type { Target } from "../case.js";
import type { Point } from "../report/plot.js";
import { latencyCase, serverCase } from "../support/compare.js";
import { inNetworks, NETWORKS, type Network } from "../support/network.js";

const OURS = "stock event, Moonpath";
const STEPS = "stock event, five steps";
const TARGETS: Partial<Record<Network, Target>> = { "0.5 ms of network added": { atMost: 0.25 } };

export const stockEvent: Benchmark = {
  heading: "A stock event",
  method:
    "An event sets the level of a warehouse. `stock.setLevel` is one script. By hand it takes five steps: check the event, write the level, read all levels, write the total, mark the event.",
  async measure(ground) {
    const of = await inNetworks(ground, [OURS, STEPS]);
    const cases = NETWORKS.map((network) =>
      latencyCase(
        `stock event, ${network}, to five steps`,
        of(network, OURS),
        of(network, STEPS),
        TARGETS[network],
      ),
    );
    const cpu = serverCase(
      "server CPU of a stock event, to five steps",
      of("loopback", OURS),
      of("loopback", STEPS),
      {
        atMost: 1,
      },
    );
    const points: Point[] = NETWORKS.flatMap((x) => [
      { series: "Moonpath", x, y: of(x, OURS).us },
      { series: "five steps", x, y: of(x, STEPS).us },
    ]);
    return {
      cases: [...cases, cpu],
      plots: [
        {
          file: "stock-event",
          title: "A stock event: latency",
          kind: "bars",
          xTitle: "Network",
          yTitle: "Microseconds",
          points,
        },
      ],
    };
  },
};
