// Generated from lua/keyspace.lua by moonpath-codegen. DO NOT EDIT.
import { checkedName, checkedScope, type Scope, slotTag, tagOfSlot } from "moonpath/client";
import * as types from "./types.js";

/**
 * The stock of a product: for each warehouse its level as `level:<warehouse>` and its latest event
 * as `event:<warehouse>`, the `total` of the levels, and the units `held` by reservations.
 * `prepared` is the part of `held` whose carts are being committed. An event such as `17 10` is the
 * sequence and the base: the level minus the base is the running sum of sales and returns. A
 * reservation whose lease has ended stays in `held` until a reserve, a sweep or a release ends it.
 * Without `total`, the product has no stock, and forgotten reservations may hold units. A watched
 * product has `watch`, as in `17 3`: the sequence of its event, and low. A message on the channel
 * with the same name reports a change of its status. Remove a product with stock.forget.
 *
 * `<namespace>:{<tenant>:<product>}:stock`, a hash; lives: until removed; never evicted.
 */
export function stock(scope: Scope, product: string): string {
  const { namespace, tenant } = checkedScope(scope);
  return `${namespace}:{${tenant}:${types.id.encode("product", product)}}:stock`;
}

/**
 * The last sequences of warehouses that have no level: forgotten ones, and those of events that
 * were "full". So a late event changes nothing. The field with a tab and `watch` has that of a
 * product that is no longer watched. Each warehouse that an event names has a field, so the size
 * depends on the callers.
 *
 * `<namespace>:{<tenant>:<product>}:past-sequences`, a hash; lives: 660,000 ms after the last event
 * that wrote or met a sequence; all fields end together; never evicted.
 */
export function pastSequences(scope: Scope, product: string): string {
  const { namespace, tenant } = checkedScope(scope);
  return `${namespace}:{${tenant}:${types.id.encode("product", product)}}:past-sequences`;
}

/**
 * The answer of one adjustment of a product's stock: its outcome, total and available units, then
 * the change, `yes` with backorder, and the warehouse, as in `adjusted 4 4 -8 no berlin`. The
 * script returns it if the same operation is sent again.
 *
 * `<namespace>:{<tenant>:<product>}:stock-operation:<operation>`, a string; lives: remember_ms of
 * stock.adjust; without stock, at most 660,000 ms; never evicted.
 */
export function stockOperation(scope: Scope, product: string, operation: string): string {
  const { namespace, tenant } = checkedScope(scope);
  return `${namespace}:{${tenant}:${types.id.encode("product", product)}}:stock-operation:${types.operation.encode("operation", operation)}`;
}

/**
 * The reservations of a product, by id: the state, the units and a time, as in `held 3
 * 1767225600000`. The state is `held`, `prepared`, `committed`, `released` or `expired`. The time
 * is the end of the lease of a held or prepared one; a closed one may be removed then. A fourth
 * number is the fence of a cart's attempt. A prepared reservation has that of the present attempt,
 * and a committed one that of the attempt that sold it. Any other has the highest fence that is
 * over.
 *
 * `<namespace>:{<tenant>:<product>}:reservations`, a hash; lives: no TTL: a later sweep or reserve
 * removes a closed reservation after remember_ms; never evicted.
 */
export function reservations(scope: Scope, product: string): string {
  const { namespace, tenant } = checkedScope(scope);
  return `${namespace}:{${tenant}:${types.id.encode("product", product)}}:reservations`;
}

/**
 * The held reservations of a product, by the end of their lease.
 *
 * `<namespace>:{<tenant>:<product>}:reservation-ends`, a zset; lives: no TTL: a commit, a release
 * or the end of the lease removes each entry; never evicted.
 */
export function reservationEnds(scope: Scope, product: string): string {
  const { namespace, tenant } = checkedScope(scope);
  return `${namespace}:{${tenant}:${types.id.encode("product", product)}}:reservation-ends`;
}

/**
 * The closed reservations of a product (committed, released or expired), by the time at which they
 * may be removed.
 *
 * `<namespace>:{<tenant>:<product>}:closed-reservations`, a zset; lives: no TTL: a later sweep or
 * reserve removes each entry together with its reservation in `reservations`; never evicted.
 */
export function closedReservations(scope: Scope, product: string): string {
  const { namespace, tenant } = checkedScope(scope);
  return `${namespace}:{${tenant}:${types.id.encode("product", product)}}:closed-reservations`;
}

/**
 * Why one call of reserve held no units: the outcome, the available units, the units and the
 * reservation, as in `refused 2 3 cart-1`. With `replaces` or `backorder` there are a tab, the old
 * reservation, a tab, and the word `backorder`. So a late copy of the call holds none either.
 *
 * `<namespace>:{<tenant>:<product>}:reserve-operation:<operation>`, a string; lives: remember_ms of
 * stock.reserve, at most 660,000 ms; never evicted.
 */
export function reserveOperation(scope: Scope, product: string, operation: string): string {
  const { namespace, tenant } = checkedScope(scope);
  return `${namespace}:{${tenant}:${types.id.encode("product", product)}}:reserve-operation:${types.operation.encode("operation", operation)}`;
}

