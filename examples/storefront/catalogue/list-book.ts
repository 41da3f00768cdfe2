import type { Pool } from "pg";
import { inBooks } from "../books/errors.js";

/** The orders of a list. A minus is descending. */
export const LIST_ORDERS = ["name", "price", "-price", "newest"] as const;
export type ListOrder = (typeof LIST_ORDERS)[number];

const ORDER_BY: Readonly<Record<ListOrder, string>> = {
  name: "name, product",
  price: "price_minor, product",
  "-price": "price_minor desc, product",
  newest: "created_at desc, product",
};

/** @throws TypeError for a name that is no order */
export function listOrderOf(text: string): ListOrder {
  const found = LIST_ORDERS.find((order) => order === text);
  if (found === undefined) throw new TypeError("the order of a list is not known");
  return found;
}

/** One page of a list. It has the codes: the products themselves have entries of their own. */
export interface ProductPage {
  readonly products: readonly string[];
  /** The number of all products of the list. */
  readonly total: number;
}

/** How many products of a list have each value. */
export interface Facets {
  readonly category: Readonly<Record<string, number>>;
  readonly status: Readonly<Record<string, number>>;
}

export interface FacetedPage extends ProductPage {
  readonly facets: Facets;
}

/** The most codes in a collection without pages. */
const MAX_COLLECTION = 1_000;

/** The lists of products. */
export class ListBook {
  readonly #pool: Pool;
  readonly #schema: string;

  constructor(pool: Pool, schema: string) {
    this.#pool = pool;
    this.#schema = schema;
  }

  /** A page of an organisation's products. An empty search finds all. */
  async ofOrganisation(
    organisation: string,
    { page, limit, search, order }: { page: number; limit: number; search: string; order: ListOrder },
  ): Promise<FacetedPage> {
    const where = "organisation = $1 and ($2 = '' or name ilike '%' || $2 || '%')";
    const values = [organisation, search.replace(/[\\%_]/g, "\\$&")];
    const listed = await this.#page(where, ORDER_BY[order], values, page, limit);
    const { rows } = await inBooks(
      this.#pool.query<{ category: string | null; status: string | null; count: number }>(
        `select category, status, count(*)::float8 as count from ${this.#schema}.products
         where ${where} group by grouping sets ((category), (status)) order by category, status`,
        values,
      ),
    );
    const counts = (pick: (row: (typeof rows)[number]) => string | null) =>
      Object.fromEntries(
        rows.flatMap((row) => {
          const value = pick(row);
          return value === null ? [] : [[value, row.count]];
        }),
      );
    const facets = { category: counts((row) => row.category), status: counts((row) => row.status) };
    return { ...listed, facets };
  }

  async ofCategory(category: string, page: number, limit: number, order: ListOrder): Promise<ProductPage> {
    return this.#page("category = $1", ORDER_BY[order], [category], page, limit);
  }

  /** Products whose names have all words of the query. */
  async search(query: string, category: string, page: number, limit: number): Promise<ProductPage> {
    const where = `to_tsvector('simple', name) @@ plainto_tsquery('simple', $1) and ($2 = '' or category = $2)`;
    return this.#page(where, ORDER_BY.name, [query, category], page, limit);
  }

  async allOf(column: "organisation" | "schema_id", value: string): Promise<string[]> {
    const { rows } = await inBooks(
      this.#pool.query<{ product: string }>(
        `select product from ${this.#schema}.products where ${column} = $1 order by product limit $2`,
        [value, MAX_COLLECTION],
      ),
    );
    return rows.map(({ product }) => product);
  }

  /** The organisations and the categories that have products, at most 1,000 of each. */
  async groups(): Promise<{ organisations: string[]; categories: string[] }> {
    const distinct = async (column: "organisation" | "category") => {
      const { rows } = await inBooks(
        this.#pool.query<{ value: string }>(
          `select distinct ${column} as value from ${this.#schema}.products order by 1 limit $1`,
          [MAX_COLLECTION],
        ),
      );
      return rows.map(({ value }) => value);
    };
    return { organisations: await distinct("organisation"), categories: await distinct("category") };
  }

  async #page(
    where: string,
    orderBy: string,
    values: readonly string[],
    page: number,
    limit: number,
  ): Promise<ProductPage> {
    const next = values.length + 1;
    const { rows } = await inBooks(
      this.#pool.query<{ product: string; total: number }>(
        `select product, (count(*) over ())::float8 as total from ${this.#schema}.products where ${where}
         order by ${orderBy} limit $${next} offset $${next + 1}`,
        [...values, limit, (page - 1) * limit],
      ),
    );
    return { products: rows.map(({ product }) => product), total: rows[0]?.total ?? 0 };
  }
}
