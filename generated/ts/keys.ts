// Generated from lua/keyspace.lua by moonpath-codegen. DO NOT EDIT.
import { checkedScope, type Scope } from "moonpath/client";
import * as types from "./types.js";

/**
 * A product's stock: a `level:` and a `seq:` field a warehouse, the `total` of the levels, and the
 * units `held` by reservations. Remove it only together with the product's reservations and
 * reservation-ends.
 *
 * `<namespace>:{<tenant>:<product>}:stock`, a hash; lives: until removed; never evicted.
 */
export function stock(scope: Scope, product: string): string {
  const { namespace, tenant } = checkedScope(scope);
  return `${namespace}:{${tenant}:${types.id.encode("product", product)}}:stock`;
}

/**
 * The answer that one adjustment of a product's stock was given, kept for when it is sent again.
 *
 * `<namespace>:{<tenant>:<product>}:stock-operation:<operation>`, a string; lives: remember_ms of
 * stock.adjust; never evicted.
 */
export function stockOperation(scope: Scope, product: string, operation: string): string {
  const { namespace, tenant } = checkedScope(scope);
  return `${namespace}:{${tenant}:${types.id.encode("product", product)}}:stock-operation:${types.operation.encode("operation", operation)}`;
}

/**
 * A product's reservations, by id: `held`, `committed`, `released` or `expired`, and the units, as
 * in `held 3`.
 *
 * `<namespace>:{<tenant>:<product>}:reservations`, a hash; lives: none; what is closed is forgotten
 * remember_ms later, by the next reserve or sweep; never evicted.
 */
export function reservations(scope: Scope, product: string): string {
  const { namespace, tenant } = checkedScope(scope);
  return `${namespace}:{${tenant}:${types.id.encode("product", product)}}:reservations`;
}

/**
 * A product's reservations, by the instant at which the lease of a held one ends, or a closed one
 * may be forgotten.
 *
 * `<namespace>:{<tenant>:<product>}:reservation-ends`, a zset; lives: none; see key.reservations;
 * never evicted.
 */
export function reservationEnds(scope: Scope, product: string): string {
  const { namespace, tenant } = checkedScope(scope);
  return `${namespace}:{${tenant}:${types.id.encode("product", product)}}:reservation-ends`;
}

/**
 * A product's prices in one currency: fields `base`, `base_seq`, `sale`, `sale_seq`, `sale_starts`,
 * `sale_ends`.
 *
 * `<namespace>:{<tenant>:<product>}:price:<currency>`, a hash; lives: until removed.
 */
export function price(scope: Scope, product: string, currency: string): string {
  const { namespace, tenant } = checkedScope(scope);
  return `${namespace}:{${tenant}:${types.id.encode("product", product)}}:price:${types.currency.encode("currency", currency)}`;
}

/**
 * Who holds a lock: fields `owner` and `fence`, and `waited` once somebody waits for it. The key
 * lives as long as the lease. A message on the channel of the same name wakes who waits.
 *
 * `<namespace>:{<tenant>:<lock>}:lock`, a hash; lives: lease_ms of lock.acquire and lock.renew;
 * never evicted.
 */
export function lock(scope: Scope, lock: string): string {
  const { namespace, tenant } = checkedScope(scope);
  return `${namespace}:{${tenant}:${types.id.encode("lock", lock)}}:lock`;
}

/**
 * The last fencing token that a lock gave out.
 *
 * `<namespace>:{<tenant>:<lock>}:lock-fence`, a string; lives: 1 day after the clock has passed the
 * token; never evicted.
 */
export function lockFence(scope: Scope, lock: string): string {
  const { namespace, tenant } = checkedScope(scope);
  return `${namespace}:{${tenant}:${types.id.encode("lock", lock)}}:lock-fence`;
}

/**
 * The operation that was the first to mark an event.
 *
 * `<namespace>:{<tenant>:<event>}:mark`, a string; lives: remember_ms of idempotency.mark; never
 * evicted.
 */
export function mark(scope: Scope, event: string): string {
  const { namespace, tenant } = checkedScope(scope);
  return `${namespace}:{${tenant}:${types.id.encode("event", event)}}:mark`;
}

/**
 * A request that runs or has run: fields `state` (running, done), `owner`, `fence`, `fingerprint`,
 * `lease_ends` while it runs, `reply` when it is done.
 *
 * `<namespace>:{<tenant>:<request>}:request`, a hash; lives: lease_ms of idempotency.begin and a
 * day while it runs, then remember_ms of idempotency.complete; never evicted.
 */
export function request(scope: Scope, request: string): string {
  const { namespace, tenant } = checkedScope(scope);
  return `${namespace}:{${tenant}:${types.id.encode("request", request)}}:request`;
}

/**
 * Items by the instant at which they are due. A message on the channel of the same name says that
 * one is due earlier than all before.
 *
 * `<namespace>:{<tenant>:<queue>}:due`, a zset; lives: until removed; never evicted.
 */
