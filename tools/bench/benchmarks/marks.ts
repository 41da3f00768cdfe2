import type { Benchmark } from "../benchmark.js";
import type { Case } from "../case.js";
import { compare, inFlight, rateCase } from "../support/compare.js";

const OURS = "mark, Moonpath";
const [PLAIN, PIPELINED] = ["mark, SET NX", "mark, SET NX with autopipelining"] as const;

export const marks: Benchmark = {
  heading: "Marks of events",
  method:
    "`idempotency.mark` tells whether an event is new, also if its first call is sent again. `SET key 1 NX PX` of ioredis cannot do this.",
  async measure(ground) {
    const sides = await ground.start([OURS, PLAIN, PIPELINED]);
    const cases: Case[] = [];
    for (const open of [1, 64, 512]) {
      const of = await compare(ground, sides, inFlight(open, ground), { warmUps: 2 });
      for (const [peer, contestant] of [
        ["SET NX", PLAIN],
        ["SET NX, autopipelining", PIPELINED],
      ] as const)
        cases.push(rateCase(`mark, ${open} in flight, to ${peer}`, of(OURS), of(contestant), "calls/s"));
    }
    return { cases };
  },
};
