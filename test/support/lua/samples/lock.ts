import { scripts } from "../../../../src/index.js";
import { sample } from "../sample.js";

const held = ["HSET {lock} owner alice fence 7", "PEXPIRE {lock} 60000000"];

export const lock = [
  sample(scripts.lock.acquire, (tenant) => tenant.scripts.lock.acquire, {
    args: (name) => ({ lock: name, owner: "alice", leaseMs: 60_000_000, waits: true }),
    given: ["SET {lock_fence} 8000000000000000"],
    reply: { outcome: "acquired", fence: 8_000_000_000_000_001 },
  }),
  sample(scripts.lock.renew, (tenant) => tenant.scripts.lock.renew, {
    args: (name) => ({ lock: name, owner: "alice", fence: 7, leaseMs: 60_000_000 }),
    given: held,
    reply: { outcome: "renewed" },
  }),
  sample(scripts.lock.release, (tenant) => tenant.scripts.lock.release, {
    args: (name) => ({ lock: name, owner: "alice", fence: 7 }),
    given: [...held, "HSET {lock} waited yes"],
    reply: { outcome: "released" },
    again: { outcome: "lost" },
  }),
];