export function due(scope: Scope, queue: string): string {
  const { namespace, tenant } = checkedScope(scope);
  return `${namespace}:{${tenant}:${types.id.encode("queue", queue)}}:due`;
}

/**
 * Claimed items by the instant until which their worker has them.
 *
 * `<namespace>:{<tenant>:<queue>}:processing`, a zset; lives: until removed; never evicted.
 */
export function processing(scope: Scope, queue: string): string {
  const { namespace, tenant } = checkedScope(scope);
  return `${namespace}:{${tenant}:${types.id.encode("queue", queue)}}:processing`;
}

/**
 * How often an item that is due, claimed or dead has been claimed.
 *
 * `<namespace>:{<tenant>:<queue>}:attempts`, a hash; lives: until removed; never evicted.
 */
export function attempts(scope: Scope, queue: string): string {
  const { namespace, tenant } = checkedScope(scope);
  return `${namespace}:{${tenant}:${types.id.encode("queue", queue)}}:attempts`;
}

/**
 * Items that nobody works on any more, by the instant at which they were given up.
 *
 * `<namespace>:{<tenant>:<queue>}:dead`, a zset; lives: until removed; never evicted.
 */
export function dead(scope: Scope, queue: string): string {
  const { namespace, tenant } = checkedScope(scope);
  return `${namespace}:{${tenant}:${types.id.encode("queue", queue)}}:dead`;
}

/**
 * Why an item was given up.
 *
 * `<namespace>:{<tenant>:<queue>}:dead-reason`, a hash; lives: until removed; never evicted.
 */
export function deadReason(scope: Scope, queue: string): string {
  const { namespace, tenant } = checkedScope(scope);
  return `${namespace}:{${tenant}:${types.id.encode("queue", queue)}}:dead-reason`;
}

/**
 * The items that one claim holds, in the order in which they were handed out; under the empty name,
 * the end of its lease.
 *
 * `<namespace>:{<tenant>:<queue>}:claim:<claim>`, a zset; lives: lease_ms of expiry.claim; never
 * evicted.
 */
export function claim(scope: Scope, queue: string, claim: string): string {
  const { namespace, tenant } = checkedScope(scope);
  return `${namespace}:{${tenant}:${types.id.encode("queue", queue)}}:claim:${types.claim.encode("claim", claim)}`;
}

/**
 * Views not yet taken, by product.
 *
 * `<namespace>:{<tenant>:<shard>}:views`, a hash; lives: until removed; never evicted.
 */
export function views(scope: Scope, shard: string): string {
  const { namespace, tenant } = checkedScope(scope);
  return `${namespace}:{${tenant}:${types.id.encode("shard", shard)}}:views`;
}

/**
 * The batch of views that was taken and not yet acknowledged, by product; under the empty name, the
 * number of the batch before.
 *
 * `<namespace>:{<tenant>:<shard>}:views-batch`, a hash; lives: until removed; never evicted.
 */
export function viewsBatch(scope: Scope, shard: string): string {
  const { namespace, tenant } = checkedScope(scope);
  return `${namespace}:{${tenant}:${types.id.encode("shard", shard)}}:views-batch`;
}

/**
 * The number of the latest batch.
 *
 * `<namespace>:{<tenant>:<shard>}:views-sequence`, a string; lives: until removed; never evicted.
 */
export function viewsSequence(scope: Scope, shard: string): string {
  const { namespace, tenant } = checkedScope(scope);
  return `${namespace}:{${tenant}:${types.id.encode("shard", shard)}}:views-sequence`;
}

/**
 * Remembers that one addition of views was counted.
 *
 * `<namespace>:{<tenant>:<shard>}:views-operation:<operation>`, a string; lives: remember_ms of
 * views.add; never evicted.
 */
export function viewsOperation(scope: Scope, shard: string, operation: string): string {
  const { namespace, tenant } = checkedScope(scope);
  return `${namespace}:{${tenant}:${types.id.encode("shard", shard)}}:views-operation:${types.operation.encode("operation", operation)}`;
}

/**
 * Who viewed a product in a period, such as a day: a HyperLogLog, which counts them with an error
 * of about 1 %.
 *
 * `<namespace>:{<tenant>:<product>}:viewers:<period>`, a string; lives: remember_ms of views.visit.
 */
export function viewers(scope: Scope, product: string, period: string): string {
  const { namespace, tenant } = checkedScope(scope);
  return `${namespace}:{${tenant}:${types.id.encode("product", product)}}:viewers:${types.id.encode("period", period)}`;
}

/**
 * A job's last run: fields `run` (its name), `previous` (the run before), `fence`, `state`
 * (running, done, failed), `started`, `ended`, `note`.
 *
 * `<namespace>:{<tenant>:<job>}:job`, a hash; lives: until removed.
 */
export function job(scope: Scope, job: string): string {
  const { namespace, tenant } = checkedScope(scope);
  return `${namespace}:{${tenant}:${types.id.encode("job", job)}}:job`;
}
