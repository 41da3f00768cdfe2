import type { Pool } from "pg";
import { inBooks } from "../books/errors.js";

export type StockStatus = "out_of_stock" | "low_stock" | "in_stock";

/** A product as lists show it. */
export interface Product {
  readonly product: string;
  readonly organisation: string;
  readonly category: string;
  readonly schema: string;
  readonly name: string;
  readonly priceMinor: number;
  readonly status: StockStatus;
  /** Each change raises it. */
  readonly version: number;
}

/** A product that is created. */
export interface NewProduct extends Omit<Product, "status" | "version"> {
  readonly description: string;
}

/** What an update changes; the rest stays. */
export interface ProductChange {
  readonly name?: string | undefined;
  readonly description?: string | undefined;
  readonly priceMinor?: number | undefined;
}

/** The running offer of a product, the cheapest one. `endsMs` is by PostgreSQL's clock. */
export interface RunningOffer {
  readonly offer: string;
  readonly amountMinor: number;
  readonly endsMs: number;
}

/** A product with everything that its page shows. */
export interface ProductDetails extends Product {
  readonly description: string;
  readonly fields: Readonly<Record<string, string>>;
  readonly images: readonly string[];
  readonly offer: RunningOffer | null;
}

const COLUMNS = `product, organisation, category, schema_id as schema, name, price_minor as "priceMinor",
  status, version`;

/** The upper bound of the column. */
const MAX_VERSION = 2_147_483_647;

/** The rows of products. */
export class ProductBook {
  readonly #pool: Pool;
  readonly #schema: string;

  constructor(pool: Pool, schema: string) {
    this.#pool = pool;
    this.#schema = schema;
  }

  /** The products of these codes, in their order; undefined for those that do not exist. */
  async many(products: readonly string[]): Promise<(Product | undefined)[]> {
    const rows = await this.#rows<Product>(
      `select ${COLUMNS} from ${this.#schema}.products where product = any($1)`,
      [products],
    );
    const found = new Map(rows.map((row) => [row.product, row]));
    return products.map((product) => found.get(product));
  }

  /**
   * The pages of products, in their order. It takes four queries, for one product or for many. They run
   * one after the other, as a page's code has them.
   */
  async details(products: readonly string[]): Promise<(ProductDetails | undefined)[]> {
    const rows = await this.#rows<Product & { description: string }>(
      `select ${COLUMNS}, description from ${this.#schema}.products where product = any($1)`,
      [products],
    );
    const fields = await this.#rows<{ product: string; content: Readonly<Record<string, string>> }>(
      `select product, json_object_agg(field, value order by field) as content
       from ${this.#schema}.product_fields where product = any($1) group by product`,
      [products],
    );
    const images = await this.#rows<{ product: string; urls: readonly string[] }>(
      `select product, array_agg(url order by position) as urls
       from ${this.#schema}.product_images where product = any($1) group by product`,
      [products],
    );
    const offers = await this.#rows<RunningOffer & { product: string }>(
      `select distinct on (product) product, offer, amount_minor as "amountMinor",
         ceil(extract(epoch from ends_at) * 1000)::float8 as "endsMs"
       from ${this.#schema}.offers where product = any($1) and state = 'running' and ends_at > clock_timestamp()
       order by product, amount_minor, offer`,
      [products],
    );
    const byProduct = <Row extends { readonly product: string }>(list: readonly Row[]) =>
      new Map(list.map((row) => [row.product, row]));
    const found = { rows: byProduct(rows), fields: byProduct(fields), images: byProduct(images) };
    const running = byProduct(offers);
    return products.map((product) => {
      const row = found.rows.get(product);
      if (row === undefined) return undefined;
      const { offer, amountMinor = 0, endsMs = 0 } = running.get(product) ?? {};
      return {
        ...row,
        fields: found.fields.get(product)?.content ?? {},
        images: found.images.get(product)?.urls ?? [],
        offer: offer === undefined ? null : { offer, amountMinor, endsMs },
      };
    });
  }

  /** Inserts a product of a category that exists. */
  async create(made: NewProduct): Promise<Product | "taken" | "unknown category"> {
    const { product, organisation, category, schema, name, description, priceMinor } = made;
    const [row] = await this.#rows<Product>(
      `insert into ${this.#schema}.products
         (product, organisation, category, schema_id, name, description, price_minor)
       select $1, $2, category, $4, $5, $6, $7 from ${this.#schema}.categories where category = $3
       on conflict do nothing returning ${COLUMNS}`,
      [product, organisation, category, schema, name, description, priceMinor],
    );
    if (row !== undefined) return row;
    const [taken] = await this.many([product]);
    return taken === undefined ? "unknown category" : "taken";
  }

  /** Changes a product whose version is at most this one. Undefined: it is higher, or there is none. */
  async update(
    product: string,
    { name, description, priceMinor }: ProductChange,
    maxVersion = MAX_VERSION,
  ): Promise<Product | undefined> {
    const [row] = await this.#rows<Product>(
      `update ${this.#schema}.products set name = coalesce($2, name),
         description = coalesce($3, description), price_minor = coalesce($4, price_minor), version = version + 1
       where product = $1 and version <= $5 returning ${COLUMNS}`,
      [product, name, description, priceMinor, Math.min(maxVersion, MAX_VERSION)],
    );
    return row;
  }

  /** Sets the status of the stock. Undefined: the product has it already, or does not exist. */
  async setStatus(product: string, status: StockStatus): Promise<Product | undefined> {
    const [row] = await this.#rows<Product>(
      `update ${this.#schema}.products set status = $2, version = version + 1
       where product = $1 and status <> $2 returning ${COLUMNS}`,
      [product, status],
    );
    return row;
  }

  /** Deletes the products, and returns those that existed. */
  async remove(products: readonly string[]): Promise<Product[]> {
    return this.#rows<Product>(
      `delete from ${this.#schema}.products where product = any($1) returning ${COLUMNS}`,
      [products],
    );
  }

  async all(): Promise<string[]> {
    const rows = await this.#rows<{ product: string }>(
      `select product from ${this.#schema}.products order by product`,
      [],
    );
    return rows.map(({ product }) => product);
  }

  /** The products that were viewed most, then the others by code. */
  async popular(limit: number): Promise<string[]> {
    const rows = await this.#rows<{ product: string }>(
      `select product from ${this.#schema}.products left join ${this.#schema}.product_views using (product)
       order by coalesce(views, 0) desc, product limit $1`,
      [limit],
    );
    return rows.map(({ product }) => product);
  }

  /** Those of the codes that neither the catalogue nor an event of the books has. */
  async unknownOf(products: readonly string[]): Promise<string[]> {
    const rows = await this.#rows<{ product: string }>(
      `select product from unnest($1::text[]) as given (product)
       where not exists (select from ${this.#schema}.products where products.product = given.product)
         and not exists (select from ${this.#schema}.events where events.product = given.product)`,
      [products],
    );
    return rows.map(({ product }) => product);
  }

  async #rows<Row extends object>(text: string, values: readonly unknown[]): Promise<Row[]> {
    const { rows } = await inBooks(this.#pool.query<Row>(text, [...values]));
    return rows;
  }
}
