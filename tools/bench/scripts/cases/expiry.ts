import { scripts } from "../../../../src/index.js";
import { atLimit, type CaseGround, path } from "../case.js";
import { HOUR_MS, maxOf, names } from "./items.js";

const { expiry: e } = scripts;
const leaseMs = HOUR_MS;
/** A lease that has to end before the measured calls. */
const SHORT_LEASE_MS = 100;
/** The time after which all dead items of a round are older than a millisecond, or all leases are over. */
const AGED_MS = 10;
const queueShard = "0";
const FEW = 10;
const MANY = 100;
const TRACKED = 1_000;
const later = () => Date.now() + HOUR_MS;

/** A queue that all calls share, with items that are due in an hour. */
async function tracked({ acme, once }: CaseGround): Promise<string> {
  const dueMs = later();
  const queue = "offers";
  await once("tracked", () =>
    Promise.all(
      names("other", TRACKED).map((item) => acme.scripts.expiry.track({ queue, queueShard, item, dueMs })),
    ),
  );
  return queue;
}

/** A queue of this call alone, with items that are due. */
async function due({ acme }: CaseGround, call: number, count: number) {
  const queue = `offers-${call}`;
  const items = names("offer", count);
  await Promise.all(
    items.map((item, index) => acme.scripts.expiry.track({ queue, queueShard, item, dueMs: 1 + index })),
  );
  return { queue, queueShard, items };
}

/** A queue of this call alone, with items that a worker has claimed. */
async function claimed(ground: CaseGround, call: number, count: number, lease = leaseMs) {
  const { queue, items } = await due(ground, call, count);
  const claim = `run-${call}`;
  const reply = await ground.acme.scripts.expiry.claim({
    queue,
    queueShard,
    claim,
    limit: count,
    leaseMs: lease,
  });
  if (reply.outcome !== "claimed" || reply.items.length !== count) throw new Error("too few were claimed");
  return { queue, queueShard, claim, items, leaseEndsMs: reply.leaseEndsMs };
}

/** A queue of this call alone, with dead items. */
async function dead(ground: CaseGround, call: number, count: number) {
  const held = await claimed(ground, call, count);
  await ground.acme.scripts.expiry.deadLetter({ ...held, reason: "no such offer" });
  return { queue: held.queue, queueShard, items: held.items };
}

/** The arguments that discard all dead items of a queue. */
async function aged(ground: CaseGround, call: number, limit: number) {
  const { queue } = await dead(ground, call, limit);
  return { queue, queueShard, maxAgeMs: 1, limit };
}

const claiming = async (ground: CaseGround, call: number, limit: number) => {
  const { queue } = await due(ground, call, limit);
  return { queue, queueShard, claim: `run-${call}`, limit, leaseMs };
};
const one = async (ground: CaseGround, call: number) => {
  const queue = await tracked(ground);
  await ground.acme.scripts.expiry.track({ queue, queueShard, item: `offer-${call}`, dueMs: later() });
  return { queue, queueShard, item: `offer-${call}` };
};
const tracking = async (ground: CaseGround, call: number) => ({
  queue: await tracked(ground),
  queueShard,
  item: `offer-${call}`,
  dueMs: later(),
});
const extension = async (ground: CaseGround, call: number) => ({
  ...(await one(ground, call)),
  dueMs: later(),
});
const returned = async (ground: CaseGround, call: number, count: number, lease = leaseMs) => ({
  ...(await claimed(ground, call, count, lease)),
  delayMs: HOUR_MS,
});
/** Arguments that track the only item of a queue again. */
const trackedAgain = ({ queue, items: [item = ""] }: { queue: string; items: readonly string[] }) => ({
  queue,
  queueShard,
  item,
  dueMs: later(),
});
const failed = async (ground: CaseGround, call: number, count: number) => ({
  ...(await claimed(ground, call, count)),
  reason: "no such offer",
});
const renewal = async (ground: CaseGround, call: number, count: number) => {
  const { queue, claim, leaseEndsMs } = await claimed(ground, call, count);
  return { queue, queueShard, claim, leaseEndsMs, leaseMs };
};
const listing = async (ground: CaseGround, limit: number) => {
  await ground.once("dead", () => dead(ground, 0, limit));
  return { queue: "offers-0", queueShard, limit };
};
const upcoming = async (ground: CaseGround, limit: number) => ({
  queue: await tracked(ground),
  queueShard,
  withinMs: 2 * HOUR_MS,
  limit,
});

const few = { calls: 50 };
const many = { calls: 20 };
/** As many items as a list or `limit` of this script allows. */
const most = (script: string, argument: string) =>
  Math.min(maxOf(script, argument), maxOf("expiry.claim", "limit"));

const opening = (_: CaseGround, call: number) => ({ queue: `offers-${call}`, shards: 16 });

