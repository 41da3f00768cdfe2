import { scripts } from "../../../../src/index.js";
import { atLimit, type CaseGround, path } from "../case.js";
import { HOUR_MS } from "./items.js";

const { cache: c } = scripts;

const TOKEN = "9b1e64d02a77.5d0c31aa";
const leaseMs = HOUR_MS;
/** A usual value, and a large one. A thousand of them are stored at a time. */
const SMALL: Buffer = Buffer.alloc(1_000, "x");
const LARGE: Buffer = Buffer.alloc(100_000, "x");

const hex = (start: string, call: number) => start + call.toString(16).padStart(12 - start.length, "0");
const fillOf = (call: number) => hex("a", call);
const otherOf = (call: number) => hex("b", call);
const tokenOf = (call: number) => `${hex("c", call)}.5d0c31aa`;

const coded = (value: Buffer) => ({
  coding: "j-",
  tokens: TOKEN,
  value,
  freshMs: HOUR_MS,
  keepMs: 2 * HOUR_MS,
});

/** An entry of this call alone. */
async function stored({ acme }: CaseGround, call: number, value = SMALL, freshMs = HOUR_MS) {
  const entry = `entry-${call}`;
  const { outcome } = await acme.scripts.cache.set({
    entry,
    fillId: otherOf(call),
    ...coded(value),
    freshMs,
  });
  if (outcome !== "set") throw new Error(`${entry} is ${outcome}`);
  return { entry };
}

/** An entry whose lease this call has. */
async function leased({ acme }: CaseGround, call: number) {
  const lease = { entry: `entry-${call}`, fillId: fillOf(call) };
  const reply = await acme.scripts.cache.read({ ...lease, leaseMs });
  if (reply.outcome === "fresh" || reply.outcome === "foreign" || reply.lease !== "granted") {
    throw new Error(`${lease.entry} has no lease for this call`);
  }
  return lease;
}

const reading = async (ground: CaseGround, call: number, value?: Buffer, freshMs?: number) => ({
  ...(await stored(ground, call, value, freshMs)),
  fillId: fillOf(call),
  leaseMs,
});
const fresh = (ground: CaseGround, call: number) => reading(ground, call);
const freshLarge = (ground: CaseGround, call: number) => reading(ground, call, LARGE);
const stale = (ground: CaseGround, call: number) => reading(ground, call, SMALL, 0);
const absent = (_: CaseGround, call: number) => ({ entry: `entry-${call}`, fillId: fillOf(call), leaseMs });
const busy = async (ground: CaseGround, call: number) => {
  const { entry } = await leased(ground, call);
  return { entry, fillId: otherOf(call), leaseMs, waits: true };
};
const filling = async (ground: CaseGround, call: number, value = SMALL) => ({
  ...(await leased(ground, call)),
  ...coded(value),
});
const fillingLarge = (ground: CaseGround, call: number) => filling(ground, call, LARGE);
const touching = async (ground: CaseGround, call: number, value = SMALL) => {
  await stored(ground, call, value, 0);
  const { coding: _coding, value: _value, ...times } = coded(value);
  return { ...(await leased(ground, call)), unchanged: otherOf(call), ...times };
};
const touchingLarge = (ground: CaseGround, call: number) => touching(ground, call, LARGE);
const setting = (_: CaseGround, call: number, value = SMALL) => ({
  entry: `entry-${call}`,
  fillId: fillOf(call),
  ...coded(value),
});
const settingLarge = (ground: CaseGround, call: number) => setting(ground, call, LARGE);
const writing = async ({ acme }: CaseGround, call: number) => {
  const write = { entry: `entry-${call}`, writer: fillOf(call) };
  await acme.scripts.cache.beginWrite({ ...write, blockMs: HOUR_MS });
  return write;
};
const committing = async (ground: CaseGround, call: number, value = SMALL) => ({
  ...(await writing(ground, call)),
  ...coded(value),
});
const committingLarge = (ground: CaseGround, call: number) => committing(ground, call, LARGE);
const beginning = async (ground: CaseGround, call: number) => ({
  ...(await stored(ground, call)),
  writer: fillOf(call),
  blockMs: HOUR_MS,
});
/** One more writer than there are is the most that the script allows. */
const MAX_WRITERS = 64;
const crowded = async (ground: CaseGround, call: number) => {
  const begin = await beginning(ground, call);
  const others = Array.from({ length: MAX_WRITERS - 1 }, (_, other) => hex("d", other));
  const { cache } = ground.acme.scripts;
  for (const writer of others) await cache.beginWrite({ ...begin, writer });
  return begin;
};
const tagged = async ({ acme }: CaseGround, call: number) => {
  const tag = `tag-${call}`;
  await acme.scripts.cache.openTag({ tag, token: tokenOf(call), keepMs: HOUR_MS });
  return { tag };
};
const opening = (_: CaseGround, call: number) => ({
  tag: `tag-${call}`,
  token: tokenOf(call),
  keepMs: HOUR_MS,
});
const invalidatingTag = async (ground: CaseGround, call: number) => ({
  ...(await tagged(ground, call)),
  token: tokenOf(call + 1),
});
const expiringTag = async (ground: CaseGround, call: number) => ({
  ...(await tagged(ground, call)),
  softToken: "bbbbbbbb",
});
const notingClock = async (ground: CaseGround, call: number) => ({
  ...(await tagged(ground, call)),
  token: tokenOf(call),
  clock: 1_767_225_600_000_000,
});
const clock = ({ acme, once }: CaseGround) =>
  once("clock", () => acme.scripts.cache.openClock({})).then(() => ({}));

