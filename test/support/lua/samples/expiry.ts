import { expect } from "vitest";
import { scripts } from "../../../../src/index.js";
import { sample } from "../sample.js";

const tracked = "ZADD {due} {now+60000000} offer-1";
const elsewhere = "ZADD {processing} {now+60000000} offer-9";
const anotherItem = "only the item itself is asked for";
const counted = "only the item itself is asked for";
const later = 8_000_000_000_000;
const claimed = [
  `RPUSH {claim} ${later} offer-1 offer-2`,
  `ZADD {processing} ${later} offer-1 ${later} offer-2`,
];
/** A lease that has another end is another worker's. */
const compared = "it is compared with the end of the claim's lease";
const someDead = [
  "ZADD {dead} 5 offer-1 6 offer-2 7 offer-3",
  'HSET {dead_reason} offer-1 "no such offer" offer-2 "no such offer"',
  "HSET {attempts} offer-1 5 offer-2 6",
];
const allGo = {
  "dead offer-1": "it goes",
  "dead offer-2": "it goes",
  "dead offer-3": anotherItem,
  "attempts offer-1": "it goes",
  "attempts offer-2": "it goes",
};

export const expiry = [
  sample(scripts.expiry.open, (tenant) => tenant.scripts.expiry.open, {
    args: (queue) => ({ queue, shards: 64 }),
    given: [],
    reply: { outcome: "known", shards: 64 },
  }),
  sample(scripts.expiry.track, (tenant) => tenant.scripts.expiry.track, {
    args: (queue) => ({ queue, queueShard: "0", operation: "call-1", item: "offer-1", dueMs: 5_000 }),
    given: [
      "ZADD {due} 5 offer-9",
      elsewhere,
      "ZADD {dead} 5 offer-1",
      'HSET {dead_reason} offer-1 "no such offer"',
      "HSET {attempts} offer-1 5",
    ],
    reply: { outcome: "tracked" },
    unread: { "dead offer-1": "it goes", "attempts offer-1": "it goes" },
  }),
  sample(scripts.expiry.extend, (tenant) => tenant.scripts.expiry.extend, {
    args: (queue) => ({ queue, queueShard: "0", operation: "call-1", item: "offer-1", dueMs: 5_000 }),
    given: [tracked, elsewhere],
    reply: { outcome: "extended" },
  }),
  sample(scripts.expiry.cancel, (tenant) => tenant.scripts.expiry.cancel, {
    args: (queue) => ({ queue, queueShard: "0", operation: "call-1", item: "offer-1" }),
    given: [tracked, elsewhere, "HSET {attempts} offer-1 3"],
    reply: { outcome: "cancelled" },
    unread: {
      "due offer-1": "it goes",
      "processing offer-9": anotherItem,
      "attempts offer-1": "it goes",
    },
  }),
  sample(scripts.expiry.claim, (tenant) => tenant.scripts.expiry.claim, {
    args: (queue) => ({
      queue,
      queueShard: "0",
      claim: "run-1",
      limit: 10,
      leaseMs: 60_000_000,
      deadMaxAgeMs: 60_000,
    }),
    given: [
      "ZADD {due} 3 offer-1 4 offer-2",
      "ZADD {processing} 5 offer-3",
      "ZADD {dead} 6 offer-4",
      "HSET {attempts} offer-2 1 offer-3 2",
    ],
    reply: {
      outcome: "claimed",
      items: [
        { item: "offer-3", attempts: 3 },
        { item: "offer-1", attempts: 1 },
        { item: "offer-2", attempts: 2 },
      ],
      leaseEndsMs: expect.any(Number),
      nextDueMs: expect.any(Number),
      waitMs: expect.any(Number),
    },
    again: {
      outcome: "claimed",
      items: [
        { item: "offer-3", attempts: 3 },
        { item: "offer-1", attempts: 1 },
        { item: "offer-2", attempts: 2 },
      ],
      leaseEndsMs: expect.any(Number),
    },
    unread: {
      "due offer-1": "Redis itself compares it with the clock; half a millisecond is due as well",
      "due offer-2": "Redis itself compares it with the clock; half a millisecond is due as well",
      "processing offer-3": "Redis itself compares it with the clock, and it is written anew",
    },
  }),
  sample(scripts.expiry.ack, (tenant) => tenant.scripts.expiry.ack, {
    args: (queue) => ({ queue, queueShard: "0", claim: "run-1", items: ["offer-1", "offer-2"] }),
    given: [...claimed, "HSET {attempts} offer-1 2 offer-2 2"],
    reply: { outcome: "acked" },
    unread: {
      "processing offer-1": compared,
      "processing offer-2": compared,
    },
  }),
  sample(scripts.expiry.upcoming, (tenant) => tenant.scripts.expiry.upcoming, {
    args: (queue) => ({ queue, queueShard: "0", withinMs: 60_000, limit: 10 }),
    given: ["ZADD {due} 3 offer-1 4 offer-2 {now+60000000} offer-3"],
    reply: {
      items: [
        { item: "offer-1", dueMs: 3 },
        { item: "offer-2", dueMs: 4 },
      ],
    },
  }),
  sample(scripts.expiry.renew, (tenant) => tenant.scripts.expiry.renew, {
    args: (queue) => ({ queue, queueShard: "0", claim: "run-1", leaseEndsMs: later, leaseMs: 1_000 }),
    given: claimed,
    reply: { outcome: "renewed" },
    again: { outcome: "stale" },
    unread: { "processing offer-1": compared, "processing offer-2": compared },
  }),
  sample(scripts.expiry.retry, (tenant) => tenant.scripts.expiry.retry, {
    args: (queue) => ({
      queue,
      queueShard: "0",
      claim: "run-1",
      items: ["offer-1"],
      delayMs: 60_000_000,
      untried: true,
    }),
    given: [...claimed, "ZADD {due} 5 offer-9", "HSET {attempts} offer-1 2"],
    reply: { outcome: "returned" },
    unread: { "processing offer-1": compared },
  }),
  sample(scripts.expiry.deadLetter, (tenant) => tenant.scripts.expiry.deadLetter, {
    args: (queue) => ({
      queue,
      queueShard: "0",
      claim: "run-1",
      items: ["offer-1", "offer-2"],
      reason: "no such offer",
    }),
    given: [
      ...claimed,
      `HSET {attempts} offer-1 "5 again ${later} since 5" offer-2 5`,
      "ZADD {due} 5 offer-9",
      "ZADD {dead} 5 offer-9",
      "HSET {dead_reason} offer-9 unknown",
    ],
    reply: { outcome: "dead_lettered", again: ["offer-1"] },
    again: { outcome: "dead_lettered", again: [] },
    unread: { "processing offer-1": compared, "dead offer-9": anotherItem },
  }),
  sample(scripts.expiry.redrive, (tenant) => tenant.scripts.expiry.redrive, {
    args: (queue) => ({ queue, queueShard: "0", operation: "call-1", items: ["offer-1", "offer-2"] }),
    given: [
      "ZADD {dead} 5 offer-1 6 offer-2 7 offer-3",
      'HSET {dead_reason} offer-1 "no such offer" offer-2 "no such offer"',
      "HSET {attempts} offer-1 5 offer-2 6",
      "ZADD {due} 5 offer-9",
    ],
    reply: { outcome: "redriven", redriven: 2 },
    unread: {
      "dead offer-1": "it goes",
      "dead offer-2": "it goes",
      "dead offer-3": anotherItem,
      "attempts offer-1": "it goes",
      "attempts offer-2": "it goes",
      "due offer-9": counted,
    },
  }),
  sample(scripts.expiry.discard, (tenant) => tenant.scripts.expiry.discard, {
    args: (queue) => ({ queue, queueShard: "0", operation: "clean-1", items: ["offer-1", "offer-2"] }),
    given: someDead,
    reply: { outcome: "discarded", discarded: 2 },
    unread: allGo,
  }),
  sample(scripts.expiry.discardOld, (tenant) => tenant.scripts.expiry.discardOld, {
    args: (queue) => ({ queue, queueShard: "0", operation: "clean-1", maxAgeMs: 60_000, limit: 2 }),
    given: someDead,
    reply: { outcome: "discarded", discarded: 2 },
    unread: allGo,
  }),
  sample(scripts.expiry.listDead, (tenant) => tenant.scripts.expiry.listDead, {
    args: (queue) => ({ queue, queueShard: "0", limit: 10 }),
    given: [
      "ZADD {dead} 5 offer-1 6 offer-2",
      'HSET {dead_reason} offer-1 "no such offer"',
      "HSET {attempts} offer-1 5 offer-2 6",
    ],
    reply: {
      items: [
        { item: "offer-1", attempts: 5, reason: "no such offer", deadSinceMs: 5 },
        { item: "offer-2", attempts: 6, reason: "unknown", deadSinceMs: 6 },
      ],
    },
  }),
];
