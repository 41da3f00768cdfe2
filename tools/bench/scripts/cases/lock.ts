import { scripts } from "../../../../src/index.js";
import { atLimit, type CaseGround, path } from "../case.js";
import { HOUR_MS } from "./items.js";

const { lock: l } = scripts;
const leaseMs = HOUR_MS;

/** A lock of this call alone that somebody holds. */
async function held({ acme }: CaseGround, call: number, owner = `alice-${call}`) {
  const lock = `lock-${call}`;
  const reply = await acme.scripts.lock.acquire({ lock, owner, leaseMs });
  if (reply.outcome !== "acquired") throw new Error(`${lock} is ${reply.outcome}`);
  return { lock, owner, fence: reply.fence, leaseEndsMs: reply.leaseEndsMs };
}

const free = (_: CaseGround, call: number) => ({ lock: `lock-${call}`, owner: `alice-${call}`, leaseMs });
const busy = async (ground: CaseGround, call: number) => {
  const { lock } = await held(ground, call);
  return { lock, owner: `bob-${call}`, leaseMs, waits: true };
};
/** An owner that has held the lock before. */
const again = async (ground: CaseGround, call: number) => {
  const before = await held(ground, call);
  await ground.acme.scripts.lock.release(before);
  return { lock: before.lock, owner: before.owner, leaseMs };
};
const releasing = async (ground: CaseGround, call: number) => {
  const { lock, owner, fence } = await held(ground, call);
  return { lock, owner, fence };
};
const renewal = async (ground: CaseGround, call: number) => ({ ...(await held(ground, call)), leaseMs });

export const lock = [
  path(l.acquire, "free", free, { outcome: "acquired" }),
  path(l.acquire, "busy", busy, { outcome: "busy" }),
  path(l.acquire, "ended", again, { outcome: "ended" }),
  atLimit(l.acquire, "free", free, { outcome: "acquired" }),
  path(l.renew, "held", renewal, { outcome: "renewed" }),
  atLimit(l.renew, "held", renewal, { outcome: "renewed" }),
  path(l.release, "held", releasing, { outcome: "released" }),
  atLimit(l.release, "held", releasing, { outcome: "released" }),
];
