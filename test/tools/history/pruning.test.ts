import { expect, test } from "vitest";
import { couponSession, LIMITS, setUp } from "../../../tools/faults/support/history/coupon-session.js";
import { LIMIT, limitSession } from "../../../tools/faults/support/history/limit-session.js";
import { lockSession } from "../../../tools/faults/support/history/lock-session.js";
import { permitSession } from "../../../tools/faults/support/history/permit-session.js";
import { below, happens } from "../../../tools/faults/support/history/random.js";
import { requestSession } from "../../../tools/faults/support/history/request-session.js";
import { stockSession, stockUp, UNITS } from "../../../tools/faults/support/history/stock-session.js";
import { type Call, type ModelOf, type Operation, withoutReply } from "../../../tools/history/call.js";
import { check } from "../../../tools/history/check.js";
import { couponModel } from "../../../tools/history/models/coupon.js";
import { requestModel } from "../../../tools/history/models/idempotency.js";
import { lockModel } from "../../../tools/history/models/lock.js";
import { permitModel } from "../../../tools/history/models/permits.js";
import { rateLimitModel } from "../../../tools/history/models/rate-limit.js";
import { stockModel } from "../../../tools/history/models/stock.js";
import { clientsOn, recordedFor } from "../../support/history/real-calls.js";
import { sharedRedis } from "../../support/redis.js";

const CLIENTS = 5;
const DURATION_MS = 250;
/** How many changed histories each real one leads to. */
const CHANGES = 30;
// The long searches of permits take 7 s on a quiet machine, and their number of states is bounded.
const OPTIONS = { timeout: 120_000 };

/** The same model without all that makes the search shorter. */
function plain<State, Op extends Operation>(modelOf: ModelOf<State, Op>): ModelOf<State, Op> {
  return (history) => {
    const { initial, next, textOf, timeOf } = modelOf(history);
    return { initial, next, textOf, ...(timeOf ? { timeOf } : {}) };
  };
}

/** Some replies are lost, and in some histories one reply is that of another call. */
function changed<Op extends Operation>(history: readonly Call<Op>[]): readonly Call<Op>[] {
  const lossy = history.map((call) => (happens(0.15) ? { ...withoutReply(call), endedMs: Infinity } : call));
  if (happens(0.3)) return lossy;
  const target = below(lossy.length);
  const { operation } = lossy[target] ?? {};
  const others = lossy.filter((other) => other.operation.name === operation?.name && other.operation.reply);
  const reply = others[below(others.length)]?.operation.reply;
  // The call ends when it did: a reply that may come at any time is a long search.
  const endedMs = history[target]?.endedMs ?? Infinity;
  return lossy.map((call, index) =>
    index === target ? { ...call, endedMs, operation: { ...call.operation, reply } } : call,
  );
}

/** Returns how many of the changed histories both searches refuse. */
function expectSameVerdicts<State, Op extends Operation>(
  modelOf: ModelOf<State, Op>,
  history: readonly Call<Op>[],
): number {
  expect(check(modelOf, history).kind).toBe("linearizable");
  let refused = 0;
  for (let round = 0; round < CHANGES; round++) {
    const calls = changed(history);
    const expected = check(plain(modelOf), calls, 20_000).kind;
    if (expected === "undecided") continue;
    expect(check(modelOf, calls).kind, JSON.stringify(calls)).toBe(expected);
    if (expected === "refused") refused++;
  }
  return refused;
}

test.each([1, 2])("locks: the short search decides like the long one (%i)", OPTIONS, async () => {
  const history = await recordedFor(DURATION_MS, clientsOn(sharedRedis(), CLIENTS), lockSession);
  expect(expectSameVerdicts(lockModel, history)).toBeGreaterThan(0);
});

test.each([1, 2])("requests: the short search decides like the long one (%i)", OPTIONS, async () => {
  const history = await recordedFor(DURATION_MS, clientsOn(sharedRedis(), CLIENTS), requestSession);
  expect(expectSameVerdicts(requestModel, history)).toBeGreaterThan(0);
});

test.each([1, 2])("stock: the short search decides like the long one (%i)", OPTIONS, async () => {
  const clients = clientsOn(sharedRedis(), CLIENTS);
  for (const client of clients.slice(0, 1)) await stockUp(client, "one");
  const history = await recordedFor(DURATION_MS, clients, stockSession);
  expect(expectSameVerdicts(stockModel(UNITS), history)).toBeGreaterThan(0);
});

test.each([1, 2])("coupons: the short search decides like the long one (%i)", OPTIONS, async () => {
  const clients = clientsOn(sharedRedis(), CLIENTS);
  for (const client of clients.slice(0, 1)) await setUp(client, "one");
  const history = await recordedFor(DURATION_MS, clients, couponSession);
  expect(expectSameVerdicts(couponModel(LIMITS), history)).toBeGreaterThan(0);
});

test.each([1, 2])("rate limits: the short search decides like the long one (%i)", OPTIONS, async () => {
  const history = await recordedFor(DURATION_MS, clientsOn(sharedRedis(), CLIENTS), limitSession);
  expect(expectSameVerdicts(rateLimitModel(LIMIT), history)).toBeGreaterThan(0);
});

test.each([1, 2])("permits: the short search decides like the long one (%i)", OPTIONS, async () => {
  const history = await recordedFor(DURATION_MS, clientsOn(sharedRedis(), CLIENTS), permitSession);
  expect(expectSameVerdicts(permitModel, history)).toBeGreaterThan(0);
});
