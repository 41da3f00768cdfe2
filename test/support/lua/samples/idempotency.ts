import { scripts } from "../../../../src/index.js";
import { sample } from "../sample.js";

const running = (leaseEnds: string) =>
  `HSET {request} state running owner worker-1 fence 8000000000000000 payload_hash f00d lease_ends ${leaseEnds}`;

export const idempotency = [
  sample(scripts.idempotency.mark, (tenant) => tenant.idempotency.mark, {
    args: (event) => ({ event, operation: "try-1", rememberMs: 60_000 }),
    given: [],
    reply: { outcome: "first" },
  }),
  sample(scripts.idempotency.begin, (tenant) => tenant.scripts.idempotency.begin, {
    args: (request) => ({ request, owner: "worker-2", payloadHash: "f00d", leaseMs: 60_000_000 }),
    given: [running("{now-1000}")],
    reply: { outcome: "run", fence: 8_000_000_000_000_001 },
    clock: ["request lease_ends"],
  }),
  sample(scripts.idempotency.complete, (tenant) => tenant.scripts.idempotency.complete, {
    args: (request) => ({
      request,
      owner: "worker-1",
      fence: 8_000_000_000_000_000,
      reply: "it is done",
      rememberMs: 60_000,
    }),
    given: [running("{now+60000}")],
    reply: { outcome: "completed" },
    unread: { "request lease_ends": "a late runner may record its reply, and the field goes" },
  }),
  sample(scripts.idempotency.fail, (tenant) => tenant.scripts.idempotency.fail, {
    args: (request) => ({ request, owner: "worker-1", fence: 8_000_000_000_000_000 }),
    given: [running("{now+60000}")],
    reply: { outcome: "released" },
    again: { outcome: "lost" },
    unread: { "request lease_ends": "the field goes" },
  }),
];