/**
 * Why one call of commit sold no units: the outcome, the reservation, a tab, and the warehouse if
 * there was one, as in `short cart-1\tberlin`. With `retake` or `backorder` there are a tab and
 * that word. `shortfall=2` is a shortfall of 2 units. So a late copy of the call sells none either.
 *
 * `<namespace>:{<tenant>:<product>}:commit-operation:<operation>`, a string; lives: remember_ms of
 * stock.commit, at most 660,000 ms; never evicted.
 */
export function commitOperation(scope: Scope, product: string, operation: string): string {
  const { namespace, tenant } = checkedScope(scope);
  return `${namespace}:{${tenant}:${types.id.encode("product", product)}}:commit-operation:${types.operation.encode("operation", operation)}`;
}

/**
 * The answer of one call of resize: the outcome, the available units, the units, from_units or 0,
 * `yes` with backorder, and the reservation, as in `resized 7 5 0 no cart-1`. A late copy of the
 * call returns it and changes nothing.
 *
 * `<namespace>:{<tenant>:<product>}:resize-operation:<operation>`, a string; lives: remember_ms of
 * stock.resize; without a live hold, at most 660,000 ms; never evicted.
 */
export function resizeOperation(scope: Scope, product: string, operation: string): string {
  const { namespace, tenant } = checkedScope(scope);
  return `${namespace}:{${tenant}:${types.id.encode("product", product)}}:resize-operation:${types.operation.encode("operation", operation)}`;
}

/**
 * Why one call of release changed nothing: the outcome and the reservation, as in `unknown cart-1`.
 * So a late copy of the call changes nothing either. `released` says that an earlier call did it.
 *
 * `<namespace>:{<tenant>:<product>}:release-operation:<operation>`, a string; lives: remember_ms of
 * stock.release, at most 660,000 ms; never evicted.
 */
export function releaseOperation(scope: Scope, product: string, operation: string): string {
  const { namespace, tenant } = checkedScope(scope);
  return `${namespace}:{${tenant}:${types.id.encode("product", product)}}:release-operation:${types.operation.encode("operation", operation)}`;
}

/**
 * The answer of one call of forget: the outcome and the number of released reservations, as in
 * `forgotten 2`. So a late copy of the call removes no new stock.
 *
 * `<namespace>:{<tenant>:<product>}:forget-operation:<operation>`, a string; lives: remember_ms of
 * stock.forget; never evicted.
 */
export function forgetOperation(scope: Scope, product: string, operation: string): string {
  const { namespace, tenant } = checkedScope(scope);
  return `${namespace}:{${tenant}:${types.id.encode("product", product)}}:forget-operation:${types.operation.encode("operation", operation)}`;
}

/**
 * The products of a slot with reservations, as `tenant:product`, by the time at which the next held
 * lease of the product ends, or a closed reservation may be removed. A later sweep corrects a time
 * that is too early. A message on the channel with the same name says from when on a sweep is
 * needed, if that is earlier than before. If you purge a tenant, remove its members.
 *
 * `<namespace>:{<slot of tenant, product>}:slot-due`, a zset; lives: until removed; never evicted.
 */
export function slotDue(scope: Scope, product: string): string {
  const { namespace, tenant } = checkedScope(scope);
  return `${namespace}:{${slotTag(`${tenant}:${types.id.encode("product", product)}`)}}:slot-due`;
}

/** The key of `slotDue` for a slot of Redis Cluster, 0 to 16,383. */
export function slotDueInSlot(namespace: string, slot: number): string {
  return `${checkedName("namespace", namespace)}:{${tagOfSlot(slot)}}:slot-due`;
}

/**
 * The reservations of a slot whose carts are being committed, as `tenant:product`, a tab, and the
 * reservation, by the time at which a worker asks how the cart was decided. If you purge a tenant,
 * remove its members.
 *
 * `<namespace>:{<slot of tenant, product>}:slot-prepared`, a zset; lives: until removed; never
 * evicted.
 */
export function slotPrepared(scope: Scope, product: string): string {
  const { namespace, tenant } = checkedScope(scope);
  return `${namespace}:{${slotTag(`${tenant}:${types.id.encode("product", product)}`)}}:slot-prepared`;
}

/** The key of `slotPrepared` for a slot of Redis Cluster, 0 to 16,383. */
export function slotPreparedInSlot(namespace: string, slot: number): string {
  return `${checkedName("namespace", namespace)}:{${tagOfSlot(slot)}}:slot-prepared`;
}

/**
 * Why one call of prepare changed nothing: the outcome, the missing units, the arguments and the
 * reservation, as in `shortfall 2 3 1767225600000000 yes cart-1`. So a late copy of the call
 * changes nothing either.
 *
 * `<namespace>:{<tenant>:<product>}:prepare-operation:<operation>`, a string; lives: remember_ms of
 * stock.prepare, at most 660,000 ms; never evicted.
 */
