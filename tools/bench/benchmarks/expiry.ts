import { createExpiryWorker } from "../../src/expiry/index.js";
import { keys } from "../../src/index.js";
import { type Ground, type Measure, median, ms, timed } from "./benchmark.js";

/** Items of one claim: the greatest limit. */
const CLAIMED = 100;
/** Items that a worker handles, in ten claims. */
const HANDLED = 1_000;
const TRACKED = 1_000_000;
const ROUNDS = 40;
const WORKER_ROUNDS = 10;
const CHUNK = 10_000;
const LEASE_MS = 60_000;
const HOUR_MS = 3_600_000;
/** The benchmark fills one shard, so that all items are in one key. */
const queueShard = "0";

/**
 * Measures claims of due offers among few and among many tracked ones. It also measures a thousand
 * offers from the start of a worker to PostgreSQL.
 */
export async function claims(ground: Ground): Promise<readonly Measure[]> {
  ground.progress("tracking 1,000,000 offers");
  await trackLater(ground, "many", TRACKED - HANDLED);
  const few: number[] = [];
  const many: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    ground.progress(`claim ${round + 1} of ${ROUNDS}`);
    // Each queue comes first in every other round, so that both see the same state of the machine.
    const sets = round % 2 === 0 ? (["few", "many"] as const) : (["many", "few"] as const);
    for (const set of sets) {
      const took = await claimOnce(ground, set);
      (set === "few" ? few : many).push(took);
    }
  }
  const [ofFew, ofMany] = [median(few), median(many)];
  const ratio = ofMany / ofFew;
  return [
    { what: "claim of 100 due among 1,000 tracked", figure: ms(ofFew), ok: true },
    { what: "claim of 100 due among 1,000,000 tracked", figure: ms(ofMany), ok: true },
    {
      what: "ratio of the second to the first",
      figure: `${ratio.toFixed(2)} times`,
      promise: "at most 2 times",
      ok: ratio <= 2,
    },
    ...(await endToEnd(ground)),
  ];
}

/**
 * Measures from the start of a worker until 1,000 due offers among 1,000,000 have ended in
 * PostgreSQL and are acknowledged.
 */
async function endToEnd(ground: Ground): Promise<readonly Measure[]> {
  const { pool } = ground;
  await pool.query("create table if not exists offers (offer text primary key, ended_at timestamptz)");
  const took: number[] = [];
  for (let round = 0; round < WORKER_ROUNDS; round++) {
    ground.progress(`worker ${round + 1} of ${WORKER_ROUNDS}`);
    const offers = await makeDue(ground, "many", HANDLED);
    await pool.query("truncate offers");
    await pool.query("insert into offers (offer) select unnest($1::text[])", [offers]);
    took.push(await timed(() => workOff(ground)));
    const { rows } = await pool.query<{ ended: number }>("select count(ended_at)::int as ended from offers");
    if (rows[0]?.ended !== HANDLED) throw new Error(`${rows[0]?.ended} of ${HANDLED} offers have ended`);
  }
  const worst = Math.max(...took);
  return [
    {
      what: `1,000 due among 1,000,000 tracked, from the start of a worker to PostgreSQL: median, and slowest of ${WORKER_ROUNDS}`,
      figure: `${ms(median(took))}, ${ms(worst)}`,
      promise: "under 1 s",
      ok: worst < 1_000,
    },
  ];
}

function workOff({ moonpath, pool }: Ground): Promise<void> {
  return new Promise((resolve, reject) => {
    const worker = createExpiryWorker(moonpath, {
      queue: "many",
      limit: CLAIMED,
      handle: async (items) => {
        await pool.query("update offers set ended_at = now() where offer = any($1) and ended_at is null", [
          items.map(({ item }) => item),
        ]);
      },
      onError: reject,
    });
    worker.start();
    // The worker acknowledges after its handler. Only then no other worker gets the items.
    const look = setInterval(() => {
      if (worker.status().done < HANDLED) return;
      clearInterval(look);
      worker.stop().then(() => resolve(), reject);
    }, 1);
  });
}

async function claimOnce(ground: Ground, set: string): Promise<number> {
  const { acme } = ground;
  const offers = await makeDue(ground, set, CLAIMED);
  let claimed = 0;
  const claim = `bench-${performance.now()}`.replace(".", "-");
  const took = await timed(async () => {
    const reply = await acme.scripts.expiry.claim({
      queue: set,
      queueShard,
      claim,
      limit: CLAIMED,
      leaseMs: LEASE_MS,
    });
    if (reply.outcome === "claimed") claimed = reply.items.length;
  });
  if (claimed !== CLAIMED) throw new Error(`${claimed} of ${CLAIMED} offers were claimed`);
  await acme.scripts.expiry.ack({ queue: set, queueShard, claim, items: offers });
  return took;
}

async function makeDue({ redis, acme }: Ground, set: string, count: number): Promise<string[]> {
  const offers = Array.from({ length: count }, (_, index) => `due-${index}`);
  await redis.zadd(
    keys.due(acme.scope, set, queueShard),
    ...offers.flatMap((offer, index) => [index + 1, offer]),
  );
  const index = keys.slotQueue(acme.scope, set, queueShard);
  await redis.zadd(index, 1, `${acme.scope.tenant}:${set}:${queueShard}`);
  return offers;
}

/** Adds offers that end in more than an hour, as `track` writes them, ten thousand at a time. */
async function trackLater({ redis, acme }: Ground, set: string, count: number): Promise<void> {
  const from = Date.now() + HOUR_MS;
  for (let start = 0; start < count; start += CHUNK) {
    const length = Math.min(CHUNK, count - start);
    const pairs = Array.from({ length }, (_, index) => [from + start + index, `later-${start + index}`]);
    await redis.zadd(keys.due(acme.scope, set, queueShard), ...pairs.flat());
  }
}
