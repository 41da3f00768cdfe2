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
    }),
    ({ request: name, owner, payloadHash, ticks: lease }, past) => ({
      request: name,
      owner: past.name("owner", owner),
      payloadHash,
      leaseMs: lasting(lease),
    }),
    { over: ["busy", "replay"] },
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
    fc.record({ recent }),
    ({ recent: back }, past) => {
      const run = past.having("fence", back);
      return { request: run.text("request"), owner: run.text("owner"), fence: run.number("fence") };
    },
    { over: ["lost"] },
  ),
  calls(
    scripts.idempotency.mark,
    fc.record({ event: fc.constantFrom("paid", "sent"), operation: fc.constantFrom(0, 0, 1, 2) }),
    ({ event, operation }, past) => ({ event, operation: past.name("operation", operation), rememberMs }),
    { over: ["repeated"] },
  ),
];
