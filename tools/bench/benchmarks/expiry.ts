import type { Pool } from "pg";
import { createExpiryWorker } from "../../../src/expiry/index.js";
import type { Benchmark, Ground } from "../benchmark.js";
import { type Case, figureCase } from "../case.js";
import { count } from "../report/format.js";
import { compare, rateCase } from "../support/compare.js";
import { makeDue, trackLater } from "../support/due-items.js";
import { median, timed } from "../support/median.js";

const [OURS, BULLMQ] = ["due items, Moonpath", "due items, BullMQ"] as const;
/** Items that are due at once. */
const DUE = 10_000;
const QUICK_DUE = 2_000;
const PEER_ROUNDS = 5;
const QUICK_PEER_ROUNDS = 2;
/** Items that a worker writes to PostgreSQL, in ten claims. */
const HANDLED = 1_000;
/** Items of one claim: the greatest limit. */
const CLAIMED = 100;
const TRACKED = 1_000_000;
const WORKER_ROUNDS = 10;

export const expiry: Benchmark = {
  heading: "Due items",
  method:
    "Items that are all due at one time, and a worker that was started before. It claims and acknowledges items by the hundred. BullMQ has delayed jobs, and a worker with a concurrency of 100. Both handlers do nothing. The time begins when the items are due.",
  async measure(ground) {
    const sides = await ground.start([OURS, BULLMQ]);
    const load = { shape: "whole", calls: ground.isQuick ? QUICK_DUE : DUE } as const;
    const of = await compare(ground, sides, load, {
      rounds: ground.isQuick ? QUICK_PEER_ROUNDS : PEER_ROUNDS,
    });
    return {
      cases: [
        rateCase(
          `claim and ack of ${count(load.calls)} due items, to BullMQ`,
          of(OURS),
          of(BULLMQ),
          "items/s",
          {
            atLeast: 5,
          },
        ),
        ...(await toPostgres(ground)),
      ],
    };
  },
};

/**
 * Measures from the start of a worker until 1,000 due items among 1,000,000 have ended in PostgreSQL
 * and are acknowledged.
 */
async function toPostgres(ground: Ground): Promise<readonly Case[]> {
  const pool = await ground.pool();
  ground.progress(`tracking ${count(TRACKED)} items`);
  await trackLater(ground, "many", TRACKED - HANDLED);
  await pool.query("create table if not exists offers (offer text primary key, ended_at timestamptz)");
  const took: number[] = [];
  for (let round = 0; round < WORKER_ROUNDS; round++) {
    ground.progress(`worker ${round + 1} of ${WORKER_ROUNDS}`);
    const offers = await makeDue(ground, "many", HANDLED);
    await pool.query("truncate offers");
    await pool.query("insert into offers (offer) select unnest($1::text[])", [offers]);
    took.push(await timed(() => workOff(ground, pool)));
    const { rows } = await pool.query<{ ended: number }>("select count(ended_at)::int as ended from offers");
    if (rows[0]?.ended !== HANDLED) throw new Error(`${rows[0]?.ended} of ${HANDLED} offers have ended`);
  }
  const what = `${count(HANDLED)} due items among ${count(TRACKED)}, from the start of a worker to PostgreSQL`;
  return [
    figureCase(`${what}, median of ${WORKER_ROUNDS}`, { ours: median(took), unit: "ms" }),
    figureCase(
      `${what}, slowest of ${WORKER_ROUNDS}`,
      { ours: Math.max(...took), unit: "ms" },
      { atMost: 1_000 },
    ),
  ];
}

function workOff({ moonpath }: Ground, pool: Pool): Promise<void> {
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
