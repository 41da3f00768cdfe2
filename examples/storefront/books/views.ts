import type { Pool } from "pg";

/** How often each product's page was seen since the batch before. */
export interface ViewBatch {
  readonly shard: string;
  readonly batch: number;
  readonly views: readonly { readonly product: string; readonly count: number }[];
}

/**
 * Adds a batch of views to the books, once: a batch that is given again changes nothing.
 *
 * The note that the batch is in and its counts are one statement, hence one transaction.
 */
export async function saveViews(
  pool: Pool,
  schema: string,
  { shard, batch, views }: ViewBatch,
): Promise<void> {
  await pool.query({
    name: `views-${schema}`,
    text: `
      with first as (
        insert into ${schema}.view_batches (shard, batch) values ($1, $2) on conflict do nothing returning batch
      )
      insert into ${schema}.product_views as known (product, views)
      select product, sum(views) from unnest($3::text[], $4::bigint[]) as added (product, views), first
      group by product
      on conflict (product) do update set views = known.views + excluded.views`,
    values: [shard, batch, views.map(({ product }) => product), views.map(({ count }) => count)],
  });
}
