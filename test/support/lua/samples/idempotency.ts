import { scripts } from "../../../../src/index.js";
import { sample } from "../sample.js";

const fence = 8_000_000_000_000_000;
const leaseEndsMs = 8_000_000_000_000;
const running = (ends: string | number) =>
  `HSET {request} state running owner worker-1 fence ${fence} payload_hash f00d lease_ends_ms ${ends}`;

export const idempotency = [
  sample(scripts.idempotency.mark, (tenant) => tenant.idempotency.mark, {
    args: (event) => ({ event, operation: "try-1", rememberMs: 60_000 }),
    given: [],
    reply: { outcome: "first" },
  }),
  sample(scripts.idempotency.begin, (tenant) => tenant.scripts.idempotency.begin, {
    args: (request) => ({ request, owner: "worker-2", payloadHash: "f00d", leaseMs: 60_000_000 }),
    given: [running("{now-1000}")],
    reply: { outcome: "run", fence: fence + 1, repeated: false },
    again: { outcome: "run", fence: fence + 1, repeated: true },
  }),
  sample(scripts.idempotency.renew, (tenant) => tenant.scripts.idempotency.renew, {
    args: (request) => ({ request, owner: "worker-1", fence, leaseEndsMs, leaseMs: 60_000_000 }),
    given: [running(leaseEndsMs), `SET {request_owner} ${fence}`],
    reply: { outcome: "renewed", leaseEndsMs: leaseEndsMs + 1 },
    again: { outcome: "stale", leaseEndsMs: leaseEndsMs + 1 },
    unread: { request_owner: "it is written anew" },
  }),
  sample(scripts.idempotency.complete, (tenant) => tenant.scripts.idempotency.complete, {
    args: (request) => ({ request, owner: "worker-1", fence, reply: "it is done", rememberMs: 60_000 }),
    given: [running("{now+60000}")],
    reply: { outcome: "completed" },
    unread: { "request lease_ends_ms": "a late runner may record its reply" },
  }),
  sample(scripts.idempotency.fail, (tenant) => tenant.scripts.idempotency.fail, {
    args: (request) => ({ request, owner: "worker-1", fence }),
    given: [running("{now+60000}")],
    reply: { outcome: "released" },
    again: { outcome: "lost" },
    unread: { "request lease_ends_ms": "the field goes" },
  }),
];