export function prepareOperation(scope: Scope, product: string, operation: string): string {
  const { namespace, tenant } = checkedScope(scope);
  return `${namespace}:{${tenant}:${types.id.encode("product", product)}}:prepare-operation:${types.operation.encode("operation", operation)}`;
}

/**
 * The decision about a cart: `state` (undecided, committed, aborted), the `fence` of its attempt,
 * its `deadline_ms`, the numbers of `lines`, of `open` and of `set_aside` ones, and `remember_ms`.
 * Each line has a field `line:<product>`, as in `2 open`: its units, and `open`, `finished`,
 * `set_aside` or `discarded`.
 *
 * `<namespace>:{<tenant>:<cart>}:cart`, a hash; lives: none while a line is open or set aside; then
 * remember_ms of cart.begin, at least 660,000 ms; never evicted.
 */
export function cartRecord(scope: Scope, cart: string): string {
  const { namespace, tenant } = checkedScope(scope);
  return `${namespace}:{${tenant}:${types.id.encode("cart", cart)}}:cart`;
}

/**
 * Shows that an operation has begun an attempt to commit a cart, as in `begun 1767225600000000`,
 * with its fence, or that it was `busy`, `already_committed` or a `mismatch`. Of set_aside, it has
 * the answer and the arguments, as in `set_aside 1767225600000000 lamp`.
 *
 * `<namespace>:{<tenant>:<cart>}:cart-operation:<operation>`, a string; lives: 660,000 ms; never
 * evicted.
 */
export function cartOperation(scope: Scope, cart: string, operation: string): string {
  const { namespace, tenant } = checkedScope(scope);
  return `${namespace}:{${tenant}:${types.id.encode("cart", cart)}}:cart-operation:${types.operation.encode("operation", operation)}`;
}

/**
 * The carts of a slot with a record that is undecided or has open lines, as `tenant:cart`, by the
 * time at which a worker looks at them. A message on the channel with the same name says from when
 * on. If you purge a tenant, remove its members.
 *
 * `<namespace>:{<slot of tenant, cart>}:slot-carts`, a zset; lives: until removed; never evicted.
 */
export function slotCarts(scope: Scope, cart: string): string {
  const { namespace, tenant } = checkedScope(scope);
  return `${namespace}:{${slotTag(`${tenant}:${types.id.encode("cart", cart)}`)}}:slot-carts`;
}

/** The key of `slotCarts` for a slot of Redis Cluster, 0 to 16,383. */
export function slotCartsInSlot(namespace: string, slot: number): string {
  return `${checkedName("namespace", namespace)}:{${tagOfSlot(slot)}}:slot-carts`;
}

/**
 * The carts of a slot with a line that is set aside, as `tenant:cart`: the time and the reason. An
 * example is `1700000000000 lamp: shortfall`. If you purge a tenant, remove its fields.
 *
 * `<namespace>:{<slot of tenant, cart>}:slot-dead-carts`, a hash; lives: until removed; never
 * evicted.
 */
export function slotDeadCarts(scope: Scope, cart: string): string {
  const { namespace, tenant } = checkedScope(scope);
  return `${namespace}:{${slotTag(`${tenant}:${types.id.encode("cart", cart)}`)}}:slot-dead-carts`;
}

/** The key of `slotDeadCarts` for a slot of Redis Cluster, 0 to 16,383. */
export function slotDeadCartsInSlot(namespace: string, slot: number): string {
  return `${checkedName("namespace", namespace)}:{${tagOfSlot(slot)}}:slot-dead-carts`;
}

/**
 * The products of a slot that a worker could not sweep, as `tenant:product`: the time and the
 * reason, as in `1700000000000 CORRUPT held`. If you purge a tenant, remove its fields.
 *
 * `<namespace>:{<slot of tenant, product>}:slot-dead`, a hash; lives: until removed; never evicted.
 */
export function slotDead(scope: Scope, product: string): string {
  const { namespace, tenant } = checkedScope(scope);
  return `${namespace}:{${slotTag(`${tenant}:${types.id.encode("product", product)}`)}}:slot-dead`;
}

/** The key of `slotDead` for a slot of Redis Cluster, 0 to 16,383. */
export function slotDeadInSlot(namespace: string, slot: number): string {
  return `${checkedName("namespace", namespace)}:{${tagOfSlot(slot)}}:slot-dead`;
}

/**
 * The workers that share the slots of a namespace, by the end of their lease. One that left has
 * minus the time until which it is remembered. A message on the channel with the same name reports
 * a worker that joined or left. The tenant is `moonpath`, because the workers serve all tenants.
 *
 * `<namespace>:{<tenant>:<group>}:workers`, a zset; lives: 22 minutes after the last call of
 * slot.join or slot.leave that wrote; never evicted.
 */
export function workers(scope: Scope, group: string): string {
  const { namespace, tenant } = checkedScope(scope);
  return `${namespace}:{${tenant}:${types.id.encode("group", group)}}:workers`;
}

