import { expect, test } from "vitest";
import { LIMIT } from "../../../tools/faults/support/history/limit-session.js";
import { plantedFaults } from "../../../tools/faults/support/history/planted.js";
import { UNITS } from "../../../tools/faults/support/history/stock-session.js";
import type { Call, ModelOf, Operation } from "../../../tools/history/call.js";
import { check } from "../../../tools/history/check.js";
import { type RequestOperation, requestModel } from "../../../tools/history/models/idempotency.js";
import { type LockOperation, lockModel } from "../../../tools/history/models/lock.js";
import { type PermitOperation, permitModel } from "../../../tools/history/models/permits.js";
import { type RateLimitOperation, rateLimitModel } from "../../../tools/history/models/rate-limit.js";
import { type StockOperation, stockModel } from "../../../tools/history/models/stock.js";
import { printed } from "../../../tools/history/print.js";
import { record } from "../../../tools/history/record.js";
import { shortest } from "../../../tools/history/shortest.js";
import { clientsOn } from "../../support/history/real-calls.js";
import { sharedRedis } from "../../support/redis.js";

/** Two clients whose scripts have the planted fault of this name. */
function clientsWith(name: string) {
  const planted = plantedFaults().find((fault) => fault.name === name);
  const [one, other] = clientsOn(sharedRedis(), 2, planted?.scripts);
  if (!planted || !one || !other) throw new Error(`no planted fault: ${name}`);
  return [one, other] as const;
}

/** What people read, with letters instead of the numbers that differ from run to run. */
function printedShortest<State, Op extends Operation>(
  object: string,
  modelOf: ModelOf<State, Op>,
  history: readonly Call<Op>[],
): string[] {
  expect(check(modelOf, history).kind).toBe("refused");
  return printed(object, shortest(modelOf, history))
    .replace(/\d+ to \d+ ms +/g, "")
    .replace(/\b\d{16}\b/g, "F")
    .replace(/(?<=Ms=|until |at )\+\d+/g, "T")
    .split("\n");
}

test("release that ignores the owner: the calls of both holders are printed", async () => {
  const [one, other] = clientsWith("release that ignores the owner");
  const history: Call<LockOperation>[] = [];
  const acquire = (owner: string) => {
    const args = { lock: "door", owner, leaseMs: 60_000 };
    const of = (reply: LockReplies["acquire"] | undefined) => ({ name: "acquire" as const, args, reply });
    return record(history, one, () => one.scripts.lock.acquire(args), of);
  };
  type LockReplies = { acquire: Awaited<ReturnType<typeof one.scripts.lock.acquire>> };
  await acquire("alice");
  const args = { lock: "door", owner: "bob" };
  await record(
    history,
    other,
    () => other.scripts.lock.release(args),
    (reply) => ({ name: "release" as const, args, reply }),
  );
  await acquire("carol");
  const grant = "leaseMs=60000 -> outcome=acquired fence=F leaseEndsMs=T repeated=false";
  // Carol's grant may be printed among the other calls, if it is of the same millisecond.
  expect(printedShortest("door", lockModel, history).slice(0, 5)).toEqual([
    "No order of these 2 calls explains their replies. Object: door.",
    `  client 1: acquire owner=alice ${grant}`,
    "  client 2: release owner=bob -> outcome=released",
    "The longest order ends after 1 of them, in the state:",
    "  held by alice with fence F until T; known owners: alice granted, at T or later",
  ]);
});

test("adjust without its remembered answer: both sales of one operation are printed", async () => {
  const [one, other] = clientsWith("adjust without its remembered answer");
  const event = { product: "lamp", warehouse: "berlin", quantity: UNITS, sequence: 1, low: 0 };
  await one.scripts.stock.setLevel(event);
  const history: Call<StockOperation>[] = [];
  for (const client of [one, other]) {
    const args = {
      product: "lamp",
      operation: "order-7",
      change: -1,
      backorder: false,
      low: 0,
      rememberMs: 1_000,
    };
    await record(
      history,
      client,
      () => client.scripts.stock.adjust(args),
      (reply) => ({ name: "adjust" as const, args, reply }),
    );
  }
  const call = "adjust operation=order-7 change=-1 backorder=false low=0 rememberMs=1000";
  const reply = "outcome=adjusted repeated=false";
  expect(printedShortest("lamp", stockModel(UNITS), history)).toEqual([
    "No order of these 2 calls explains their replies. Object: lamp.",
    `  client 1: ${call} -> ${reply} total=29 statusBefore=in_stock status=in_stock available=29`,
    `  client 2: ${call} -> ${reply} total=28 statusBefore=in_stock status=in_stock available=28`,
  ]);
});

test("begin that grants while a lease runs: both runs are printed", async () => {
  const [one, other] = clientsWith("begin that grants while a lease runs");
  const history: Call<RequestOperation>[] = [];
  for (const client of [one, other]) {
    const args = {
      request: "order",
      owner: `worker of ${client.name}`,
      payloadHash: "f00d",
      leaseMs: 60_000,
    };
    await record(
      history,
      client,
      () => client.scripts.idempotency.begin(args),
      (reply) => ({ name: "begin" as const, args, reply }),
    );
  }
  const call = (client: string) =>
    `${client}: begin owner=worker of ${client} payloadHash=f00d leaseMs=60000`;
  const reply = "outcome=run fence=F leaseEndsMs=T repeated=false";
  const lines = printedShortest("order", requestModel, history);
  expect(lines.slice(0, 4)).toEqual([
    "No order of these 2 calls explains their replies. Object: order.",
    `  ${call("client 1")} -> ${reply}`,
    `  ${call("client 2")} -> ${reply}`,
    "The longest order ends after 1 of them, in the state:",
  ]);
});

test("take without its remembered outcome: both calls of one operation are printed", async () => {
  const [one, other] = clientsWith("take without its remembered outcome");
  const history: Call<RateLimitOperation>[] = [];
  for (const client of [one, other]) {
    const args = { name: "api", operation: "order-7", limits: [LIMIT], cost: 2, rememberMs: 1_000 };
    await record(
      history,
      client,
      () => client.scripts.limit.take(args),
      (reply) => ({ name: "take" as const, args, reply }),
    );
  }
  const lines = printedShortest("api", rateLimitModel(LIMIT), history);
  expect(lines[0]).toBe("No order of these 2 calls explains their replies. Object: api.");
  expect(lines[1]).toMatch(/client 1: take operation=order-7 .* -> outcome=allowed .* repeated=false/);
  expect(lines[2]).toMatch(/client 2: take operation=order-7 .* -> outcome=allowed .* repeated=false/);
});

test("enter that grants one permit too many: the grant is printed", async () => {
  const [one] = clientsWith("enter that grants one permit too many");
  const history: Call<PermitOperation>[] = [];
  for (const owner of ["alice", "bob"]) {
    const args = { name: "door", owner, maxPermits: 1, leaseMs: 60_000 };
    await record(
      history,
      one,
      () => one.scripts.limit.enter(args),
      (reply) => ({ name: "enter" as const, args, reply }),
    );
  }
  const grant = "maxPermits=1 leaseMs=60000 -> outcome=entered permit=1 fence=F leaseEndsMs=T repeated=false";
  expect(printedShortest("door", permitModel, history)).toContain(`  client 1: enter owner=bob ${grant}`);
});
