import { scripts } from "../../../../src/index.js";
import { sample } from "../sample.js";

const leaseEndsMs = 8_000_000_000_000;

export const lock = [
  sample(scripts.lock.acquire, (tenant) => tenant.scripts.lock.acquire, {
    args: (name) => ({ lock: name, owner: "alice", leaseMs: 60_000_000, waits: true }),
    given: ['SET {lock} "8000000000000000 5 released bob"'],
    reply: { outcome: "acquired", fence: 8_000_000_000_000_001, repeated: false },
    again: { outcome: "acquired", fence: 8_000_000_000_000_001, repeated: true },
  }),
  sample(scripts.lock.renew, (tenant) => tenant.scripts.lock.renew, {
    args: (name) => ({ lock: name, owner: "alice", fence: 7, leaseEndsMs, leaseMs: 60_000_000 }),
    given: [`SET {lock} "7 ${leaseEndsMs} held alice"`, "SET {lock_owner} 7"],
    reply: { outcome: "renewed", leaseEndsMs: leaseEndsMs + 1 },
    again: { outcome: "stale", leaseEndsMs: leaseEndsMs + 1 },
    unread: { lock_owner: "it is written anew" },
  }),
  sample(scripts.lock.release, (tenant) => tenant.scripts.lock.release, {
    args: (name) => ({ lock: name, owner: "alice", fence: 7 }),
    given: [`SET {lock} "7 ${leaseEndsMs} waited alice"`],
    reply: { outcome: "released" },
    again: { outcome: "lost" },
  }),
];