/**
 * The prices of a product in one currency. `base` and `base_seq` are the base price and the
 * sequence of its event. Each sale has a field `sale:<name>`, as in `1499 from 0 to 9000 seq 7`.
 * For 10 minutes after its end it stays, or it is `ended at 9000 seq 8`. `refused at 9000 seq 9` is
 * an event that found no room. `forgotten_seq` is the highest sequence of the sales that were
 * forgotten. `calendar` says which sale is on, as the next event of a sale writes it anew from
 * these fields. Each of its lines has a start, an end, a price and a name.
 *
 * `<namespace>:{<tenant>:<product>}:price:<currency>`, a hash; lives: until removed; never evicted.
 */
export function price(scope: Scope, product: string, currency: string): string {
  const { namespace, tenant } = checkedScope(scope);
  return `${namespace}:{${tenant}:${types.id.encode("product", product)}}:price:${types.currency.encode("currency", currency)}`;
}

/**
 * A coupon, or a quota of each customer. `rules` has the limits, the window, the sequence of the
 * event that set them, and after `life` when the coupon was made, in microseconds. An example is
 * `limit 100 each 1 from 0 to 8640000000000000 seq 7 life 1767225600000000`. `redeemed` has the
 * units in all. Each customer with units has a field `customer:<customer>`, so the size depends on
 * the number of customers. With more than about 10,000 of them, set `lazyfree-lazy-expire yes`,
 * because the end of such a key stops the server: for about 20 ms with 100,000.
 *
 * `<namespace>:{<tenant>:<coupon>}:coupon`, a hash; lives: until 660,000 ms after until_ms of
 * coupon.set, or after the call if that is later; none without until_ms; never evicted.
 */
export function coupon(scope: Scope, coupon: string): string {
  const { namespace, tenant } = checkedScope(scope);
  return `${namespace}:{${tenant}:${types.id.encode("coupon", coupon)}}:coupon`;
}

/**
 * The answer of one redemption: the outcome, its units, what then remained in all and for the
 * customer, when the coupon was made, and the customer, as in `redeemed 1 92 0 1767225600000000
 * ada`. The outcome becomes `released`. `cancelled` alone is a release that came before its
 * redemption.
 *
 * `<namespace>:{<tenant>:<coupon>}:coupon-redemption:<redemption>`, a string; lives: remember_ms of
 * coupon.redeem, at most 660,000 ms after a refusal; at least 660,000 ms after coupon.release;
 * never evicted.
 */
export function couponRedemption(scope: Scope, coupon: string, redemption: string): string {
  const { namespace, tenant } = checkedScope(scope);
  return `${namespace}:{${tenant}:${types.id.encode("coupon", coupon)}}:coupon-redemption:${types.id.encode("redemption", redemption)}`;
}

/**
 * A lock, as one text: `<fence> <lease_ends_ms> <state> <owner>` of the last hold. The state is
 * `held`; `waited` after a caller has begun to wait; or `released`. The lock is free if it is
 * released or if Redis's clock has reached the end of the lease. The text stays, because the next
 * fence must be higher. A message on the channel with the same name wakes the callers that wait.
 *
 * `<namespace>:{<tenant>:<lock>}:lock`, a string; lives: until 660,000 ms after the lease ends or
 * lock.release ends it, or after the time of the fence if that is ahead of Redis's clock; never
 * evicted.
 */
export function lock(scope: Scope, lock: string): string {
  const { namespace, tenant } = checkedScope(scope);
  return `${namespace}:{${tenant}:${types.id.encode("lock", lock)}}:lock`;
}

/**
 * Shows that an owner has held a lock, or has given up: the fence, or `busy` or `ended`. It cannot
 * acquire the lock any more.
 *
 * `<namespace>:{<tenant>:<lock>}:lock-owner:<owner>`, a string; lives: until 660,000 ms after the
 * lease ends; without a lease, 660,000 ms; never evicted.
 */
export function lockOwner(scope: Scope, lock: string, owner: string): string {
  const { namespace, tenant } = checkedScope(scope);
  return `${namespace}:{${tenant}:${types.id.encode("lock", lock)}}:lock-owner:${types.id.encode("owner", owner)}`;
}

/**
 * The operation that first marked an event.
 *
 * `<namespace>:{<tenant>:<event>}:mark`, a string; lives: remember_ms of idempotency.mark; never
 * evicted.
 */
export function mark(scope: Scope, event: string): string {
  const { namespace, tenant } = checkedScope(scope);
  return `${namespace}:{${tenant}:${types.id.encode("event", event)}}:mark`;
}

/**
 * A request: fields `state` (running, done), `owner` (its runner), `fence`, `payload_hash` and
 * `lease_ends_ms`; a done request has `reply` too. After idempotency.fail, only `fence` stays.
 *
 * `<namespace>:{<tenant>:<request>}:request`, a hash; lives: until 1 day after the lease ends, also
 * after idempotency.fail; after completion, remember_ms of idempotency.complete; never evicted.
 */
export function request(scope: Scope, request: string): string {
  const { namespace, tenant } = checkedScope(scope);
  return `${namespace}:{${tenant}:${types.id.encode("request", request)}}:request`;
}

