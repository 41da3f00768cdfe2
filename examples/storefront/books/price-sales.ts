import type { Pool } from "pg";
import { inBooks } from "./errors.js";

/** A sale in the calendar of prices: another price of a product for a planned time. */
export interface PriceSale {
  readonly sale: string;
  readonly product: string;
  readonly amountMinor: number;
  /** Counted from the first delivery. 0: the sale is on at once. */
  readonly startsInMs: number;
  readonly lastsMs: number;
  readonly sequence: number;
}

/** The times of a planned sale, in milliseconds since 1970. */
export interface PriceSaleTimes {
  readonly startsAtMs: number;
  readonly endsAtMs: number;
}

const MS = (column: string) => `ceil(extract(epoch from ${column}) * 1000)::float8`;
const AFTER = (parameter: string) => `make_interval(secs => ${parameter}::float8 / 1000)`;

/** The planned sales. The first delivery of a sale fixes its times, so each delivery has the same. */
export class PriceSaleBook {
  readonly #pool: Pool;
  readonly #table: string;

  constructor(pool: Pool, schema: string) {
    this.#pool = pool;
    this.#table = `${schema}.price_sales`;
  }

  /** Inserts a sale once, and returns its times. `mismatch`: the first delivery had other content. */
  async plan(planned: PriceSale): Promise<PriceSaleTimes | "mismatch"> {
    const { sale, product, amountMinor, startsInMs, lastsMs, sequence } = planned;
    const content = [product, amountMinor, startsInMs, lastsMs, sequence];
    const insert = this.#pool.query(
      `insert into ${this.#table} (sale, product, amount_minor, starts_in_ms, lasts_ms, sequence, starts_at, ends_at)
       values ($1, $2, $3, $4::bigint, $5::bigint, $6, now() + ${AFTER("$4")}, now() + ${AFTER("$4")} + ${AFTER("$5")})
       on conflict (sale) do nothing`,
      [sale, ...content],
    );
    await inBooks(insert);
    const read = this.#pool.query<PriceSaleTimes & { isSame: boolean }>(
      `select ${MS("starts_at")} as "startsAtMs", ${MS("ends_at")} as "endsAtMs",
         (product, amount_minor, starts_in_ms, lasts_ms, sequence)
           = ($2, $3::integer, $4::bigint, $5::bigint, $6::bigint) as "isSame"
       from ${this.#table} where sale = $1`,
      [sale, ...content],
    );
    const { rows } = await inBooks(read);
    const [row] = rows;
    if (row === undefined) throw new Error("the sale was removed at the same moment");
    const { startsAtMs, endsAtMs, isSame } = row;
    return isSame ? { startsAtMs, endsAtMs } : "mismatch";
  }

  /** Records that a sale was ended before its time. Returns whether it is known. */
  async end(sale: string, product: string): Promise<boolean> {
    const { rowCount } = await inBooks(
      this.#pool.query(`update ${this.#table} set ended = true where sale = $1 and product = $2`, [
        sale,
        product,
      ]),
    );
    return rowCount === 1;
  }

  /** The sales of a product that have not ended, in the order of their starts. */
  async calendarOf(product: string): Promise<(PriceSaleTimes & { sale: string; amountMinor: number })[]> {
    const { rows } = await inBooks(
      this.#pool.query<PriceSaleTimes & { sale: string; amountMinor: number }>(
        `select sale, amount_minor as "amountMinor", ${MS("starts_at")} as "startsAtMs", ${MS("ends_at")} as "endsAtMs"
         from ${this.#table} where product = $1 and not ended and ends_at > now() order by starts_at, sale`,
        [product],
      ),
    );
    return rows;
  }

  /** The lowest price among the sales that are on, by product. */
  async pricesNow(): Promise<Map<string, number>> {
    const { rows } = await this.#pool.query<{ product: string; amountMinor: number }>(
      `select product, min(amount_minor)::float8 as "amountMinor" from ${this.#table}
       where not ended and starts_at <= now() and ends_at > now() group by product`,
    );
    return new Map(rows.map(({ product, amountMinor }) => [product, amountMinor]));
  }

  async sums(): Promise<PriceSaleSums> {
    const { rows } = await this.#pool.query<PriceSaleSums>(
      `select count(*)::float8 as planned, (count(*) filter (where ended))::float8 as ended from ${this.#table}`,
    );
    const [sums] = rows;
    if (sums === undefined) throw new Error("the books gave no sums of sales");
    return sums;
  }
}

/** The numbers of planned sales in the books. */
export interface PriceSaleSums {
  readonly planned: number;
  readonly ended: number;
}
