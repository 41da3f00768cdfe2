import { checkedScope } from "../client/index.js";
import { readFrom } from "../core/read-from.js";
import { outboxDefaults as defaults } from "./defaults.js";
import { type SharedNames, sharedNames } from "./names.js";
import {
  type AllInvalidation,
  type AnyInvalidation,
  type CacheInvalidation,
  type OutboxTarget,
  type PatternInvalidation,
  type TagInvalidation,
  targetsOf,
} from "./targets.js";
import { type OutboxTransaction, runnerOf } from "./transaction.js";

/** The outbox of invalidations in a database, as `createInvalidationOutbox` returns it. */
export interface InvalidationOutbox {
  /**
   * Writes an invalidation in your transaction. If the transaction commits, a relay delivers it, also
   * if this process dies. If it rolls back, nothing is delivered. Call it after the change of the row,
   * so that invalidations of one key have the order of their changes.
   *
   * ```ts
   * await inTransaction(pool, async (tx) => {
   *   await write(tx, lamp);
   *   await invalidations.enqueue(tx, { tenant: "acme", cache: products, fields: [{ product: "lamp" }] });
   *   await invalidations.enqueue(tx, { tenant: "acme", tags: ["brand:oslo"], soft: true });
   * });
   * ```
   *
   * The outbox cannot see whether a connection of pg is in a transaction.
   *
   * @param tx a transaction of pg, postgres.js, Drizzle, Prisma, Kysely or Knex
   * @throws ArgumentError for a pool, or an invalidation that could never be delivered
   */
  enqueue<Fields>(tx: OutboxTransaction, invalidation: CacheInvalidation<Fields>): Promise<void>;
  enqueue<const Pattern extends string>(
    tx: OutboxTransaction,
    invalidation: PatternInvalidation<Pattern>,
  ): Promise<void>;
  enqueue(tx: OutboxTransaction, invalidation: TagInvalidation | AllInvalidation): Promise<void>;
}

/**
 * Makes the outbox of one namespace. It needs no connection to Redis, and its table is one of those of
 * `createTables`.
 *
 * ```ts
 * const invalidations = createInvalidationOutbox(moonpath);
 * await inTransaction(pool, (tx) =>
 *   invalidations.enqueue(tx, {
 *     tenant: "acme",
 *     pattern: "product:<product>",
 *     fields: [{ product: "lamp" }],
 *   }),
 * );
 * ```
 *
 * @param client the client of the caches; `{ namespace: "shop" }` is enough
 * @throws ArgumentError for a namespace that is not valid
 */
export function createInvalidationOutbox(client: { readonly namespace: string }): InvalidationOutbox {
  const namespace = readFrom("client", () => client.namespace);
  checkedScope({ namespace, tenant: "any" });
  const names = sharedNames(namespace);
  return {
    async enqueue(tx: OutboxTransaction, invalidation: AnyInvalidation) {
      const run = runnerOf(tx);
      const targets = targetsOf(namespace, invalidation);
      for (let start = 0; start < targets.length; start += defaults.rowsAtOnce.value) {
        await run(insertOf(namespace, names, targets.slice(start, start + defaults.rowsAtOnce.value)));
      }
    },
  };
}

/**
 * A statement without parameters, because not every library can pass them. All that comes from the
 * caller is hexadecimal digits.
 *
 * A commit with a notification waits for all others that have one. So the statement notifies only if
 * the relay is idle. A busy relay does not become idle before the end of this transaction,
 * because that holds the lock too.
 *
 * The transaction's number is assigned before the number of the row; `ReadPosition` depends on it.
 */
function insertOf(
  namespace: string,
  { idleLock, channel }: SharedNames,
  targets: readonly OutboxTarget[],
): string {
  const rows = targets.map(({ settleMs, ...target }) => ({
    namespace,
    ...target,
    settleMs: settleMs ?? null,
  }));
  const hex = Buffer.from(JSON.stringify(rows)).toString("hex");
  return `with wake as materialized (
      select case when pg_try_advisory_xact_lock_shared(${idleLock}) then '' else pg_notify('${channel}', '')::text end as text
    ), own as materialized (select pg_current_xact_id() as xid, text from wake)
    insert into moonpath_invalidations (xid, namespace, tenant, kind, name, is_soft, settle_ms)
    select own.xid, namespace, tenant, kind, name, "isSoft", "settleMs"
    from own, jsonb_to_recordset(convert_from(decode('${hex}', 'hex'), 'UTF8')::jsonb)
      as target (namespace text, tenant text, kind text, name text, "isSoft" boolean, "settleMs" bigint)`;
}
