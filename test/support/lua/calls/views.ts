import * as fc from "fast-check";
import { scripts } from "../../../../src/index.js";
import { calls, lasting, rememberMs } from "../late/call.js";

const product = fc.constantFrom("lamp", "vase");

export const views = [
  calls(
    scripts.views.add,
    fc.record({
      operation: fc.constantFrom(0, 0, 0, 1),
      views: fc.array(fc.record({ product, count: fc.integer({ min: 1, max: 3 }) }), {
        minLength: 1,
        maxLength: 2,
      }),
    }),
    ({ operation, views: seen }, past) => ({
      shard: "0",
      operation: past.name("operation", operation),
      views: seen,
      rememberMs,
    }),
    { over: ["repeated"] },
  ),
  calls(
    scripts.views.take,
    fc.record({ limit: fc.integer({ min: 1, max: 2 }) }),
    ({ limit }) => ({ shard: "0", limit }),
    { mayWork: "the next take returns the batch again" },
  ),
  calls(scripts.views.ack, fc.record({ back: fc.constantFrom(0, 0, 1, 2) }), ({ back }, past) => {
    const taken = past.having("batch", back);
    return { shard: "0", batch: taken.has("batch") ? taken.number("batch") : 0 };
  }),
  calls(
    scripts.views.visit,
    fc.record({
      viewers: fc.array(fc.constantFrom("ada", "bob", "eve"), { minLength: 1, maxLength: 2 }),
      ticks: fc.integer({ min: 0, max: 40 }),
    }),
    ({ viewers, ticks }, past) => ({
      product: "lamp",
      period: "today",
      viewers,
      keepUntilMs: past.nowMs + lasting(ticks),
    }),
    { over: ["over"] },
  ),
  calls(scripts.views.viewers, fc.record({}), () => ({ product: "lamp", period: "today" }), {
    current: ["viewers"],
  }),
];