export const cache = [
  path(c.read, "fresh", fresh, { outcome: "fresh" }),
  path(c.read, "stale, lease granted", stale, { outcome: "stale" }),
  path(c.read, "absent, lease granted", absent, { outcome: "absent" }),
  path(c.read, "absent, another loads", busy, { outcome: "absent" }),
  atLimit(c.read, "fresh, 100 kB", freshLarge, { outcome: "fresh", removed: true }),
  path(c.peek, "fresh", stored, { outcome: "fresh" }),
  atLimit(c.peek, "fresh, 100 kB", (ground, call) => stored(ground, call, LARGE), {
    outcome: "fresh",
    removed: true,
  }),
  path(c.fill, "filled", filling, { outcome: "filled" }),
  atLimit(c.fill, "filled, 100 kB", fillingLarge, { outcome: "filled", removed: true }),
  path(c.touch, "touched", touching, { outcome: "touched" }),
  atLimit(c.touch, "touched, 100 kB", touchingLarge, { outcome: "touched", removed: true }),
  path(c.renew, "renewed", async (ground, call) => ({ ...(await leased(ground, call)), leaseMs }), {
    outcome: "renewed",
  }),
  atLimit(c.renew, "renewed", async (ground, call) => ({ ...(await leased(ground, call)), leaseMs }), {
    outcome: "renewed",
  }),
  path(c.release, "released", leased, { outcome: "released" }),
  atLimit(c.release, "released", leased, { outcome: "released" }),
  path(c.invalidate, "removed", stored, { outcome: "removed" }),
  path(
    c.invalidate,
    "removed, settle time",
    async (ground, call) => ({
      ...(await stored(ground, call)),
      settleMs: 1_000,
    }),
    { outcome: "removed" },
  ),
  atLimit(c.invalidate, "removed, 100 kB", (ground, call) => stored(ground, call, LARGE), {
    outcome: "removed",
    removed: true,
  }),
  path(c.expire, "expired", stored, { outcome: "expired" }),
  atLimit(c.expire, "expired, 100 kB", (ground, call) => stored(ground, call, LARGE), {
    outcome: "expired",
    removed: true,
  }),
  path(c.set, "set", setting, { outcome: "set" }),
  atLimit(c.set, "set, 100 kB", settingLarge, { outcome: "set", removed: true }),
  path(c.beginWrite, "alone", beginning, { outcome: "begun" }),
  atLimit(c.beginWrite, "63 other writers", crowded, { outcome: "begun", removed: true }),
  path(c.commitWrite, "alone", committing, { outcome: "set" }),
  atLimit(c.commitWrite, "alone, 100 kB", committingLarge, { outcome: "set", removed: true }),
  path(c.endWrite, "alone", writing, { outcome: "ended" }),
  atLimit(c.endWrite, "alone", writing, { outcome: "ended" }),
  path(c.readTag, "known", tagged, { outcome: "known" }),
  atLimit(c.readTag, "known", tagged, { outcome: "known" }),
  path(c.openTag, "new", opening),
  path(c.openTag, "known", async (ground, call) => ({
    ...(await tagged(ground, call)),
    ...opening(ground, call),
  })),
  atLimit(c.openTag, "new", opening),
  path(c.invalidateTag, "invalidated", invalidatingTag, { outcome: "invalidated" }),
  atLimit(c.invalidateTag, "invalidated", invalidatingTag, { outcome: "invalidated" }),
  path(c.expireTag, "expired", expiringTag, { outcome: "expired" }),
  atLimit(c.expireTag, "expired", expiringTag, { outcome: "expired" }),
  path(c.setTagClock, "noted", notingClock, { outcome: "noted" }),
  atLimit(c.setTagClock, "noted", notingClock, { outcome: "noted" }),
  path(c.openClock, "known", clock),
  atLimit(c.openClock, "known", clock),
  path(c.raiseClock, "known", clock),
  atLimit(c.raiseClock, "known", clock),
];
