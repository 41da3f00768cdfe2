import * as fc from "fast-check";
import { scripts } from "../../../../src/index.js";
import { calls } from "../late/call.js";

export const job = [
  calls(
    scripts.job.start,
    fc.record({ number: fc.integer({ min: 1, max: 6 }), fence: fc.constantFrom(7, 7, 7, 8) }),
    ({ number, fence }) => ({ job: "report", fence, number }),
    {
      over: ["stale"],
      supersedes: (newer, reply, older) =>
        reply.outcome === "started" &&
        (newer.fence > older.fence || (newer.fence === older.fence && newer.number > older.number)),
    },
  ),
  calls(
    scripts.job.finish,
    fc.record({
      back: fc.constantFrom(0, 0, 0, 1),
      state: fc.constantFrom("done" as const, "failed" as const),
      note: fc.option(fc.constant("12 offers"), { nil: undefined }),
    }),
    ({ back, ...rest }, past) => {
      const run = past.having("startedMs", back);
      return { job: "report", fence: run.number("fence"), number: run.number("number"), ...rest };
    },
    { over: ["stale"] },
  ),
];