/**
 * Shows that a runner has had a request, or has given up: the fence, or `busy`, `mismatch` or
 * `ended`. It cannot begin the request any more.
 *
 * `<namespace>:{<tenant>:<request>}:request-owner:<owner>`, a string; lives: until 660,000 ms after
 * the lease ends; without a lease, 660,000 ms; never evicted.
 */
export function requestOwner(scope: Scope, request: string, owner: string): string {
  const { namespace, tenant } = checkedScope(scope);
  return `${namespace}:{${tenant}:${types.id.encode("request", request)}}:request-owner:${types.id.encode("owner", owner)}`;
}

/**
 * The number of shards of a queue, chosen by the first call of expiry.open that passes one. The
 * tenant is `moonpath`, because the number holds for the queue of all tenants.
 *
 * `<namespace>:{<tenant>:<queue>}:shards`, a string; lives: until removed; never evicted.
 */
export function shards(scope: Scope, queue: string): string {
  const { namespace, tenant } = checkedScope(scope);
  return `${namespace}:{${tenant}:${types.queue.encode("queue", queue)}}:shards`;
}

/**
 * The shards of a queue in a slot, as `tenant:queue:shard`, by the earliest time at which an item
 * of the shard is due or a lease ends. expiry.claim corrects a time that is too early. A message on
 * the channel with the same name tells workers of a time that they may not know. If you purge a
 * tenant, remove its members.
 *
 * `<namespace>:{<slot of tenant, queue, queue_shard>}:slot-queue:<queue>`, a zset; lives: until
 * removed; never evicted.
 */
export function slotQueue(scope: Scope, queue: string, queueShard: string): string {
  const { namespace, tenant } = checkedScope(scope);
  return `${namespace}:{${slotTag(`${tenant}:${types.queue.encode("queue", queue)}:${types.queueShard.encode("queueShard", queueShard)}`)}}:slot-queue:${types.queue.encode("queue", queue)}`;
}

/** The key of `slotQueue` for a slot of Redis Cluster, 0 to 16,383. */
export function slotQueueInSlot(namespace: string, slot: number, queue: string): string {
  return `${checkedName("namespace", namespace)}:{${tagOfSlot(slot)}}:slot-queue:${types.queue.encode("queue", queue)}`;
}

/**
 * Items by the time at which they are due.
 *
 * `<namespace>:{<tenant>:<queue>:<queue_shard>}:due`, a zset; lives: until removed; never evicted.
 */
export function due(scope: Scope, queue: string, queueShard: string): string {
  const { namespace, tenant } = checkedScope(scope);
  return `${namespace}:{${tenant}:${types.queue.encode("queue", queue)}:${types.queueShard.encode("queueShard", queueShard)}}:due`;
}

/**
 * Claimed items by the time at which their lease ends.
 *
 * `<namespace>:{<tenant>:<queue>:<queue_shard>}:processing`, a zset; lives: until removed; never
 * evicted.
 */
export function processing(scope: Scope, queue: string, queueShard: string): string {
  const { namespace, tenant } = checkedScope(scope);
  return `${namespace}:{${tenant}:${types.queue.encode("queue", queue)}:${types.queueShard.encode("queueShard", queueShard)}}:processing`;
}

/**
 * The number of claims of each due, claimed or dead item, for items that were claimed twice or
 * returned. Without a number, a due item was never claimed, and a claimed or dead item once. In `2
 * again 1767225600000 since 1767225540000`, a claimed item is due again at the first time, and the
 * first of its debounced calls was at the second one. A due item may have `since` too.
 *
 * `<namespace>:{<tenant>:<queue>:<queue_shard>}:attempts`, a hash; lives: until removed; never
 * evicted.
 */
export function attempts(scope: Scope, queue: string, queueShard: string): string {
  const { namespace, tenant } = checkedScope(scope);
  return `${namespace}:{${tenant}:${types.queue.encode("queue", queue)}:${types.queueShard.encode("queueShard", queueShard)}}:attempts`;
}

/**
 * Dead items by the time at which they became dead. No worker processes them any more.
 *
 * `<namespace>:{<tenant>:<queue>:<queue_shard>}:dead`, a zset; lives: until removed; never evicted.
 */
export function dead(scope: Scope, queue: string, queueShard: string): string {
  const { namespace, tenant } = checkedScope(scope);
  return `${namespace}:{${tenant}:${types.queue.encode("queue", queue)}:${types.queueShard.encode("queueShard", queueShard)}}:dead`;
}

/**
 * The reason why each dead item became dead.
 *
 * `<namespace>:{<tenant>:<queue>:<queue_shard>}:dead-reason`, a hash; lives: until removed; never
 * evicted.
 */
export function deadReason(scope: Scope, queue: string, queueShard: string): string {
  const { namespace, tenant } = checkedScope(scope);
  return `${namespace}:{${tenant}:${types.queue.encode("queue", queue)}:${types.queueShard.encode("queueShard", queueShard)}}:dead-reason`;
}

