import type { Pool } from "pg";

/** An offer: another price of a product for a limited time. */
export interface Offer {
  readonly offer: string;
  readonly product: string;
  readonly amountMinor: number;
  /** Counted from the start of the offer. */
  readonly endsInMs: number;
}

export interface OfferState {
  readonly product: string;
  readonly state: "running" | "cancelled" | "expired";
  /** By PostgreSQL's clock, in milliseconds since 1970. */
  readonly endsMs: number;
}

const ENDS_MS = `ceil(extract(epoch from ends_at) * 1000)::float8 as "endsMs"`;
const AFTER = (parameter: string) => `make_interval(secs => ${parameter}::float8 / 1000)`;

/**
 * The shop's offers. The row of an offer decides about it. Its tracking in Redis only says when to
 * check the row.
 */
export class OfferBook {
  readonly #pool: Pool;
  readonly #table: string;

  constructor(pool: Pool, schema: string) {
    this.#pool = pool;
    this.#table = `${schema}.offers`;
  }

  /**
   * Inserts an offer once, and returns its row. `mismatch`: the first delivery had another product,
   * price or end. The unique name decides which delivery is the first, and these columns never
   * change.
   */
  async make(made: Offer): Promise<(OfferState & { repeated: boolean }) | "mismatch"> {
    const { offer, product, amountMinor, endsInMs } = made;
    const { rowCount } = await this.#pool.query(
      `insert into ${this.#table} (offer, product, amount_minor, ends_in_ms, ends_at)
       values ($1, $2, $3, $4::bigint, now() + ${AFTER("$4")}) on conflict (offer) do nothing`,
      [offer, product, amountMinor, endsInMs],
    );
    const { rows } = await this.#pool.query<OfferState & { isSame: boolean }>(
      `select product, state, ${ENDS_MS}, (product, amount_minor, ends_in_ms) = ($2, $3::integer, $4::bigint) as "isSame"
       from ${this.#table} where offer = $1`,
      [offer, product, amountMinor, endsInMs],
    );
    const [row] = rows;
    if (row === undefined) throw new Error("the offer was removed at the same moment");
    const { isSame, ...kept } = row;
    return isSame ? { ...kept, repeated: rowCount === 0 } : "mismatch";
  }

  async find(offer: string): Promise<OfferState | undefined> {
    const { rows } = await this.#pool.query<OfferState>(
      `select product, state, ${ENDS_MS} from ${this.#table} where offer = $1`,
      [offer],
    );
    return rows[0];
  }

  /** Moves the end of a running offer to `endsInMs` after its start. The end never moves back. */
  async extend(offer: string, endsInMs: number): Promise<void> {
    await this.#pool.query(
      `update ${this.#table} set ends_at = greatest(ends_at, started_at + ${AFTER("$2")}), extended = true
       where offer = $1 and state = 'running'`,
      [offer, endsInMs],
    );
  }

  async cancel(offer: string): Promise<void> {
    await this.#pool.query(
      `update ${this.#table} set state = 'cancelled' where offer = $1 and state = 'running'`,
      [offer],
    );
  }

  /**
   * Ends those of the offers whose time has come, each once, also if a claim is delivered twice.
   * `left` has the offers that end later, because they were extended or because PostgreSQL's clock is
   * behind. `products` are those of offers that have ended, now or in an earlier delivery.
   */
  async expire(
    offers: readonly string[],
    claim: string,
  ): Promise<{ left: { offer: string; leftMs: number }[]; products: string[] }> {
    const { rows } = await this.#pool.query<{ offer: string; product: string; leftMs: number }>(
      `with ended as (
         update ${this.#table} set state = 'expired', ended_by = $2
         where offer = any($1) and state = 'running' and ends_at <= now()
       )
       select offer, product, case when state = 'running' and ends_at > now()
         then ceil(extract(epoch from ends_at - now()) * 1000) else 0 end::float8 as "leftMs"
       from ${this.#table} where offer = any($1)`,
      [offers, claim],
    );
    return {
      left: rows.filter(({ leftMs }) => leftMs > 0),
      products: rows.filter(({ leftMs }) => leftMs === 0).map(({ product }) => product),
    };
  }

  /** The running ones among these offers. */
  async runningOf(offers: readonly string[]): Promise<Set<string>> {
    const { rows } = await this.#pool.query<{ offer: string }>(
      `select offer from ${this.#table} where offer = any($1) and state = 'running'`,
      [offers],
    );
    return new Set(rows.map(({ offer }) => offer));
  }

  /** One page of running offers, by name. */
  async running(after: string, limit: number): Promise<{ offer: string; endsMs: number }[]> {
    const { rows } = await this.#pool.query<{ offer: string; endsMs: number }>(
      `select offer, ${ENDS_MS} from ${this.#table} where state = 'running' and offer > $1 order by offer limit $2`,
      [after, limit],
    );
    return rows;
  }

  /**
   * Running offers that end within this time. A negative time selects offers that should have ended
   * before that time.
   */
  async ending(withinMs: number, limit: number): Promise<{ offer: string; endsMs: number }[]> {
    const { rows } = await this.#pool.query<{ offer: string; endsMs: number }>(
      `select offer, ${ENDS_MS} from ${this.#table}
       where state = 'running' and ends_at <= now() + ${AFTER("$1")} order by ends_at limit $2`,
      [withinMs, limit],
    );
    return rows;
  }

  async sums(): Promise<OfferSums> {
    const { rows } = await this.#pool.query<OfferSums>(
      `select
         count(*)::float8 as made,
         (count(*) filter (where extended))::float8 as extended,
         (count(*) filter (where state = 'cancelled'))::float8 as cancelled,
         (count(*) filter (where state = 'expired' and ended_by is not null))::float8 as expired,
         (count(*) filter (where state = 'running'))::float8 as running
       from ${this.#table}`,
    );
    const [sums] = rows;
    if (sums === undefined) throw new Error("the books gave no sums of offers");
    return sums;
  }
}

/** The numbers of offers in the books. */
export interface OfferSums {
  readonly made: number;
  readonly extended: number;
  readonly cancelled: number;
  readonly expired: number;
  readonly running: number;
}
