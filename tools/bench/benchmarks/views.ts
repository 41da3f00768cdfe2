import type { Pool, PoolClient } from "pg";
import type { Tenant } from "../../../src/index.js";
import { applyViews, createTables, inTransaction } from "../../../src/postgres/index.js";
import { createViewSync, viewShards } from "../../../src/views/index.js";
import type { Benchmark } from "../benchmark.js";
import { figureCase } from "../case.js";
import { runRounds } from "../processes/rounds.js";
import { serverCpuUs } from "../processes/server-cpu.js";
import { rateCase } from "../support/compare.js";

const [OURS, INCR] = ["views, Moonpath", "views, INCR"] as const;
const VIEWS = 1_000_000;
/** The peer gets fewer views for its rounds, because it is slower. */
const INCR_VIEWS = 50_000;
const ROUNDS = 5;
const QUICK_ROUNDS = 3;

export const views: Benchmark = {
  heading: "Views",
  method:
    "One process counts views of 1,000 products: by `countViews`, and by an INCR for each view with autopipelining and 512 in flight. The counts are then written to PostgreSQL.",
  async measure(ground) {
    const [ours, incr] = await ground.start([OURS, INCR]);
    if (ours === undefined || incr === undefined) throw new Error("a contestant is missing");
    ground.progress("counting views");
    const rounds = ground.isQuick ? QUICK_ROUNDS : ROUNDS;
    const cpu = () => serverCpuUs(ground.redis);
    const counted = (await runRounds([ours], { shape: "whole", calls: VIEWS }, { rounds }, cpu))(OURS);
    const peer = (await runRounds([incr], { shape: "whole", calls: INCR_VIEWS }, { rounds }, cpu))(INCR);

    ground.progress("writing views to PostgreSQL");
    const all = VIEWS * (rounds + 1);
    const batches = await writeViews(ground.acme, await ground.pool(), all);
    return {
      cases: [
        rateCase("views of one process, to INCR for each view", counted, peer, "views/s"),
        figureCase(
          "views of one process",
          { ours: counted.perSecond, unit: "views/s" },
          { atLeast: 500_000 },
        ),
        figureCase(
          "transactions in PostgreSQL for each 1,000,000 views",
          { ours: (batches / all) * 1_000_000, unit: "transactions" },
          { atMost: 50_000 },
        ),
      ],
    };
  },
};

/** Writes all counted views in one run, and returns the number of transactions. */
async function writeViews(acme: Tenant, pool: Pool, expected: number): Promise<number> {
  await createTables(pool);
  await pool.query("create table product_views (product text primary key, views bigint not null)");
  const sync = createViewSync(acme, {
    shards: viewShards(8),
    apply: (batch) => inTransaction(pool, (tx) => applyViews(tx, batch, (counts) => save(tx, counts))),
  });
  const { batches, views, failed } = await sync.run();
  await sync.stop();
  const { rows } = await pool.query<{ views: number }>(
    "select sum(views)::float8 as views from product_views",
  );
  if (views !== expected || failed.length > 0 || rows[0]?.views !== expected)
    throw new Error(`${rows[0]?.views} of ${expected} views in PostgreSQL`);
  return batches;
}

function save(tx: PoolClient, counts: readonly { readonly product: string; readonly count: number }[]) {
  return tx.query(
    `insert into product_views as known (product, views) select * from unnest($1::text[], $2::bigint[])
     on conflict (product) do update set views = known.views + excluded.views`,
    [counts.map(({ product }) => product), counts.map(({ count }) => count)],
  );
}
