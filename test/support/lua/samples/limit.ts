import { scripts } from "../../../../src/index.js";
import { sample } from "../sample.js";

const leaseEndsMs = 8_000_000_000_000;
const rememberMs = 60_000_000;
const day = 86_400_000;
const limits = [
  { quota: 5, periodMs: day, burst: 5 },
  { quota: 10, periodMs: 2 * day, burst: 10 },
];

export const limit = [
  sample(scripts.limit.take, (tenant) => tenant.scripts.limit.take, {
    args: (name) => ({ name, operation: "o1", limits, cost: 3, rememberMs }),
    given: [`SET {rate_limit} "${day}:1000;${2 * day}:1700000000000000;"`],
    reply: { outcome: "allowed", periodMs: day, remaining: 2, retryAfterMs: 0, repeated: false },
    again: { outcome: "allowed", periodMs: day, remaining: 2, retryAfterMs: 0, repeated: true },
  }),
  sample(scripts.limit.peek, (tenant) => tenant.scripts.limit.peek, {
    args: (name) => ({ name, limits, cost: 3 }),
    given: [`SET {rate_limit} "${day}:1000;${2 * day}:1700000000000000;"`],
    reply: { outcome: "allowed", periodMs: day, remaining: 5, retryAfterMs: 0, resetAfterMs: 0 },
  }),
  sample(scripts.limit.reset, (tenant) => tenant.scripts.limit.reset, {
    args: (name) => ({ name, operation: "o1", rememberMs }),
    given: [`SET {rate_limit} "${day}:1000;"`],
    reply: { outcome: "reset", repeated: false },
    again: { outcome: "reset", repeated: true },
  }),
  sample(scripts.limit.enter, (tenant) => tenant.scripts.limit.enter, {
    args: (name) => ({ name, owner: "alice", maxPermits: 2, leaseMs: 60_000_000, waits: true }),
    given: [`ZADD {permits} -1000 "0 8000000000000000" ${leaseEndsMs} "1 7"`],
    reply: { outcome: "entered", permit: 0, fence: 8_000_000_000_000_001, repeated: false },
    again: { outcome: "entered", permit: 0, fence: 8_000_000_000_000_001, repeated: true },
    unread: { "permits 1 7": "Redis compares it with the clock" },
  }),
  sample(scripts.limit.renew, (tenant) => tenant.scripts.limit.renew, {
    args: (name) => ({ name, owner: "alice", fence: 7, leaseEndsMs, leaseMs: 60_000_000 }),
    given: [`ZADD {permits} ${leaseEndsMs} "0 7"`, 'SET {permit_owner} "0 7"'],
    reply: { outcome: "renewed", leaseEndsMs: leaseEndsMs + 1 },
    again: { outcome: "stale", leaseEndsMs: leaseEndsMs + 1 },
  }),
  sample(scripts.limit.leave, (tenant) => tenant.scripts.limit.leave, {
    args: (name) => ({ name, owner: "alice", fence: 7 }),
    given: [`ZADD {permits} ${leaseEndsMs} "0 7"`, 'SET {permit_owner} "0 7"'],
    reply: { outcome: "left" },
    again: { outcome: "lost" },
  }),
];
