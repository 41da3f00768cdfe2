import type { Pool } from "pg";
import { inBooks } from "../books/errors.js";

export interface Category {
  readonly category: string;
  readonly parent: string | null;
  readonly name: string;
  readonly version: number;
}

export interface CategoryTree extends Category {
  readonly children: readonly CategoryTree[];
}

export interface Settings {
  readonly content: Readonly<Record<string, string>>;
  readonly version: number;
}

/** The periods of the dashboard, in days. */
export const PERIOD_DAYS = { today: 1, week: 7, month: 30 } as const;
export type Period = keyof typeof PERIOD_DAYS;

/** @throws TypeError for a name that is no period */
export function periodOf(text: string): Period {
  if (text === "today" || text === "week" || text === "month") return text;
  throw new TypeError("the period is not known");
}

export interface Dashboard {
  readonly revenueMinor: number;
  readonly orders: number;
  readonly views: number;
  /** Products by the status of their stock. */
  readonly products: Readonly<Record<string, number>>;
}

/** The rows of the shop itself: categories, settings, statistics. */
export class ShopBook {
  readonly #pool: Pool;
  readonly #schema: string;

  constructor(pool: Pool, schema: string) {
    this.#pool = pool;
    this.#schema = schema;
  }

  async categoryTree(): Promise<CategoryTree[]> {
    const { rows } = await inBooks(
      this.#pool.query<Category>(
        `select category, parent, name, version from ${this.#schema}.categories order by category`,
      ),
    );
    const below = (parent: string | null): CategoryTree[] =>
      rows.filter((row) => row.parent === parent).map((row) => ({ ...row, children: below(row.category) }));
    return below(null);
  }

  async renameCategory(category: string, name: string): Promise<Category | undefined> {
    const { rows } = await inBooks(
      this.#pool.query<Category>(
        `update ${this.#schema}.categories set name = $2, version = version + 1 where category = $1
         returning category, parent, name, version`,
        [category, name],
      ),
    );
    return rows[0];
  }

  async settings(): Promise<Settings | undefined> {
    const { rows } = await inBooks(
      this.#pool.query<Settings>(`select content, version from ${this.#schema}.settings where name = 'shop'`),
    );
    return rows[0];
  }

  async setSettings(content: Readonly<Record<string, string>>): Promise<Settings> {
    const { rows } = await inBooks(
      this.#pool.query<Settings>(
        `insert into ${this.#schema}.settings (name, content) values ('shop', $1)
         on conflict (name) do update set content = excluded.content, version = settings.version + 1
         returning content, version`,
        [JSON.stringify(content)],
      ),
    );
    const [row] = rows;
    if (row === undefined) throw new Error("the settings were not written");
    return row;
  }

  async dashboard(period: Period): Promise<Dashboard> {
    const days = PERIOD_DAYS[period];
    const sold = await inBooks(
      this.#pool.query<{ revenueMinor: number; orders: number }>(
        `select coalesce(sum(units::bigint * price_minor), 0)::float8 as "revenueMinor",
           count(distinct order_name)::float8 as orders
         from ${this.#schema}.orders join ${this.#schema}.order_lines using (order_name)
         where state = 'sold' and placed_at > now() - make_interval(days => $1)`,
        [days],
      ),
    );
    const viewed = await inBooks(
      this.#pool.query<{ views: number }>(
        `select coalesce(sum(views), 0)::float8 as views from ${this.#schema}.product_views`,
      ),
    );
    const stocked = await inBooks(
      this.#pool.query<{ status: string; count: number }>(
        `select status, count(*)::float8 as count from ${this.#schema}.products group by status order by status`,
      ),
    );
    return {
      revenueMinor: sold.rows[0]?.revenueMinor ?? 0,
      orders: sold.rows[0]?.orders ?? 0,
      views: viewed.rows[0]?.views ?? 0,
      products: Object.fromEntries(stocked.rows.map(({ status, count }) => [status, count])),
    };
  }
}
