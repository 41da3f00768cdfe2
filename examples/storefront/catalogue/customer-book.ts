import type { Pool } from "pg";
import { inBooks } from "../books/errors.js";

export interface User {
  readonly customer: string;
  readonly name: string;
  readonly version: number;
}

export interface Session {
  readonly session: string;
  readonly customer: string;
  readonly version: number;
  /** Milliseconds until its end when it was read. */
  readonly leftMs: number;
}

/** A customer's cart: units by product. */
export interface CustomerCart {
  readonly lines: Readonly<Record<string, number>>;
  readonly version: number;
}

export interface OrderSummary {
  readonly order: string;
  readonly customer: string;
  readonly state: "placed" | "sold" | "refused";
  readonly lines: number;
  readonly units: number;
  readonly amountMinor: number;
}

/** The rows of customers. */
export class CustomerBook {
  readonly #pool: Pool;
  readonly #schema: string;

  constructor(pool: Pool, schema: string) {
    this.#pool = pool;
    this.#schema = schema;
  }

  /** The users of these names, in their order. */
  async users(customers: readonly string[]): Promise<(User | undefined)[]> {
    const rows = await this.#rows<User>(
      `select customer, name, version from ${this.#schema}.users where customer = any($1)`,
      [customers],
    );
    const found = new Map(rows.map((row) => [row.customer, row]));
    return customers.map((customer) => found.get(customer));
  }

  async setUser(customer: string, name: string): Promise<User> {
    return this.#row<User>(
      `insert into ${this.#schema}.users (customer, name) values ($1, $2)
       on conflict (customer) do update set name = excluded.name, version = users.version + 1
       returning customer, name, version`,
      [customer, name],
    );
  }

  async session(session: string): Promise<Session | undefined> {
    const [row] = await this.#rows<Session>(
      `select session, customer, version,
         floor(extract(epoch from ends_at - clock_timestamp()) * 1000)::float8 as "leftMs"
       from ${this.#schema}.sessions where session = $1 and ends_at > clock_timestamp()`,
      [session],
    );
    return row;
  }

  /** Starts a session. Undefined: there is one of this name that has not ended. */
  async startSession(session: string, customer: string, forMs: number): Promise<Session | undefined> {
    const [row] = await this.#rows<Session>(
      `insert into ${this.#schema}.sessions as known (session, customer, ends_at)
       values ($1, $2, clock_timestamp() + make_interval(secs => $3::float8 / 1000))
       on conflict (session) do update set customer = excluded.customer, ends_at = excluded.ends_at,
         version = known.version + 1 where known.ends_at <= clock_timestamp()
       returning session, customer, version, $3::float8 as "leftMs"`,
      [session, customer, forMs],
    );
    return row;
  }

  async cart(customer: string): Promise<CustomerCart> {
    const [row] = await this.#rows<CustomerCart>(
      `select lines, version from ${this.#schema}.customer_carts where customer = $1`,
      [customer],
    );
    return row ?? { lines: {}, version: 0 };
  }

  /** Sets the units of one product. 0 removes its line. */
  async setCartLine(customer: string, product: string, units: number): Promise<CustomerCart> {
    return this.#row<CustomerCart>(
      `insert into ${this.#schema}.customer_carts as carts (customer, lines)
       values ($1, jsonb_strip_nulls(jsonb_build_object($2::text, nullif($3::integer, 0))))
       on conflict (customer) do update set
         lines = jsonb_strip_nulls(carts.lines || jsonb_build_object($2::text, nullif($3::integer, 0))),
         version = carts.version + 1, changed_at = now()
       returning lines, version`,
      [customer, product, units],
    );
  }

  async order(order: string): Promise<OrderSummary | undefined> {
    const [row] = await this.#rows<OrderSummary>(
      `select order_name as "order", customer, state, count(*)::float8 as lines,
         sum(units)::float8 as units, sum(units::bigint * price_minor)::float8 as "amountMinor"
       from ${this.#schema}.orders join ${this.#schema}.order_lines using (order_name)
       where order_name = $1 group by order_name`,
      [order],
    );
    return row;
  }

  /** Deletes sessions that have ended, and carts that nobody has changed for so long. */
  async cleanUp(cartsOlderThanMs: number): Promise<{ sessions: number; carts: number }> {
    const sessions = await this.#rows(
      `delete from ${this.#schema}.sessions where ends_at <= now() returning 1`,
      [],
    );
    const carts = await this.#rows(
      `delete from ${this.#schema}.customer_carts
       where changed_at < now() - make_interval(secs => $1::float8 / 1000) returning 1`,
      [cartsOlderThanMs],
    );
    return { sessions: sessions.length, carts: carts.length };
  }

  async #row<Row extends object>(text: string, values: readonly unknown[]): Promise<Row> {
    const [row] = await this.#rows<Row>(text, values);
    if (row === undefined) throw new Error("the statement returned no row");
    return row;
  }

  async #rows<Row extends object>(text: string, values: readonly unknown[]): Promise<Row[]> {
    const { rows } = await inBooks(this.#pool.query<Row>(text, [...values]));
    return rows;
  }
}
