import type { PoolClient } from "pg";
import { applyViews, createTables, inTransaction } from "../../src/postgres/index.js";
import { countViews, createViewSync, viewShards } from "../../src/views/index.js";
import { type Ground, type Measure, timed } from "./benchmark.js";

const VIEWS = 5_000_000;
const PRODUCTS = 2_000;
/** The number of views after which the counter may send. A busier service has several processes. */
const TURN = 50_000;

/** Measures page views from one process to Redis, and from there to PostgreSQL. */
export async function views({ acme, pool, progress }: Ground): Promise<readonly Measure[]> {
  progress("counting views");
  const shards = viewShards(8);
  const counter = countViews(acme, { shards });
  const seen = seenProducts();
  const tookMs = await timed(async () => {
    for (let view = 0; view < VIEWS; view++) {
      counter.add(seen[view % seen.length] ?? "");
      if (view % TURN === 0) await counter.flush();
    }
    await counter.stop();
  });
  const { sent, dropped, waiting } = counter.status();
  if (sent !== VIEWS) throw new Error(`${sent} of ${VIEWS} views sent, ${dropped} dropped, ${waiting} wait`);

  progress("writing views to PostgreSQL");
  await createTables(pool);
  await pool.query("create table product_views (product text primary key, views bigint not null)");
  const sync = createViewSync(acme, {
    shards,
    apply: (batch) => inTransaction(pool, (tx) => applyViews(tx, batch, (counts) => save(tx, counts))),
  });
  const { batches, views: synced, failed } = await sync.run();
  await sync.stop();
  const { rows } = await pool.query<{ views: number }>(
    "select sum(views)::float8 as views from product_views",
  );
  if (synced !== VIEWS || failed.length > 0 || rows[0]?.views !== VIEWS)
    throw new Error(`${rows[0]?.views} of ${VIEWS} views in PostgreSQL`);
  const perSecond = Math.round((VIEWS / tookMs) * 1_000);
  const fewer = 100 * (1 - batches / VIEWS);
  return [
    {
      what: `views that one process counts in Redis, of ${PRODUCTS.toLocaleString("en-GB")} products`,
      figure: `${perSecond.toLocaleString("en-GB")} a second`,
      promise: "over 500,000 a second",
      ok: perSecond > 500_000,
    },
    {
      what: `transactions that write ${VIEWS.toLocaleString("en-GB")} views to PostgreSQL in one run`,
      figure: `${batches}, ${fewer.toFixed(2)} % fewer than one for each view`,
      promise: "at least 95 % fewer",
      ok: fewer >= 95,
    },
  ];
}

/** The viewed products. The first tenth of them has nearly half of all views. */
function seenProducts(): readonly string[] {
  return Array.from({ length: 100_003 }, (_, view) => {
    const place = ((view * 7_919) % 100_003) / 100_003;
    return `product-${Math.floor(PRODUCTS * place ** 3)}`;
  });
}

function save(tx: PoolClient, counts: readonly { readonly product: string; readonly count: number }[]) {
  return tx.query(
    `insert into product_views as known (product, views) select * from unnest($1::text[], $2::bigint[])
     on conflict (product) do update set views = known.views + excluded.views`,
    [counts.map(({ product }) => product), counts.map(({ count }) => count)],
  );
}
