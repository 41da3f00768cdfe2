import type { Database } from "../postgres/index.js";
import { webhookDefaults as defaults } from "./defaults.js";

/** A webhook that this sender delivers. */
export interface ClaimedWebhook {
  readonly id: bigint;
  readonly message: string;
  readonly body: string;
  /** With this one. */
  readonly attempts: number;
  /** The number of this claim: another sender has claimed the row since, if it is higher in the table. */
  readonly claims: bigint;
}

/** A webhook that the sender has stopped to try. */
export interface WebhookDeadLetter {
  /** The number of its row in `moonpath_webhooks`. */
  readonly id: bigint;
  readonly endpoint: string;
  /** The name of the message. */
  readonly message: string;
  readonly attempts: number;
  /** The name and code of the last error. */
  readonly reason: string;
  readonly deadAt: Date;
}

/** Which dead letters. Default: all. */
export interface DeadLetterFilter {
  readonly endpoint?: string | undefined;
  readonly ids?: readonly bigint[] | undefined;
}

/** What waits in the outbox. Every process gets the same. */
export interface StoredWebhooks {
  /** How many webhooks wait, at most 100,000. */
  readonly depth: number;
  /** The age of the oldest of them in milliseconds; undefined without one. */
  readonly oldestMs: number | undefined;
  /** How many of them have failed before. */
  readonly retrying: number;
  /** How many are dead letters, at most 100,000. */
  readonly dead: number;
}

/** The rows of one namespace. */
export class WebhookRows {
  readonly #db: Database;
  readonly #namespace: string;

  constructor(db: Database, namespace: string) {
    this.#db = db;
    this.#namespace = namespace;
  }

  /** Claims due webhooks of an endpoint. They are due again after `leaseMs`, if this process dies. */
  async claim(endpoint: string, limit: number, leaseMs: number): Promise<readonly ClaimedWebhook[]> {
    const { rows } = await this.#db.query(
      `with due as (
        select id from moonpath_webhooks
        where namespace = $1 and endpoint = $2 and dead_at is null and due_at <= clock_timestamp()
        order by due_at, id limit $3 for update skip locked
      )
      update moonpath_webhooks as webhook
      set claims = claims + 1, attempts = attempts + 1,
        due_at = clock_timestamp() + $4::bigint * interval '1 millisecond'
      from due where webhook.namespace = $1 and webhook.id = due.id
      returning webhook.id, message, body, attempts, claims`,
      [this.#namespace, endpoint, limit, leaseMs],
    );
    return rows
      .map((row) => ({
        id: bigintIn(row, "id"),
        message: textIn(row, "message"),
        body: textIn(row, "body"),
        attempts: Number(bigintIn(row, "attempts")),
        claims: bigintIn(row, "claims"),
      }))
      .sort((one, other) => (one.id < other.id ? -1 : 1));
  }

  async delivered({ id, claims }: ClaimedWebhook): Promise<void> {
    await this.#db.query("delete from moonpath_webhooks where namespace = $1 and id = $2 and claims = $3", [
      this.#namespace,
      String(id),
      String(claims),
    ]);
  }

  async retryLater({ id, claims }: ClaimedWebhook, delayMs: number, reason: string): Promise<void> {
    await this.#db.query(
      `update moonpath_webhooks set error = $4, due_at = clock_timestamp() + $5::bigint * interval '1 millisecond'
      where namespace = $1 and id = $2 and claims = $3`,
      [this.#namespace, String(id), String(claims), reason, delayMs],
    );
  }

  /** The attempt was ended by `stop()`, so it does not count. */
  async giveBack({ id, claims }: ClaimedWebhook): Promise<void> {
    await this.#db.query(
      `update moonpath_webhooks set attempts = attempts - 1, due_at = clock_timestamp()
      where namespace = $1 and id = $2 and claims = $3`,
      [this.#namespace, String(id), String(claims)],
    );
  }

  /** False if another sender has the row. */
  async setAside({ id, claims }: ClaimedWebhook, reason: string): Promise<boolean> {
    const { rows } = await this.#db.query(
      `update moonpath_webhooks set error = $4, dead_at = clock_timestamp()
      where namespace = $1 and id = $2 and claims = $3 returning id`,
      [this.#namespace, String(id), String(claims), reason],
    );
    return rows.length > 0;
  }

  async deadLetters(): Promise<readonly WebhookDeadLetter[]> {
    const { rows } = await this.#db.query(
      `select id, endpoint, message, attempts, error, extract(epoch from dead_at) * 1000 as dead_ms
      from moonpath_webhooks where namespace = $1 and dead_at is not null order by id limit $2`,
      [this.#namespace, defaults.maxListed.value],
    );
    return rows.map((row) => ({
      id: bigintIn(row, "id"),
      endpoint: textIn(row, "endpoint"),
      message: textIn(row, "message"),
      attempts: Number(bigintIn(row, "attempts")),
      reason: textIn(row, "error"),
      deadAt: new Date(Number(fieldOf(row, "dead_ms"))),
    }));
  }

  /** Makes dead letters due with all their attempts. Returns how many. */
  redrive(filter: DeadLetterFilter): Promise<number> {
    return this.#count(
      "update moonpath_webhooks set dead_at = null, attempts = 0, due_at = clock_timestamp()",
      filter,
    );
  }

  /** Deletes dead letters. Returns how many. */
  discard(filter: DeadLetterFilter): Promise<number> {
    return this.#count("delete from moonpath_webhooks", filter);
  }

  async status(): Promise<StoredWebhooks> {
    const { rows } = await this.#db.query(
      `select count(*) filter (where dead_at is null) as depth, count(*) filter (where dead_at is not null) as dead,
        count(*) filter (where dead_at is null and error is not null) as retrying,
        extract(epoch from clock_timestamp() - min(enqueued_at) filter (where dead_at is null)) * 1000 as oldest_ms
      from (select * from moonpath_webhooks where namespace = $1 order by id limit $2) as webhook`,
      [this.#namespace, defaults.maxCounted.value],
    );
    const oldestMs = fieldOf(rows[0], "oldest_ms");
    return {
      depth: Number(bigintIn(rows[0], "depth")),
      oldestMs: oldestMs === null ? undefined : Math.max(0, Math.round(Number(oldestMs))),
      retrying: Number(bigintIn(rows[0], "retrying")),
      dead: Number(bigintIn(rows[0], "dead")),
    };
  }

  async #count(statement: string, { endpoint, ids }: DeadLetterFilter): Promise<number> {
    const { rows } = await this.#db.query(
      `with changed as (
        ${statement} where namespace = $1 and dead_at is not null
          and ($2::text is null or endpoint = $2) and ($3::bigint[] is null or id = any($3::bigint[]))
        returning id
      ) select count(*) as count from changed`,
      [this.#namespace, endpoint ?? null, ids ? ids.map(String) : null],
    );
    return Number(bigintIn(rows[0], "count"));
  }
}

function fieldOf(row: unknown, name: string): unknown {
  return typeof row === "object" && row !== null ? Reflect.get(row, name) : undefined;
}

/** pg returns a bigint as text. */
function bigintIn(row: unknown, name: string): bigint {
  const value = fieldOf(row, name);
  if (typeof value === "string" || typeof value === "number" || typeof value === "bigint")
    return BigInt(value);
  throw new Error(`PostgreSQL returned no number ${name}`);
}

function textIn(row: unknown, name: string): string {
  const value = fieldOf(row, name);
  if (typeof value === "string") return value;
  throw new Error(`PostgreSQL returned no text ${name}`);
}
