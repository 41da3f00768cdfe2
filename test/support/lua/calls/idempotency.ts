import * as fc from "fast-check";
import { scripts } from "../../../../src/index.js";
import { calls, lasting, rememberMs } from "../late/call.js";

const request = fc.constantFrom("order-1", "order-2");
const ticks = fc.integer({ min: 0, max: 3 });
const recent = fc.constantFrom(0, 0, 0, 1);

export const idempotency = [
  calls(
    scripts.idempotency.begin,
    fc.record({
      request,
      owner: fc.constantFrom(0, 0, 0, 1, 2),
      payloadHash: fc.constantFrom("f00d", "f00d", "f00d", "beef"),
      ticks,
      waits: fc.boolean(),
    }),
    ({ request: name, owner, payloadHash, ticks: lease, waits }, past) => ({
      request: name,
      owner: past.name("owner", owner),
      payloadHash,
      leaseMs: lasting(lease),
      waits,
    }),
    {
      // A renew may have moved the end of the lease since.
      current: ["leaseEndsMs"],
      over: ["busy", "replay", "ended", "mismatch"],
      asksAgain: ({ waits }, first) => waits === true && first.outcome === "busy",
    },
  ),
  calls(
    scripts.idempotency.renew,
    fc.record({ recent, ticks }),
    ({ recent: back, ticks: lease }, past) => {
      const run = past.having("leaseEndsMs", back);
      return {
        request: run.text("request"),
        owner: run.text("owner"),
        fence: run.number("fence"),
        leaseEndsMs: run.number("leaseEndsMs"),
        leaseMs: lasting(lease),
      };
    },
    { over: ["stale", "lost"] },
  ),
  calls(
    scripts.idempotency.complete,
    fc.record({ recent, reply: fc.constantFrom("fine", "fair") }),
    ({ recent: back, reply }, past) => {
      const run = past.having("fence", back);
      return {
        request: run.text("request"),
        owner: run.text("owner"),
        fence: run.number("fence"),
        reply,
        rememberMs,
      };
    },
    { over: ["lost"] },
  ),
  calls(
    scripts.idempotency.fail,
    fc.record({ recent, knowsFence: fc.boolean() }),
    ({ recent: back, knowsFence }, past) => {
      const run = past.having(knowsFence ? "fence" : "owner", back);
      const fence = run.has("fence") ? { fence: run.number("fence") } : {};
      return { request: run.text("request"), owner: run.text("owner"), ...fence };
    },
    { over: ["lost"] },
  ),
  calls(
    scripts.idempotency.mark,
    fc.record({ event: fc.constantFrom("paid", "sent"), operation: fc.constantFrom(0, 0, 1, 2) }),
    ({ event, operation }, past) => ({
      event,
      operation: past.name("operation", operation),
      // No mark is forgotten in a history, because "repeated" is remembered for as long as the mark.
      rememberMs: 10_000 * rememberMs,
    }),
    { over: ["repeated"] },
  ),
];
