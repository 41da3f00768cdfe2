import * as fc from "fast-check";
import { scripts } from "../../../../src/index.js";
import { calls, rememberMs, tickMs } from "../late/call.js";

const worker = fc.constantFrom(0, 0, 0, 1, 2);
/** The reservations of stock.reserve in the same history are of this product. */
const product = "lamp";
const member = `acme:${product}`;
const recent = fc.constantFrom(0, 0, 0, 1);

export const slot = [
  calls(
    scripts.slot.join,
    fc.record({ worker, renews: fc.boolean(), ticks: fc.integer({ min: 1, max: 3 }) }),
    ({ worker: back, renews, ticks }, past) => {
      const name = past.freshName("worker", back, rememberMs);
      const joined = past.of("slot.join").find((one) => one.text("worker") === name);
      const known = joined?.has("members") ? { leaseEndsMs: joined.number("leaseEndsMs") } : {};
      return { group: "sweepers", worker: name, leaseMs: (ticks + 0.5) * tickMs, ...(renews ? known : {}) };
    },
    { current: ["members", "leaseEndsMs"], over: ["ended", "left"] },
  ),
  calls(
    scripts.slot.leave,
    fc.record({ back: fc.constantFrom(1, 1, 1, 2) }),
    ({ back }, past) => ({ group: "sweepers", worker: past.name("worker", back) }),
    // A worker that left is remembered from the first call on. A later call may write it down anew.
    { answers: /^:workers: (is .+ = -\d+|expires \d+ ms later)/ },
  ),
  calls(
    scripts.slot.setAside,
    fc.record({ recent }),
    ({ recent: back }, past) => ({
      product,
      member,
      dueMs:
        past
          .of("stock.reserve")
          .filter((one) => one.has("leaseEndsMs"))
          [back]?.number("leaseEndsMs") ?? 1,
      reason: "CORRUPT held",
    }),
    // `set_aside` says that the product is set aside now, whichever call did it.
    { over: ["changed", "set_aside"] },
  ),
  // The time at which a product was set aside is in no reply, so a call names it by chance at most. No
  // call names a time before it has come.
  calls(
    scripts.slot.redrive,
    fc.record({ recent }),
    (_, past) => ({
      product,
      member,
      sinceMs: past.of("slot.set_aside").length > 0 ? past.nowMs : past.nowMs - 1,
    }),
    { over: ["unknown"] },
  ),
];