/**
 * The end of a claim's lease, and then the items that the claim still holds. The end is 0 if the
 * claim found nothing due. The claim holds an item only while the item has this end in
 * `processing`.
 *
 * `<namespace>:{<tenant>:<queue>:<queue_shard>}:claim:<claim>`, a list; lives: 660,000 ms after the
 * lease ends; 660,000 ms if nothing was due; never evicted.
 */
export function claim(scope: Scope, queue: string, queueShard: string, claim: string): string {
  const { namespace, tenant } = checkedScope(scope);
  return `${namespace}:{${tenant}:${types.queue.encode("queue", queue)}:${types.queueShard.encode("queueShard", queueShard)}}:claim:${types.claim.encode("claim", claim)}`;
}

/**
 * The script, the outcome and the arguments of one call, as in `track tracked 1767225600000
 * offer-1`. A late copy of the call finds it and changes nothing.
 *
 * `<namespace>:{<tenant>:<queue>:<queue_shard>}:expiry-operation:<operation>`, a string; lives:
 * 660,000 ms; never evicted.
 */
export function expiryOperation(scope: Scope, queue: string, queueShard: string, operation: string): string {
  const { namespace, tenant } = checkedScope(scope);
  return `${namespace}:{${tenant}:${types.queue.encode("queue", queue)}:${types.queueShard.encode("queueShard", queueShard)}}:expiry-operation:${types.operation.encode("operation", operation)}`;
}

/**
 * Views that are not in a batch yet, by product.
 *
 * `<namespace>:{<tenant>:<shard>}:views`, a hash; lives: until removed; never evicted.
 */
export function views(scope: Scope, shard: string): string {
  const { namespace, tenant } = checkedScope(scope);
  return `${namespace}:{${tenant}:${types.id.encode("shard", shard)}}:views`;
}

/**
 * The views of the batch that was taken and not acknowledged yet, by product. The field with the
 * empty name has the number of the previous batch.
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
 * Shows that one operation has added its views.
 *
 * `<namespace>:{<tenant>:<shard>}:views-operation:<operation>`, a string; lives: remember_ms of
 * views.add; never evicted.
 */
export function viewsOperation(scope: Scope, shard: string, operation: string): string {
  const { namespace, tenant } = checkedScope(scope);
  return `${namespace}:{${tenant}:${types.id.encode("shard", shard)}}:views-operation:${types.operation.encode("operation", operation)}`;
}

/**
 * The viewers of a product in a period, such as a day: a HyperLogLog, which counts them with an
 * error of about 1 %. If it is damaged, PFCOUNT and the scripts end with INVALIDOBJ: delete the
 * key.
 *
 * `<namespace>:{<tenant>:<product>}:viewers:<period>`, a string; lives: until keep_until_ms of
 * views.visit; of several, the latest.
 */
export function viewers(scope: Scope, product: string, period: string): string {
  const { namespace, tenant } = checkedScope(scope);
  return `${namespace}:{${tenant}:${types.id.encode("product", product)}}:viewers:${types.id.encode("period", period)}`;
}

/**
 * The last run of a job: fields `fence` and `number` (its place among the runs under this fence),
 * `state` (running, done, failed), `started`, `ended` and `note`.
 *
 * `<namespace>:{<tenant>:<job>}:job`, a hash; lives: until removed.
 */
export function job(scope: Scope, job: string): string {
  const { namespace, tenant } = checkedScope(scope);
  return `${namespace}:{${tenant}:${types.id.encode("job", job)}}:job`;
}

/**
 * The rate limits of a name, each as `<period_ms>:<full_at_us>;`. At `full_at_us` in microseconds
 * since 1970 the whole burst is free again; GCRA calls it the theoretical arrival time (TAT). A
 * limit that is free again may have no entry.
 *
 * `<namespace>:{<tenant>:<name>}:rate-limit`, a string; lives: until the whole burst of all its
 * limits is free again; never evicted.
 */
export function rateLimit(scope: Scope, name: string): string {
  const { namespace, tenant } = checkedScope(scope);
  return `${namespace}:{${tenant}:${types.id.encode("name", name)}}:rate-limit`;
}

/**
 * The outcome and the cost of one call of limit.take, as in `allowed 1`, or `reset` of limit.reset.
 * So a late copy of the call changes nothing.
 *
 * `<namespace>:{<tenant>:<name>}:limit-operation:<operation>`, a string; lives: remember_ms of
 * limit.take or limit.reset; never evicted.
 */
export function limitOperation(scope: Scope, name: string, operation: string): string {
  const { namespace, tenant } = checkedScope(scope);
  return `${namespace}:{${tenant}:${types.id.encode("name", name)}}:limit-operation:${types.operation.encode("operation", operation)}`;
}

/**
 * The permits of a name, as `<number> <fence>`, by the end of the lease. A permit that was left has
 * its number minus 1000 instead, so the lowest number comes first. The numbers have no gap.
 *
 * `<namespace>:{<tenant>:<name>}:permits`, a zset; lives: until 660,000 ms after the latest lease
 * ends, or after the time of the fence if that is ahead of Redis's clock; never evicted.
 */
