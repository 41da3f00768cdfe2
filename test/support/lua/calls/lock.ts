import * as fc from "fast-check";
import { scripts } from "../../../../src/index.js";
import { calls, lasting } from "../late/call.js";

const lockName = "order";
const ticks = fc.integer({ min: 0, max: 3 });
const recent = fc.constantFrom(0, 0, 0, 1);

export const lock = [
  calls(
    scripts.lock.acquire,
    fc.record({ owner: fc.constantFrom(0, 0, 0, 1, 2), ticks, waits: fc.boolean() }),
    ({ owner, ticks: lease, waits }, past) => ({
      lock: lockName,
      owner: past.name("owner", owner),
      leaseMs: lasting(lease),
      waits,
    }),
    {
      // A renew may have moved the end of the lease since.
      current: ["leaseEndsMs"],
      over: ["busy", "ended"],
      // It says for longer that the owner is over.
      answers: /^:lock-owner:/,
      asksAgain: ({ waits }, first) => waits === true && first.outcome === "busy",
    },
  ),
  calls(
    scripts.lock.renew,
    fc.record({ recent, ticks }),
    ({ recent: back, ticks: lease }, past) => {
      const held = past.having("leaseEndsMs", back);
      return {
        lock: lockName,
        owner: held.text("owner"),
        fence: held.number("fence"),
        leaseEndsMs: held.number("leaseEndsMs"),
        leaseMs: lasting(lease),
      };
    },
    // A lease that is over is written down as released.
    {
      over: ["stale", "lost"],
      answers: /^:lock: (was \d+ \d+ (held|waited) |is \d+ \d+ released |expires )/,
    },
  ),
  calls(
    scripts.lock.release,
    fc.record({ recent, knowsFence: fc.boolean() }),
    ({ recent: back, knowsFence }, past) => {
      const held = past.having(knowsFence ? "fence" : "owner", back);
      const fence = held.has("fence") ? { fence: held.number("fence") } : {};
      return { lock: lockName, owner: held.text("owner"), ...fence };
    },
    { over: ["lost"] },
  ),
];
