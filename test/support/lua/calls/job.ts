import * as fc from "fast-check";
import { scripts } from "../../../../src/index.js";
import { calls } from "../late/call.js";

export const job = [
  calls(
    scripts.job.start,
    fc.record({ run: fc.constantFrom(0, 0, 0, 1), fence: fc.constantFrom(7, 7, 7, 8) }),
    ({ run, fence }, past) => ({ job: "report", run: past.name("run", run), fence }),
    {
      over: ["stale"],
      supersedes: (newer, reply, older) => reply.outcome === "started" && newer.fence > older.fence,
    },
  ),
  calls(
    scripts.job.finish,
    fc.record({
      back: fc.constantFrom(0, 0, 0, 1),
      state: fc.constantFrom("done" as const, "failed" as const),
      note: fc.option(fc.constant("12 offers"), { nil: undefined }),
    }),
    ({ back, ...rest }, past) => ({
      job: "report",
      run: past.having("startedMs", back).text("run"),
      ...rest,
    }),
    { over: ["stale"] },
  ),
];
