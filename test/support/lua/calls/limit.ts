import * as fc from "fast-check";
import { scripts } from "../../../../src/index.js";
import { calls, lasting, rememberMs } from "../late/call.js";

const name = "login";
const operation = fc.constantFrom(0, 0, 0, 1);
const ticks = fc.integer({ min: 0, max: 3 });
const recent = fc.constantFrom(0, 0, 0, 1);
/** No limit is full again at an instant at which a test looks. */
const limits = fc.constantFrom(
  [{ quota: 3, periodMs: 47_000, burst: 3 }],
  [{ quota: 1, periodMs: 19_000, burst: 4 }],
  [
    { quota: 3, periodMs: 47_000, burst: 2 },
    { quota: 6, periodMs: 190_000, burst: 6 },
  ],
);
const cost = fc.constantFrom(1, 1, 1, 2, 3);
/** The numbers of a repeated reply are those of that moment. */
const current = ["periodMs", "remaining", "resetAfterMs"];

export const limit = [
  calls(
    scripts.limit.take,
    fc.record({ operation, limits, cost }),
    ({ operation: one, ...drawn }, past) => ({
      name,
      operation: past.name("operation", one),
      rememberMs,
      ...drawn,
    }),
    { current },
  ),
  calls(scripts.limit.peek, fc.record({ limits, cost }), (drawn) => ({ name, ...drawn }), {
    current: [...current, "outcome"],
  }),
  calls(
    scripts.limit.reset,
    fc.record({ operation }),
    ({ operation: one }, past) => ({ name, operation: past.name("operation", one), rememberMs }),
    {},
  ),
  calls(
    scripts.limit.enter,
    fc.record({
      owner: fc.constantFrom(0, 0, 0, 1, 2),
      maxPermits: fc.constantFrom(1, 2, 2, 2, 3),
      ticks,
      waits: fc.boolean(),
    }),
    ({ owner, maxPermits, ticks: lease, waits }, past) => ({
      name,
      owner: past.name("owner", owner),
      maxPermits,
      leaseMs: lasting(lease),
      waits,
    }),
    {
      // A renew may have moved the end of the lease since.
      current: ["leaseEndsMs"],
      over: ["full", "ended"],
      // It says for longer that the owner is over, or puts free permits aside.
      answers: /^:permit-owner:|^:permits: (was .* = \d+|is .* = -\d+)$/,
      asksAgain: ({ waits }, first) => waits === true && first.outcome === "full",
    },
  ),
  calls(
    scripts.limit.renew,
    fc.record({ recent, ticks }),
    ({ recent: back, ticks: lease }, past) => {
      const held = past.having("leaseEndsMs", back);
      return {
        name,
        owner: held.text("owner"),
        fence: held.number("fence"),
        leaseEndsMs: held.number("leaseEndsMs"),
        leaseMs: lasting(lease),
      };
    },
    // A permit whose lease is over is written down as left.
    { over: ["stale", "lost"], answers: /^:permits: (was .* = \d+|is .* = -\d+)$/ },
  ),
  calls(
    scripts.limit.leave,
    fc.record({ recent, knowsFence: fc.boolean() }),
    ({ recent: back, knowsFence }, past) => {
      const held = past.having(knowsFence ? "fence" : "owner", back);
      const fence = held.has("fence") ? { fence: held.number("fence") } : {};
      return { name, owner: held.text("owner"), ...fence };
    },
    { over: ["lost"] },
  ),
];
