import { scripts } from "../../../../src/index.js";
import { sample } from "../sample.js";

const member = "acme:lamp";

export const slot = [
  sample(scripts.slot.join, (tenant) => tenant.scripts.slot.join, {
    args: (name) => ({ group: name, worker: "w1", leaseMs: 600_000 }),
    given: ["ZADD {workers} {now+60000} w2"],
    reply: { outcome: "joined", members: ["w2", "w1"] },
    unread: { "workers w2": "Redis itself compares it with the clock" },
  }),
  sample(scripts.slot.leave, (tenant) => tenant.scripts.slot.leave, {
    args: (name) => ({ group: name, worker: "w1" }),
    given: ["ZADD {workers} {now+60000} w1"],
    reply: { outcome: "left" },
  }),
  sample(scripts.slot.setAside, (tenant) => tenant.scripts.slot.setAside, {
    args: (name) => ({ product: name, member, dueMs: 1_700_000_000_000, reason: "CORRUPT held" }),
    given: ["ZADD {slot_due} 1700000000000 acme:lamp"],
    reply: { outcome: "set_aside" },
  }),
  sample(scripts.slot.redrive, (tenant) => tenant.scripts.slot.redrive, {
    args: (name) => ({ product: name, member, sinceMs: 1_700_000_000_000 }),
    given: ['HSET {slot_dead} acme:lamp "1700000000000 CORRUPT held"'],
    reply: { outcome: "redriven" },
    again: { outcome: "unknown" },
  }),
];
