import { scripts } from "../../../../src/index.js";
import { atLimit, type CaseGround, path } from "../case.js";
import { DAY_MS, maxOf } from "./items.js";

const { writebehind: w } = scripts;
const FEW = 5;
/** A usual value. */
const value = Buffer.alloc(200, "x");

/** The greatest value of a bench. The contract has 4 MiB, and the server little memory. */
const LARGE = Buffer.alloc(65_536, "x");

const place = (call: number) => ({ queue: `queue-${call}`, queueShard: "0" });

const write = (call: number, number: number, bytes = value, mode: "coalesce" | "append" = "coalesce") => ({
  ...place(call),
  operation: `write-${call}-${number}-${mode}`,
  key: `product-${number}`,
  value: bytes,
  mode,
  maxWrites: 1_000_000,
  maxBytes: 1_000_000_000,
  flushWrites: 1_000_000,
  rememberMs: DAY_MS,
});

/** A queue of this call alone, with so many writes. */
async function queued({ acme }: CaseGround, call: number, count: number, bytes = value) {
  for (let number = 0; number < count; number++) await acme.writebehind.enqueue(write(call, number, bytes));
  return place(call);
}

const taking = async (ground: CaseGround, call: number, limit: number) => ({
  ...(await queued(ground, call, limit)),
  limit,
  maxBytes: 1_048_576,
});

async function taken(ground: CaseGround, call: number, count: number) {
  const reply = await ground.acme.writebehind.take(await taking(ground, call, count));
  if (reply.outcome !== "batch") throw new Error(`the queue is ${reply.outcome}`);
  return { ...place(call), batch: reply.batch, sequences: reply.writes.map(({ sequence }) => sequence) };
}

const acked = async (ground: CaseGround, call: number, count: number, refuses: boolean) => {
  const { sequences, ...batch } = await taken(ground, call, count);
  const reason = "error 23503 products_brand_fkey";
  return { ...batch, refused: refuses ? sequences.map((sequence) => ({ sequence, reason })) : [] };
};

async function dead(ground: CaseGround, call: number, count: number) {
  await ground.acme.writebehind.ack(await acked(ground, call, count, true));
  const { writes } = await ground.acme.writebehind.listDead({ ...place(call), limit: 1 });
  const [first] = writes;
  if (!first) throw new Error("there is a dead write");
  return { ...place(call), key: first.key, sequence: first.sequence };
}

const few = { calls: 50 };
const limit = maxOf("writebehind.take", "limit");

export const writebehind = [
  path(w.enqueue, "a new write", (_, call) => write(0, call), { outcome: "queued" }),
  path(
    w.enqueue,
    "a queued write is replaced",
    async (ground, call) => {
      await queued(ground, call, 1);
      return { ...write(call, 0), operation: `again-${call}` };
    },
    { outcome: "replaced" },
  ),
  path(w.enqueue, "an appended write", (_, call) => write(0, call, value, "append"), { outcome: "queued" }),
  path(w.enqueue, "sent again", (_, call) => write(0, call), { outcome: "repeated", sentBefore: true }),
  atLimit(w.enqueue, "64 KiB", (_, call) => write(0, call, LARGE), { outcome: "queued", removed: true }),
  path(w.read, "nothing is queued", (_, call) => ({ ...place(call), key: "product-0" }), { outcome: "none" }),
  path(
    w.read,
    "a queued value",
    async (ground, call) => ({ ...(await queued(ground, call, 1)), key: "product-0" }),
    { ...few, outcome: "queued" },
  ),
  atLimit(
    w.read,
    "64 KiB",
    async (ground, call) => ({ ...(await queued(ground, call, 1, LARGE)), key: "product-0" }),
    { outcome: "queued", removed: true },
  ),
  path(w.take, "5 writes", (ground, call) => taking(ground, call, FEW), { ...few, outcome: "batch" }),
  atLimit(w.take, "the greatest limit", (ground, call) => taking(ground, call, limit), { outcome: "batch" }),
  path(w.ack, "5 writes", (ground, call) => acked(ground, call, FEW, false), { ...few, outcome: "acked" }),
  atLimit(w.ack, "100 refused writes", (ground, call) => acked(ground, call, limit, true), {
    outcome: "acked",
  }),
  path(
    w.retry,
    "a batch of 5 writes",
    async (ground, call) => {
      const { sequences: _, ...batch } = await taken(ground, call, FEW);
      return { ...batch, attempts: 0, delayMs: 1_000, reason: "error 57P01" };
    },
    { ...few, outcome: "noted" },
  ),
  atLimit(
    w.retry,
    "a batch of 100 writes",
    async (ground, call) => {
      const { sequences: _, ...batch } = await taken(ground, call, limit);
      return {
        ...batch,
        attempts: 0,
        delayMs: 1_000,
        reason: "x".repeat(maxOf("writebehind.retry", "reason")),
      };
    },
    { outcome: "noted" },
  ),
  path(w.depth, "5 queued writes", (ground, call) => queued(ground, call, FEW), few),
  atLimit(w.depth, "100 writes in flight", async (ground, call) => {
    await taken(ground, call, limit);
    return place(call);
  }),
  path(
    w.listDead,
    "5 dead writes",
    async (ground, call) => {
      await dead(ground, call, FEW);
      return { ...place(call), limit };
    },
    few,
  ),
  atLimit(w.listDead, "100 dead writes", async (ground, call) => {
    await dead(ground, call, limit);
    return { ...place(call), limit };
  }),
  path(
    w.resolve,
    "queued again",
    async (ground, call) => ({ ...(await dead(ground, call, FEW)), decision: "redrive" as const }),
    { ...few, outcome: "redriven" },
  ),
  atLimit(
    w.resolve,
    "discarded among 100",
    async (ground, call) => ({ ...(await dead(ground, call, limit)), decision: "discard" as const }),
    { outcome: "discarded" },
  ),
  path(
    w.purge,
    "5 queued writes",
    async (ground, call) => {
      const args = await queued(ground, call, FEW);
      const { sequence } = await ground.acme.writebehind.depth(args);
      return { ...args, sequence };
    },
    { ...few, outcome: "purged" },
  ),
  atLimit(
    w.purge,
    "100 queued writes",
    async (ground, call) => {
      const args = await queued(ground, call, limit);
      const { sequence } = await ground.acme.writebehind.depth(args);
      return { ...args, sequence };
    },
    { outcome: "purged" },
  ),
];