export const expiry = [
  path(e.open, "new queue", opening),
  path(e.open, "known queue", opening, { sentBefore: true }),
  atLimit(e.open, "new queue", opening),
  path(e.track, "new item", tracking, { outcome: "tracked" }),
  path(e.track, "dead item", async (ground, call) => trackedAgain(await dead(ground, call, 1)), {
    outcome: "tracked",
  }),
  path(
    e.track,
    "item with an ended lease",
    async (ground, call) => trackedAgain(await claimed(ground, call, 1, SHORT_LEASE_MS)),
    { outcome: "tracked", waitMs: SHORT_LEASE_MS + AGED_MS },
  ),
  path(e.track, "claimed item", async (ground, call) => trackedAgain(await claimed(ground, call, 1)), {
    outcome: "again",
  }),
  path(
    e.track,
    "debounced",
    async (ground, call) => {
      const { queue, item } = await one(ground, call);
      return { queue, queueShard, item, debounceMs: HOUR_MS, maxWaitMs: HOUR_MS };
    },
    { outcome: "tracked" },
  ),
  atLimit(e.track, "new item", tracking, { outcome: "tracked" }),
  path(e.extend, "tracked", extension, { outcome: "extended" }),
  atLimit(e.extend, "tracked", extension, { outcome: "extended" }),
  path(e.cancel, "tracked", one, { outcome: "cancelled" }),
  atLimit(e.cancel, "tracked", one, { outcome: "cancelled" }),
  path(e.claim, "10 items", (ground, call) => claiming(ground, call, FEW), { ...few, outcome: "claimed" }),
  path(e.claim, "100 items", (ground, call) => claiming(ground, call, MANY), { ...many, outcome: "claimed" }),
  path(
    e.claim,
    "nothing due",
    async (ground, call) => ({
      queue: await tracked(ground),
      queueShard,
      claim: `run-${call}`,
      limit: MANY,
      leaseMs,
    }),
    { outcome: "idle" },
  ),
  atLimit(
    e.claim,
    "the greatest limit",
    (ground, call) => claiming(ground, call, maxOf("expiry.claim", "limit")),
    { outcome: "claimed", fills: ["claim"] },
  ),
  path(e.ack, "10 items", (ground, call) => claimed(ground, call, FEW), { ...few, outcome: "acked" }),
  path(
    e.ack,
    "10 items that were tracked again",
    async (ground, call) => {
      const held = await claimed(ground, call, FEW);
      await Promise.all(
        held.items.map((item) => ground.acme.scripts.expiry.track(trackedAgain({ ...held, items: [item] }))),
      );
      return held;
    },
    { ...few, outcome: "acked" },
  ),
  path(e.ack, "lost", (ground, call) => claimed(ground, call, FEW, SHORT_LEASE_MS), {
    ...few,
    outcome: "lost",
    waitMs: SHORT_LEASE_MS + AGED_MS,
  }),
  atLimit(e.ack, "the longest list", (ground, call) => claimed(ground, call, most("expiry.ack", "items")), {
    outcome: "acked",
  }),
  path(e.renew, "10 items", (ground, call) => renewal(ground, call, FEW), { ...few, outcome: "renewed" }),
  atLimit(
    e.renew,
    "a claim of the greatest limit",
    (ground, call) => renewal(ground, call, maxOf("expiry.claim", "limit")),
    { outcome: "renewed" },
  ),
  path(e.retry, "10 items", (ground, call) => returned(ground, call, FEW), { ...few, outcome: "returned" }),
  path(e.retry, "lost", (ground, call) => returned(ground, call, FEW, SHORT_LEASE_MS), {
    ...few,
    outcome: "lost",
    waitMs: SHORT_LEASE_MS + AGED_MS,
  }),
  atLimit(
    e.retry,
    "the longest list",
    (ground, call) => returned(ground, call, most("expiry.retry", "items")),
    { outcome: "returned" },
  ),
  path(e.deadLetter, "10 items", (ground, call) => failed(ground, call, FEW), {
    ...few,
    outcome: "dead_lettered",
  }),
  atLimit(
    e.deadLetter,
    "the longest list",
    (ground, call) => failed(ground, call, most("expiry.dead_letter", "items")),
    { outcome: "dead_lettered" },
  ),
  path(e.redrive, "10 items", (ground, call) => dead(ground, call, FEW), few),
  atLimit(e.redrive, "the longest list", (ground, call) =>
    dead(ground, call, most("expiry.redrive", "items")),
  ),
  path(e.discard, "10 items", (ground, call) => dead(ground, call, FEW), few),
  atLimit(e.discard, "the longest list", (ground, call) =>
    dead(ground, call, most("expiry.discard", "items")),
  ),
  path(e.discardOld, "10 items", (ground, call) => aged(ground, call, FEW), { ...few, waitMs: AGED_MS }),
  atLimit(e.discardOld, "the greatest limit", (ground, call) =>
    aged(ground, call, maxOf("expiry.discard_old", "limit")),
  ),
  path(e.listDead, "10 items", (ground) => listing(ground, FEW), few),
  atLimit(e.listDead, "the greatest limit", (ground) => listing(ground, most("expiry.list_dead", "limit"))),
  path(e.upcoming, "10 items", (ground) => upcoming(ground, FEW), few),
  atLimit(e.upcoming, "the greatest limit", (ground) => upcoming(ground, maxOf("expiry.upcoming", "limit"))),
];
