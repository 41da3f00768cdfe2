import * as fc from "fast-check";
import { scripts } from "../../../../src/index.js";
import { calls, rememberMs } from "../late/call.js";
import type { Past } from "../late/past.js";

const place = { queue: "rows", queueShard: "0" };
const key = fc.constantFrom("lamp", "vase");
const recent = fc.constantFrom(0, 0, 0, 1);

/** The batch of an earlier take; none yet is one that nobody has. */
const batchOf = (past: Past, back: number) => {
  const taken = past.having("batch", back);
  return taken.has("batch") ? taken.number("batch") : 0;
};

export const writebehind = [
  calls(
    scripts.writebehind.enqueue,
    fc.record({
      key,
      text: fc.constantFrom("a", "bb"),
      mode: fc.constantFrom("coalesce" as const, "coalesce" as const, "append" as const),
      maxWrites: fc.constantFrom(2, 10),
      operation: fc.constantFrom(0, 0, 0, 1),
    }),
    ({ text, operation, ...drawn }, past) => ({
      ...place,
      ...drawn,
      operation: past.name("operation", operation),
      value: Buffer.from(text),
      maxBytes: 1_000,
      flushWrites: 2,
      rememberMs,
    }),
    {
      over: ["repeated"],
      // A full shard has queued nothing, so the caller asks again with the same operation.
      asksAgain: (_, first) => first.outcome === "full",
    },
  ),
  calls(scripts.writebehind.read, fc.record({ key }), (drawn) => ({ ...place, ...drawn }), {
    current: ["value", "operation", "outcome"],
  }),
  calls(
    scripts.writebehind.take,
    fc.record({ limit: fc.integer({ min: 1, max: 2 }), skipDelay: fc.boolean() }),
    (drawn) => ({ ...place, maxBytes: 1_000, ...drawn }),
    { mayWork: "the next take returns the batch again" },
  ),
  calls(
    scripts.writebehind.ack,
    fc.record({ recent, refuses: fc.boolean() }),
    ({ recent: back, refuses }, past) => {
      const taken = past.having("batch", back);
      const [first] = taken.records("writes");
      return {
        ...place,
        batch: batchOf(past, back),
        refused: refuses && first ? [{ sequence: first.number("sequence"), reason: "no such row" }] : [],
      };
    },
  ),
  calls(
    scripts.writebehind.retry,
    fc.record({ recent, attempts: fc.integer({ min: 0, max: 1 }) }),
    ({ recent: back, attempts }, past) => ({
      ...place,
      batch: batchOf(past, back),
      attempts,
      delayMs: 1_000,
      reason: "away",
    }),
    { over: ["over"] },
  ),
  calls(scripts.writebehind.depth, fc.record({}), () => place, {
    current: [
      "queued",
      "inFlight",
      "dead",
      "bytes",
      "sequence",
      "attempts",
      "oldestMs",
      "retryInMs",
      "reason",
    ],
  }),
  calls(scripts.writebehind.listDead, fc.record({}), () => ({ ...place, limit: 10 }), {
    current: ["writes"],
  }),
  calls(
    scripts.writebehind.resolve,
    fc.record({ key, decision: fc.constantFrom("redrive" as const, "discard" as const) }),
    ({ key: fallback, decision }, past) => {
      const [dead] = past
        .having("writes", 0)
        .records("writes")
        .filter((write) => write.has("reason"));
      return {
        ...place,
        key: dead?.text("key") ?? fallback,
        sequence: dead?.number("sequence") ?? 1,
        decision,
      };
    },
    { over: ["unknown"] },
  ),
  calls(
    scripts.writebehind.purge,
    fc.record({}),
    (_, past) => ({ ...place, sequence: past.having("inFlight", 0).number("sequence") }),
    { over: ["purged", "changed"] },
  ),
];