export function permits(scope: Scope, name: string): string {
  const { namespace, tenant } = checkedScope(scope);
  return `${namespace}:{${tenant}:${types.id.encode("name", name)}}:permits`;
}

/**
 * The permit of an owner, as in `permits`. Afterwards, or without one, `busy` or `ended`: the owner
 * cannot enter any more.
 *
 * `<namespace>:{<tenant>:<name>}:permit-owner:<owner>`, a string; lives: until 660,000 ms after the
 * lease ends; without a lease, 660,000 ms; never evicted.
 */
export function permitOwner(scope: Scope, name: string, owner: string): string {
  const { namespace, tenant } = checkedScope(scope);
  return `${namespace}:{${tenant}:${types.id.encode("name", name)}}:permit-owner:${types.id.encode("owner", owner)}`;
}

/**
 * A cache entry: one header line, and the value. The header begins with the form `1`, the codec and
 * the compression. Then come the time until which the entry is fresh (13 digits), and the id of the
 * load or the writer that filled it. The token of the tag `*` is last; these parts are one space
 * apart. Each other tag adds a tab, its name, `=` and its token. A soft invalidation sets the time
 * to zeros.
 *
 * `<namespace>:{<tenant>:<entry>}:cache`, a string; lives: keep_ms of the call that stored it: its
 * fresh and its stale time.
 */
export function cacheEntry(scope: Scope, entry: string): string {
  const { namespace, tenant } = checkedScope(scope);
  return `${namespace}:{${tenant}:${types.id.encode("entry", entry)}}:cache`;
}

/**
 * The id of the one load that may fill an entry. It exists only while a caller loads. `waited`
 * behind it says that others wait for a message on the channel with this name.
 *
 * `<namespace>:{<tenant>:<entry>}:cache-lease`, a string; lives: lease_ms of cache.read, and of
 * each cache.renew.
 */
export function cacheLease(scope: Scope, entry: string): string {
  const { namespace, tenant } = checkedScope(scope);
  return `${namespace}:{${tenant}:${types.id.encode("entry", entry)}}:cache-lease`;
}

/**
 * Who changes the source of an entry at this time, so that no load may fill it. `writer:<id>` has
 * the end of a writer's time. `setter` has the writer that was alone since it began. `settle` has
 * the end of a time in which the source may still return old data.
 *
 * `<namespace>:{<tenant>:<entry>}:cache-block`, a hash; lives: until the last of these times; that
 * of a writer that has ended counts while another one writes.
 */
export function cacheBlock(scope: Scope, entry: string): string {
  const { namespace, tenant } = checkedScope(scope);
  return `${namespace}:{${tenant}:${types.id.encode("entry", entry)}}:cache-block`;
}

/**
 * The token of a cache tag, and the reading of the tenant's clock at its last invalidation, as in
 * `41c7e0b95d18.20e6f7c3 1767225600000000`. `-` in place of the reading: not known. The tag `*`
 * belongs to all entries of the tenant.
 *
 * `<namespace>:{<tenant>:<tag>}:cache-tag`, a string; lives: twice keep_ms of cache.open_tag, which
 * extends it below half of that.
 */
export function cacheTag(scope: Scope, tag: string): string {
  const { namespace, tenant } = checkedScope(scope);
  return `${namespace}:{${tenant}:${types.id.encode("tag", tag)}}:cache-tag`;
}

/**
 * A counter that each invalidation of a tag of the tenant raises, at least to the time in
 * microseconds. It tells a load whether a tag was invalidated since the load began.
 *
 * `<namespace>:{<tenant>}:cache-clock`, a string; lives: 86,400,000 ms after it began or was last
 * raised.
 */
export function cacheClock(scope: Scope): string {
  const { namespace, tenant } = checkedScope(scope);
  return `${namespace}:{${tenant}}:cache-clock`;
}

/**
 * The entries of one shard of a tenant, for its quota. The score is the number of the entry's last
 * fill: the lowest is the oldest. It is on the first server, also if the entries are on a second
 * one.
 *
 * `<namespace>:{<tenant>:<usage_shard>}:cache-usage`, a zset; lives: the longest keep_ms of
 * quota.count that has not passed.
 */
export function cacheUsage(scope: Scope, usageShard: string): string {
  const { namespace, tenant } = checkedScope(scope);
  return `${namespace}:{${tenant}:${types.usageShard.encode("usageShard", usageShard)}}:cache-usage`;
}

/**
 * What the entries of the shard take: `=<entry>` has `<bytes> <the end in ms>`. `bytes` has the
 * sum, and `number` the number of the last fill. `checked` has the number up to which the script
 * has looked for entries that have ended; it begins again after the last one.
 *
 * `<namespace>:{<tenant>:<usage_shard>}:cache-sizes`, a hash; lives: that of the entries of the
 * shard.
 */
