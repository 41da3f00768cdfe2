import { keys, scripts } from "../../../../src/index.js";
import { atLimit, type CaseGround, path } from "../case.js";
import { DAY_MS, HOUR_MS, MINUTE_MS, maxOf, names } from "./items.js";

const { cart: s } = scripts;
const FEW = 3;
/** The scope of all cases. */
const SCOPE = { namespace: "bench", tenant: "acme" };
const MAX_LINES = maxOf("cart.begin", "lines");

const linesOf = (count: number) => names("product", count).map((product) => ({ product, units: 2 }));

const beginning = (count: number) => (_: CaseGround, call: number) => ({
  cart: `order-${call}`,
  lines: linesOf(count),
  prepareLimitMs: MINUTE_MS,
  rememberMs: DAY_MS,
});

/** A cart of this call with an undecided attempt. */
async function begun(ground: CaseGround, call: number, count = FEW) {
  const attempt = beginning(count)(ground, call);
  const reply = await ground.acme.scripts.cart.begin(attempt);
  if (reply.outcome !== "begun") throw new Error(`cart.begin answered ${reply.outcome}`);
  return { cart: attempt.cart, fence: reply.fence };
}

async function committed(ground: CaseGround, call: number, count = FEW) {
  const attempt = await begun(ground, call, count);
  await ground.acme.scripts.cart.decide(attempt);
  return attempt;
}

async function finishing(ground: CaseGround, call: number, count = FEW) {
  return { ...(await committed(ground, call, count)), products: names("product", count) };
}

const settling = (count: number) => async (ground: CaseGround, call: number) => ({
  cart: (await committed(ground, call, count)).cart,
});

/** A cart that is due in the index of its slot at a known time. */
async function claiming(ground: CaseGround, call: number, count = FEW) {
  const { cart } = await begun(ground, call, count);
  await ground.redis.zadd(keys.slotCarts(SCOPE, cart), 1_000, `acme:${cart}`);
  return { cart, dueMs: 1_000, retryMs: HOUR_MS };
}

async function settingAside(ground: CaseGround, call: number, count = FEW) {
  const { cart, fence } = await committed(ground, call, count);
  return { cart, fence, operation: `op-${call}`, lineProduct: "product-1", reason: "shortfall" };
}

/** A cart of which each line is set aside, and when it was. */
async function whollyAside(ground: CaseGround, call: number, count = FEW) {
  const { cart, fence } = await committed(ground, call, count);
  for (const lineProduct of names("product", count)) {
    await ground.acme.scripts.cart.setAside({ cart, fence, lineProduct, reason: "shortfall" });
  }
  const entry = await ground.redis.hget(keys.slotDeadCarts(SCOPE, cart), `acme:${cart}`);
  return { cart, sinceMs: Number(entry?.split(" ")[0]) };
}

export const cart = [
  path(s.begin, "3 lines", beginning(FEW), { outcome: "begun" }),
  path(s.begin, "sent again, 3 lines", beginning(FEW), { outcome: "begun", sentBefore: true }),
  atLimit(s.begin, "100 lines", beginning(MAX_LINES), { outcome: "begun", fills: ["cart_record"] }),
  path(s.decide, "undecided", begun, { outcome: "committed" }),
  atLimit(s.decide, "undecided, 100 lines", (ground, call) => begun(ground, call, MAX_LINES), {
    outcome: "committed",
  }),
  path(s.abort, "undecided", begun, { outcome: "aborted" }),
  atLimit(s.abort, "undecided, 100 lines", (ground, call) => begun(ground, call, MAX_LINES), {
    outcome: "aborted",
  }),
  path(s.finish, "3 lines", finishing, { outcome: "finished" }),
  atLimit(s.finish, "100 lines", (ground, call) => finishing(ground, call, MAX_LINES), {
    outcome: "finished",
  }),
  path(s.settle, "committed, 3 lines", settling(FEW), { outcome: "committed" }),
  atLimit(s.settle, "committed, 100 lines", settling(MAX_LINES), { outcome: "committed" }),
  path(s.read, "committed, 3 lines", settling(FEW), { outcome: "committed" }),
  atLimit(s.read, "committed, 100 lines", settling(MAX_LINES), { outcome: "committed" }),
  path(s.claim, "3 lines", claiming, { outcome: "claimed" }),
  atLimit(s.claim, "100 lines", (ground, call) => claiming(ground, call, MAX_LINES), { outcome: "claimed" }),
  path(s.setAside, "3 lines", settingAside, { outcome: "set_aside" }),
  atLimit(s.setAside, "100 lines", (ground, call) => settingAside(ground, call, MAX_LINES), {
    outcome: "set_aside",
  }),
  path(s.redrive, "3 lines", whollyAside, { outcome: "redriven", calls: 20 }),
  atLimit(s.redrive, "100 lines", (ground, call) => whollyAside(ground, call, MAX_LINES), {
    outcome: "redriven",
  }),
  path(s.discard, "3 lines", whollyAside, { outcome: "discarded", calls: 20 }),
  atLimit(s.discard, "100 lines", (ground, call) => whollyAside(ground, call, MAX_LINES), {
    outcome: "discarded",
  }),
];
