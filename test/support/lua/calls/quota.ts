import * as fc from "fast-check";
import { scripts } from "../../../../src/index.js";
import { calls, lasting } from "../late/call.js";

const shard = { usageShard: "0" };
const sentOnce =
  "the client sends it once, and a network that copies a write can do all that its caller may do";
const approximate = `${sentOnce}: the count is approximate, and its entries end`;
const ticks = fc.integer({ min: 0, max: 3 });

export const quota = [
  calls(
    scripts.quota.count,
    fc.record({ ticks, entry: fc.constantFrom("lamp", "vase"), refuses: fc.boolean() }),
    ({ ticks: keep, entry, refuses }) => ({
      ...shard,
      entry,
      bytes: 7,
      keepMs: lasting(keep),
      maxEntries: 1,
      refuses,
    }),
    { mayWork: approximate },
  ),
  calls(
    scripts.quota.forget,
    fc.record({ entry: fc.constantFrom("lamp", "vase"), number: fc.option(ticks, { nil: undefined }) }),
    ({ entry, number }) => ({ ...shard, entry, number }),
    { mayWork: approximate },
  ),
  calls(scripts.quota.reset, fc.constant({}), () => shard, { mayWork: approximate }),
];
