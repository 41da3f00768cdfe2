import type { Pool } from "pg";

/** The sums read all rows, which takes seconds for a file of a million lines. */
const SUM_LIMIT_MS = 60_000;

/** The sums of one product in the books. Units, pence and times are whole numbers. */
export interface ProductSums {
  readonly product: string;
  /** Units at the start, over both warehouses. */
  readonly opening: number;
  readonly sold: number;
  readonly returned: number;
  /** Units of refused sales. */
  readonly refused: number;
  /** The price of the price event with the highest sequence, in pence; null without one. */
  readonly lastPrice: number | null;
  /** Page views. */
  readonly viewsInDatabase: number;
}

/** The sums of all products in the books. */
export interface Totals {
  /** Sales at a till and lines of orders, including refused ones. */
  readonly sales: number;
  readonly returns: number;
  readonly refusedSales: number;
  readonly refusedUnits: number;
  readonly priceEvents: number;
  readonly viewsInDatabase: number;
  /** Deliveries after the first of each event, without page views and orders. */
  readonly duplicatesDelivered: number;
  /** Deliveries after the first of each event that no script applied. */
  readonly duplicatesIgnored: number;
}

/** The movements of units: events, and the lines of orders that have ended. */
const movementsOf = (schema: string) => `(
  select product, kind, units, refused, amount_minor, sequence from ${schema}.events
  union all
  select product, 'sale', units, state = 'refused', 0, 0
  from ${schema}.order_lines join ${schema}.orders using (order_name) where state <> 'placed'
) as movements`;

/** Sums by product, in the order of the stock codes, for every product with an opening event. */
export async function sumProducts(pool: Pool, schema: string): Promise<ProductSums[]> {
  const query = {
    query_timeout: SUM_LIMIT_MS,
    text: `
    with summed as (
      select
        product,
        coalesce(sum(units) filter (where kind = 'opening'), 0)::float8 as opening,
        coalesce(sum(units) filter (where kind = 'sale' and not refused), 0)::float8 as sold,
        coalesce(sum(units) filter (where kind = 'return'), 0)::float8 as returned,
        coalesce(sum(units) filter (where kind = 'sale' and refused), 0)::float8 as refused,
        (array_agg(amount_minor order by sequence desc) filter (where kind = 'price'))[1] as "lastPrice"
      from ${movementsOf(schema)}
      group by product
      having count(*) filter (where kind = 'opening') > 0
    )
    select summed.*, coalesce(product_views.views, 0)::float8 as "viewsInDatabase"
    from summed left join ${schema}.product_views using (product)
    order by product collate "C"`,
  };
  const { rows } = await pool.query<ProductSums>(query);
  return rows;
}

/** Sums over all products. */
export async function sumTotals(pool: Pool, schema: string): Promise<Totals> {
  const query = {
    query_timeout: SUM_LIMIT_MS,
    text: `
    select
      (count(*) filter (where kind = 'sale'))::float8 as sales,
      (count(*) filter (where kind = 'return'))::float8 as returns,
      (count(*) filter (where kind = 'sale' and refused))::float8 as "refusedSales",
      coalesce(sum(units) filter (where kind = 'sale' and refused), 0)::float8 as "refusedUnits",
      (count(*) filter (where kind = 'price'))::float8 as "priceEvents",
      (select coalesce(sum(views), 0) from ${schema}.product_views)::float8 as "viewsInDatabase",
      (select coalesce(sum(deliveries - 1), 0) from ${schema}.events)::float8 as "duplicatesDelivered",
      -- An event counts as applied at least once: its first answer may have been lost on the way
      -- here.
      (select coalesce(sum(deliveries - greatest(applied, 1)), 0) from ${schema}.events)::float8
        as "duplicatesIgnored"
    from ${movementsOf(schema)}`,
  };
  const { rows } = await pool.query<Totals>(query);
  const [totals] = rows;
  if (totals === undefined) throw new Error("the books gave no totals");
  return totals;
}

/** One page of stock codes, in their order. */
export async function listProducts(
  pool: Pool,
  schema: string,
  after: string,
  limit: number,
): Promise<string[]> {
  const { rows } = await pool.query<{ product: string }>({
    name: `list-${schema}`,
    text: `
      select distinct product collate "C" as product from ${schema}.events
      where kind = 'opening' and product collate "C" > $1
      order by product limit $2`,
    values: [after, limit],
  });
  return rows.map(({ product }) => product);
}
