import { scripts } from "../../../../src/index.js";
import { atLimit, type CaseGround, path } from "../case.js";
import { DAY_MS, MINUTE_MS, names } from "./items.js";

const { slot: s } = scripts;
const leaseMs = 10 * MINUTE_MS;
/** The members of a group. */
const MAX_MEMBERS = 250;
const reason = "CORRUPT held";

const joining = (_: CaseGround, call: number) => ({ group: `group-${call}`, worker: "worker-new", leaseMs });

/** A group of this call alone with some members. */
async function renewing({ acme }: CaseGround, call: number, members: number) {
  const group = `group-${call}`;
  const workers = names("worker", members);
  const replies = await Promise.all(workers.map((worker) => acme.slot.join({ group, worker, leaseMs })));
  const [first] = replies;
  if (first?.outcome !== "joined") throw new Error(`${group} is ${first?.outcome}`);
  return { group, worker: "worker-0", leaseMs, leaseEndsMs: first.leaseEndsMs };
}

const leaving = async (ground: CaseGround, call: number, members: number) => {
  const { group, worker } = await renewing(ground, call, members);
  return { group, worker };
};

/** A product of this call alone that is due when its reservation ends. */
async function due({ acme }: CaseGround, call: number) {
  const product = `lamp-${call}`;
  await acme.stock.setLevel({ product, warehouse: "berlin", quantity: 100, sequence: 1, low: 5 });
  const reply = await acme.stock.reserve({
    product,
    reservation: "cart-1",
    units: 3,
    leaseMs,
    rememberMs: DAY_MS,
  });
  if (reply.outcome !== "reserved") throw new Error(`${product} is ${reply.outcome}`);
  return { product, member: `acme:${product}`, dueMs: reply.leaseEndsMs, reason };
}

async function dead(ground: CaseGround, call: number) {
  const aside = await due(ground, call);
  await ground.acme.slot.setAside(aside);
  const { product, member } = aside;
  const args = { product, member, sinceMs: 0 };
  const [, key = ""] = s.redrive.encode(ground.acme.scope, args).keys;
  const [since] = ((await ground.redis.hget(key, member)) ?? "").split(" ");
  return { ...args, sinceMs: Number(since) };
}

export const slot = [
  path(s.join, "first worker", joining, { outcome: "joined" }),
  path(s.join, "renewal among 4", (ground, call) => renewing(ground, call, 4), { outcome: "joined" }),
  atLimit(s.join, "renewal among 250", (ground, call) => renewing(ground, call, MAX_MEMBERS), {
    outcome: "joined",
    fills: ["workers"],
  }),
  path(s.leave, "one of 4", (ground, call) => leaving(ground, call, 4), { outcome: "left" }),
  atLimit(s.leave, "one of 250", (ground, call) => leaving(ground, call, MAX_MEMBERS), { outcome: "left" }),
  path(s.setAside, "due", due, { outcome: "set_aside" }),
  atLimit(s.setAside, "due", due, { outcome: "set_aside" }),
  path(s.redrive, "set aside", dead, { outcome: "redriven" }),
  atLimit(s.redrive, "set aside", dead, { outcome: "redriven" }),
];
