import * as fc from "fast-check";
import { scripts } from "../../../../src/index.js";
import { calls, lasting, tickMs } from "../late/call.js";

const sequence = fc.integer({ min: 0, max: 30 });
const amountMinor = fc.integer({ min: 1, max: 9 });
const product = fc.constantFrom("lamp", "vase");
const sale = fc.constantFrom("flash", "week");
const currency = "EUR";

interface SaleEvent {
  readonly product: string;
  readonly sale: string;
  readonly sequence: number;
}

const isLater = (newer: SaleEvent, older: SaleEvent) =>
  newer.product === older.product && newer.sale === older.sale && newer.sequence > older.sequence;

export const price = [
  calls(
    scripts.price.set,
    fc.record({ product, amountMinor, sequence }),
    (drawn) => ({ ...drawn, currency }),
    {
      over: ["repeated", "stale"],
      supersedes: (newer, reply, older) =>
        reply.outcome === "applied" && newer.product === older.product && newer.sequence > older.sequence,
    },
  ),
  calls(
    scripts.price.setSale,
    fc.record({
      product,
      sale,
      amountMinor,
      sequence,
      starts: fc.integer({ min: -2, max: 2 }),
      ticks: fc.option(fc.integer({ min: 0, max: 3 }), { nil: undefined }),
    }),
    ({ starts, ticks, ...event }, past) => {
      const startsAtMs = past.nowMs + starts * tickMs;
      const end = ticks === undefined ? {} : { endsAtMs: startsAtMs + lasting(ticks) };
      return { ...event, currency, startsAtMs, ...end };
    },
    {
      over: ["repeated", "stale"],
      supersedes: (newer, reply, older) => reply.outcome === "applied" && isLater(newer, older),
    },
  ),
  calls(
    scripts.price.removeSale,
    fc.record({ product, sale, sequence }),
    (drawn) => ({ ...drawn, currency }),
    {
      over: ["repeated", "stale"],
      supersedes: (newer, reply, older) => reply.outcome === "removed" && isLater(newer, older),
    },
  ),
];
