import { scripts } from "../../../../src/index.js";
import { atLimit, type CaseGround, path } from "../case.js";
import { DAY_MS, HOUR_MS, maxOf } from "./items.js";

const { limit: l } = scripts;
const leaseMs = HOUR_MS;
const rememberMs = HOUR_MS;
/** As many permits as a name can have. */
const MOST = 1_000;

const perSecond = { quota: 1_000, periodMs: 1_000, burst: 1_000 };
const perDay = { quota: 1_000_000, periodMs: DAY_MS, burst: 1_000_000 };
const exhausted = { quota: 1, periodMs: DAY_MS, burst: 1 };
const most = Array.from({ length: maxOf("limit.take", "limits") }, (_, index) => ({
  ...perDay,
  periodMs: DAY_MS + index,
}));

const taking = (call: number, limits = [perSecond]) => ({
  name: `client-${call}`,
  operation: `take-${call}`,
  limits,
  cost: 1,
  rememberMs,
});

/** A call of a name that has taken before. */
const further = async ({ acme }: CaseGround, call: number, limits = [perSecond]) => {
  const args = taking(call, limits);
  await acme.scripts.limit.take({ ...args, operation: `first-${call}` });
  return args;
};

const peeking = async (ground: CaseGround, call: number, limits = [perSecond]) => {
  const { name, cost } = await further(ground, call, limits);
  return { name, limits, cost };
};

const resetting = async (ground: CaseGround, call: number, limits = [perSecond]) => {
  const { name, operation } = await further(ground, call, limits);
  return { name, operation, rememberMs };
};

const entering = (call: number, maxPermits: number) => ({
  name: `permits-${call}`,
  owner: `alice-${call}`,
  maxPermits,
  leaseMs,
  waits: false,
});

/** Permits of this call alone, of which the first `held` are held for longer than the call's own. */
async function withHeld({ redis, acme }: CaseGround, call: number, held: number) {
  const { name } = entering(call, held);
  const key = `${acme.scope.namespace}:{${acme.scope.tenant}:${name}}:permits`;
  const endsMs = Date.now() + DAY_MS;
  const members = Array.from({ length: held }, (_, number) => [endsMs + number, `${number} 7`]);
  await redis.zadd(key, ...members.flat());
}

const besides = async (ground: CaseGround, call: number, held: number, maxPermits: number) => {
  await withHeld(ground, call, held);
  return entering(call, maxPermits);
};

/** A permit of this call, beside others. */
const entered = async (ground: CaseGround, call: number, others: number) => {
  const args = await besides(ground, call, others, others + 1);
  const reply = await ground.acme.scripts.limit.enter(args);
  if (reply.outcome !== "entered") throw new Error(`${args.name} is ${reply.outcome}`);
  return { name: args.name, owner: args.owner, fence: reply.fence, leaseEndsMs: reply.leaseEndsMs };
};

const renewal = async (ground: CaseGround, call: number, others: number) => ({
  ...(await entered(ground, call, others)),
  leaseMs,
});

const leaving = async (ground: CaseGround, call: number, others: number) => {
  const { name, owner, fence } = await entered(ground, call, others);
  return { name, owner, fence };
};

/** Free permits that do not exist any more stand before the expired one that the call gets. */
const shrunk = async ({ redis, acme }: CaseGround, call: number) => {
  const args = entering(call, 1);
  const key = `${acme.scope.namespace}:{${acme.scope.tenant}:${args.name}}:permits`;
  const members = Array.from({ length: 19 }, (_, index) => [1_000 + index, `${index + 1} 7`]);
  await redis.zadd(key, ...members.flat(), 2_000, "0 7");
  return args;
};

export const limit = [
  path(l.take, "one limit", further, { outcome: "allowed" }),
  path(l.take, "first of a name", (_, call) => taking(call), { outcome: "allowed" }),
  path(l.take, "refused", (ground, call) => further(ground, call, [exhausted]), { outcome: "refused" }),
  path(l.take, "two limits", (ground, call) => further(ground, call, [perSecond, perDay]), {
    outcome: "allowed",
  }),
  path(l.take, "sent again", further, { outcome: "allowed", sentBefore: true }),
  atLimit(l.take, "8 limits", (ground, call) => further(ground, call, most), {
    outcome: "allowed",
    fills: ["rate_limit"],
  }),
  path(l.peek, "one limit", peeking, { outcome: "allowed" }),
  atLimit(l.peek, "8 limits", (ground, call) => peeking(ground, call, most), { outcome: "allowed" }),
  path(l.reset, "one limit", resetting, { outcome: "reset" }),
  atLimit(l.reset, "8 limits", (ground, call) => resetting(ground, call, most), { outcome: "reset" }),
  path(l.enter, "free", (ground, call) => besides(ground, call, 10, 20), { outcome: "entered" }),
  path(l.enter, "full", (ground, call) => besides(ground, call, 10, 10), { outcome: "full" }),
  atLimit(l.enter, "20 surplus permits", shrunk, { outcome: "entered" }),
  atLimit(l.enter, "1,000 permits", (ground, call) => besides(ground, call, MOST - 1, MOST), {
    outcome: "entered",
    removed: true,
    fills: ["permits"],
  }),
  path(l.renew, "held", (ground, call) => renewal(ground, call, 10), { outcome: "renewed" }),
  atLimit(l.renew, "1,000 permits", (ground, call) => renewal(ground, call, MOST - 1), {
    outcome: "renewed",
    removed: true,
  }),
  path(l.leave, "held", (ground, call) => leaving(ground, call, 10), { outcome: "left" }),
  atLimit(l.leave, "1,000 permits", (ground, call) => leaving(ground, call, MOST - 1), {
    outcome: "left",
    removed: true,
  }),
];
