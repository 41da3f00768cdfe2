import * as fc from "fast-check";
import { scripts } from "../../../../src/index.js";
import { calls, lasting, tickMs } from "../late/call.js";

const sequence = fc.integer({ min: 0, max: 30 });
const amountMinor = fc.integer({ min: 1, max: 9 });
const product = fc.constantFrom("lamp", "vase");

export const price = [
  calls(
    scripts.price.set,
    fc.oneof(
      fc.record({ kind: fc.constant("base" as const), product, amountMinor, sequence }),
      fc.record({
        kind: fc.constant("sale" as const),
        product,
        amountMinor,
        sequence,
        starts: fc.integer({ min: -2, max: 2 }),
        ticks: fc.option(fc.integer({ min: 0, max: 3 }), { nil: undefined }),
      }),
    ),
    (drawn, past) => {
      const base = { product: drawn.product, currency: "EUR", amountMinor: drawn.amountMinor };
      const { kind, sequence: number } = drawn;
      if (kind === "base") return { ...base, kind, sequence: number };
      const startsAtMs = past.nowMs + drawn.starts * tickMs;
      const end = drawn.ticks === undefined ? {} : { endsAtMs: startsAtMs + lasting(drawn.ticks) };
      return { ...base, kind, sequence: number, startsAtMs, ...end };
    },
    {
      over: ["repeated", "stale"],
      supersedes: (newer, reply, older) =>
        reply.outcome === "applied" &&
        newer.product === older.product &&
        newer.kind === older.kind &&
        newer.sequence > older.sequence,
    },
  ),
];