export function cacheSizes(scope: Scope, usageShard: string): string {
  const { namespace, tenant } = checkedScope(scope);
  return `${namespace}:{${tenant}:${types.usageShard.encode("usageShard", usageShard)}}:cache-sizes`;
}

/**
 * The names of the queued writes of a shard, in their order. The name is the key of what is
 * written, or a line break and the write's number if it was appended. A message on the channel with
 * this name tells workers that many writes are queued.
 *
 * `<namespace>:{<tenant>:<queue>:<queue_shard>}:write-queue`, a list; lives: until removed; never
 * evicted.
 */
export function writeQueue(scope: Scope, queue: string, queueShard: string): string {
  const { namespace, tenant } = checkedScope(scope);
  return `${namespace}:{${tenant}:${types.queue.encode("queue", queue)}:${types.queueShard.encode("queueShard", queueShard)}}:write-queue`;
}

/**
 * The queued writes of a shard by their names. A write is its number, its operation and its key,
 * with tabs between them, a line break and the value.
 *
 * `<namespace>:{<tenant>:<queue>:<queue_shard>}:write-values`, a hash; lives: until removed; never
 * evicted.
 */
export function writeValues(scope: Scope, queue: string, queueShard: string): string {
  const { namespace, tenant } = checkedScope(scope);
  return `${namespace}:{${tenant}:${types.queue.encode("queue", queue)}:${types.queueShard.encode("queueShard", queueShard)}}:write-values`;
}

/**
 * The writes of the batch that was taken and not acknowledged yet, by their names. The field with
 * the empty name has the number of the previous batch.
 *
 * `<namespace>:{<tenant>:<queue>:<queue_shard>}:write-batch`, a hash; lives: until removed; never
 * evicted.
 */
export function writeBatch(scope: Scope, queue: string, queueShard: string): string {
  const { namespace, tenant } = checkedScope(scope);
  return `${namespace}:{${tenant}:${types.queue.encode("queue", queue)}:${types.queueShard.encode("queueShard", queueShard)}}:write-batch`;
}

/**
 * The state of a shard. `sequence` is the number of the latest change, and `bytes` the size of all
 * its writes. `batch` is the number of the latest batch, `batch_bytes` its size, and `batch_first`
 * the number of its first write. Of the batch in flight, `attempts` have failed, the last one
 * because of `reason`, and the next one comes at `retry_at_ms`.
 *
 * `<namespace>:{<tenant>:<queue>:<queue_shard>}:write-state`, a hash; lives: until removed; never
 * evicted.
 */
export function writeState(scope: Scope, queue: string, queueShard: string): string {
  const { namespace, tenant } = checkedScope(scope);
  return `${namespace}:{${tenant}:${types.queue.encode("queue", queue)}:${types.queueShard.encode("queueShard", queueShard)}}:write-state`;
}

/**
 * The names of dead writes by the time at which they became dead. No worker brings them to the
 * database.
 *
 * `<namespace>:{<tenant>:<queue>:<queue_shard>}:write-dead`, a zset; lives: until removed; never
 * evicted.
 */
export function writeDead(scope: Scope, queue: string, queueShard: string): string {
  const { namespace, tenant } = checkedScope(scope);
  return `${namespace}:{${tenant}:${types.queue.encode("queue", queue)}:${types.queueShard.encode("queueShard", queueShard)}}:write-dead`;
}

/**
 * The dead writes by their names: the reason, a line break, and the write as it was queued.
 *
 * `<namespace>:{<tenant>:<queue>:<queue_shard>}:write-dead-records`, a hash; lives: until removed;
 * never evicted.
 */
export function writeDeadRecords(scope: Scope, queue: string, queueShard: string): string {
  const { namespace, tenant } = checkedScope(scope);
  return `${namespace}:{${tenant}:${types.queue.encode("queue", queue)}:${types.queueShard.encode("queueShard", queueShard)}}:write-dead-records`;
}

/**
 * Shows that one operation has queued its write.
 *
 * `<namespace>:{<tenant>:<queue>:<queue_shard>}:write-operation:<operation>`, a string; lives:
 * remember_ms of writebehind.enqueue; never evicted.
 */
export function writeOperation(scope: Scope, queue: string, queueShard: string, operation: string): string {
  const { namespace, tenant } = checkedScope(scope);
  return `${namespace}:{${tenant}:${types.queue.encode("queue", queue)}:${types.queueShard.encode("queueShard", queueShard)}}:write-operation:${types.operation.encode("operation", operation)}`;
}

/**
 * The version of a resource, for its entity tags: `token`. While writers change the resource there
 * is no `token`; `writer:<id>` has the end of a writer's time, and `until` the last of these ends.
 * `sole` is the writer that is alone since it began. `number` is that of the last write in the
 * database that had ended when the version began.
 *
 * `<namespace>:{<tenant>:<resource>}:version`, a hash; lives: 604,800,000 ms after it was last
 * written, or read in the second half of this time.
 */
export function version(scope: Scope, resource: string): string {
  const { namespace, tenant } = checkedScope(scope);
  return `${namespace}:{${tenant}:${types.id.encode("resource", resource)}}:version`;
}
