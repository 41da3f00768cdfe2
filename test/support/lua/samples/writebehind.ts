import { scripts } from "../../../../src/index.js";
import { sample } from "../sample.js";

const place = (queue: string) => ({ queue, queueShard: "0" });
const value = Buffer.from("new");
const vase = `"8\tw2\tvase\nfg"`;
const deadVase = `"no such product\n8\tw2\tvase\nfg"`;
const queued = ["RPUSH {write_queue} vase", `HSET {write_values} vase ${vase}`];
const dead = ["ZADD {write_dead} 5 vase", `HSET {write_dead_records} vase ${deadVase}`];
const score = { "write_dead vase": "only its name counts" };
const of = (fields: readonly string[], why: string) =>
  Object.fromEntries(fields.map((field) => [`write_state ${field}`, why]));

export const writebehind = [
  sample(scripts.writebehind.enqueue, (tenant) => tenant.writebehind.enqueue, {
    args: (queue) => ({
      ...place(queue),
      operation: "w3",
      key: "vase",
      value,
      mode: "coalesce" as const,
      maxWrites: 10,
      maxBytes: 1_000,
      flushWrites: 5,
      rememberMs: 60_000,
    }),
    given: [...dead, "HSET {write_state} sequence 8 bytes 28 batch_bytes 0"],
    reply: { outcome: "queued" },
    again: { outcome: "repeated" },
    unread: score,
  }),
  sample(scripts.writebehind.read, (tenant) => tenant.writebehind.read, {
    args: (queue) => ({ ...place(queue), key: "vase" }),
    given: [`HSET {write_batch} vase ${vase}`],
    reply: { outcome: "in_flight", value: Buffer.from("fg"), operation: "w2" },
  }),
  sample(scripts.writebehind.take, (tenant) => tenant.writebehind.take, {
    args: (queue) => ({ ...place(queue), limit: 10, maxBytes: 1_000 }),
    given: [
      ...queued,
      "HSET {write_state} batch 8000000000000000 sequence 8 bytes 12 attempts 0 retry_at_ms 0 batch_bytes 0 batch_first 0",
    ],
    reply: {
      outcome: "batch",
      batch: 8_000_000_000_000_001,
      writes: [{ key: "vase", sequence: 8, operation: "w2", valueBytes: 2 }],
      values: Buffer.from("fg"),
      attempts: 0,
      previous: 8_000_000_000_000_000,
    },
    unread: of(["sequence", "bytes", "batch_bytes", "batch_first"], "only the batch is taken"),
  }),
  sample(scripts.writebehind.ack, (tenant) => tenant.writebehind.ack, {
    args: (queue) => ({
      ...place(queue),
      batch: 9,
      refused: [{ sequence: 8, reason: "no such product" }],
    }),
    given: [
      `HSET {write_batch} vase ${vase} "" 7`,
      "HSET {write_state} batch 9 sequence 8 bytes 12 batch_bytes 12 attempts 1 retry_at_ms 5",
    ],
    reply: { outcome: "acked" },
    unread: { ...of(["attempts", "retry_at_ms"], "they begin anew"), "write_batch ": "it goes" },
  }),
  sample(scripts.writebehind.retry, (tenant) => tenant.writebehind.retry, {
    args: (queue) => ({ ...place(queue), batch: 9, attempts: 1, delayMs: 1_000, reason: "away" }),
    given: [
      `HSET {write_batch} vase ${vase}`,
      "HSET {write_state} batch 9 sequence 8 bytes 12 batch_bytes 12 attempts 1 retry_at_ms 5",
    ],
    reply: { outcome: "noted" },
    again: { outcome: "over" },
    unread: of(["sequence", "bytes", "batch_bytes", "retry_at_ms"], "only the attempts count"),
    clock: ["write_state retry_at_ms"],
  }),
  sample(scripts.writebehind.depth, (tenant) => tenant.writebehind.depth, {
    args: place,
    given: [
      "RPUSH {write_queue} vase",
      // A number ahead of the clock, so that the age is 0 in each reply.
      'HSET {write_values} vase "8999999999999999\tw2\tvase\nfg"',
      ...dead,
      "HSET {write_state} batch 9 batch_first 8 sequence 8 bytes 42 batch_bytes 0 attempts 0 retry_at_ms 5",
    ],
    reply: { queued: 1, inFlight: 0, dead: 1, bytes: 42, sequence: 8, attempts: 0, oldestMs: 0 },
    unread: { ...score, ...of(["batch"], "the number of the first write is known") },
  }),
  sample(scripts.writebehind.listDead, (tenant) => tenant.writebehind.listDead, {
    args: (queue) => ({ ...place(queue), limit: 10 }),
    given: dead,
    reply: {
      writes: [
        {
          key: "vase",
          sequence: 8,
          operation: "w2",
          valueBytes: 2,
          reason: "no such product",
          deadSinceMs: 5,
        },
      ],
    },
  }),
  sample(scripts.writebehind.resolve, (tenant) => tenant.writebehind.resolve, {
    args: (queue) => ({ ...place(queue), key: "vase", sequence: 8, decision: "redrive" as const }),
    given: [...dead, "HSET {write_state} batch 9 sequence 8 bytes 28"],
    reply: { outcome: "redriven" },
    again: { outcome: "unknown" },
    unread: { ...score, ...of(["batch"], "no batch is touched") },
  }),
  sample(scripts.writebehind.purge, (tenant) => tenant.writebehind.purge, {
    args: (queue) => ({ ...place(queue), sequence: 8 }),
    given: [...queued, ...dead, "HSET {write_state} batch 9 sequence 8 bytes 42 batch_bytes 0"],
    reply: { outcome: "purged", queued: 1, dead: 1 },
    again: { outcome: "purged", queued: 0, dead: 0 },
    unread: { ...score, ...of(["batch", "bytes"], "they are not read") },
  }),
];
