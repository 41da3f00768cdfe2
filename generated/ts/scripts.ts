// Generated from lua/ by moonpath-codegen. DO NOT EDIT.
import { type CacheOperations, cacheScripts } from "./cache.scripts.js";
import { type CartOperations, cartScripts } from "./cart.scripts.js";
import { type CouponOperations, couponScripts } from "./coupon.scripts.js";
import { type ExpiryOperations, expiryScripts } from "./expiry.scripts.js";
import { type IdempotencyOperations, idempotencyScripts } from "./idempotency.scripts.js";
import { type JobOperations, jobScripts } from "./job.scripts.js";
import { type LimitOperations, limitScripts } from "./limit.scripts.js";
import { type LockOperations, lockScripts } from "./lock.scripts.js";
import { type PriceOperations, priceScripts } from "./price.scripts.js";
import { type QuotaOperations, quotaScripts } from "./quota.scripts.js";
import { type SlotOperations, slotScripts } from "./slot.scripts.js";
import { type StockOperations, stockScripts } from "./stock.scripts.js";
import { type VersionOperations, versionScripts } from "./version.scripts.js";
import { type ViewsOperations, viewsScripts } from "./views.scripts.js";
import { type WritebehindOperations, writebehindScripts } from "./writebehind.scripts.js";

export * as keys from "./keys.js";
export * as types from "./types.js";
export type * from "./cache.scripts.js";
export type * from "./cart.scripts.js";
export type * from "./coupon.scripts.js";
export type * from "./expiry.scripts.js";
export type * from "./idempotency.scripts.js";
export type * from "./job.scripts.js";
export type * from "./limit.scripts.js";
export type * from "./lock.scripts.js";
export type * from "./price.scripts.js";
export type * from "./quota.scripts.js";
export type * from "./slot.scripts.js";
export type * from "./stock.scripts.js";
export type * from "./version.scripts.js";
export type * from "./views.scripts.js";
export type * from "./writebehind.scripts.js";

/** The domains whose functions a tenant has without a wrapper. */
export interface UnwrappedDomains {
  /**
   * The functions of `coupon`:
   * - `read`: Returns the rules of a coupon, and what is redeemed of it.
   * - `redeem`: Redeems units of a coupon for a customer: never more than its limits in all and for
   *   the customer.
   * - `release`: Gives back the units that a redemption has taken, once, for an order that was
   *   cancelled.
   * - `set`: Sets the rules of a coupon: how many units are redeemed in all and by each customer,
   *   and when.
   */
  readonly coupon: CouponOperations;
  /**
   * The functions of `job`:
   * - `finish`: Records how a run of a job ended.
   * - `read`: Reads the state of the last run of a job.
   * - `start`: Records the start of a run of a job.
   */
  readonly job: JobOperations;
  /**
   * The functions of `price`:
   * - `read`: Reads the price of a product in one currency: the base price, the effective price,
   *   and the sale that is on.
   * - `removeSale`: Removes a sale of a product in one currency, before or during the sale.
   * - `set`: Sets a product's base price in one currency.
   * - `setSale`: Sets a sale of a product in one currency: its price, its start and its end.
   */
  readonly price: PriceOperations;
  /**
   * The functions of `slot`:
   * - `join`: Makes a worker a member of its group until its lease ends, or renews the lease, and
   *   returns the live members. A renewal never makes the lease shorter.
   * - `leave`: Ends a worker's membership in its group, so that the others serve its slots at once.
   * - `redrive`: Makes a product due again that was set aside, after its keys were repaired.
   * - `setAside`: Sets a product aside that a worker cannot sweep, because its keys are corrupt or
   *   of another type.
   */
  readonly slot: SlotOperations;
  /**
   * The functions of `stock`:
   * - `adjust`: Changes a product's stock by a sale or a return, and returns its total and status.
   * - `claimPrepared`: Takes a prepared line from the index of its slot, for a worker that asks how
   *   its cart was decided.
   * - `commit`: Sells the units that a reservation holds: they leave the stock.
   * - `commitPrepared`: Sells the units of a cart's prepared line, after the cart was decided as
   *   committed.
   * - `dropWarehouse`: Removes an empty warehouse from a product, so that another one can take its
   *   place.
   * - `extend`: Makes the lease of a held reservation longer, for example while a customer pays.
   * - `forget`: Removes a product's stock, and releases its held reservations.
   * - `levels`: Reads the level of a product in each warehouse, and how many units have moved
   *   there.
   * - `prepare`: Prepares a cart's line: from now on, only the decision about the cart ends this
   *   reservation.
   * - `read`: Reads the summary of a product's stock: total, available units and status.
   * - `recount`: Repairs the sums of a product's stock: the total from the levels, and held and
   *   prepared from the reservations.
   * - `release`: Releases the units that a reservation holds, for an order that was cancelled.
   * - `releasePrepared`: Gives a cart's line back, after the attempt that prepared it was aborted.
   * - `reserve`: Holds units of a product for a while, for an order that is not paid yet.
   * - `resize`: Changes how many units a reservation holds, in one step, or leaves it as it is.
   * - `setLevel`: Sets one warehouse's stock of a product and returns the product's total and
   *   status.
   * - `sweep`: Closes a product's reservations whose lease has ended, and removes closed ones that
   *   are no longer remembered. It sets when the product is due again in the index of its slot.
   * - `watch`: Watches a product: every script that changes its status from then on publishes the
   *   change.
   */
  readonly stock: StockOperations;
  /**
   * The functions of `version`:
   * - `beginWrite`: Begins a write of a resource: it has no version until the write ends. With
   *   `expected`, the write only begins if the resource still has that version. So of two writers
   *   that expect the same one, one begins.
   * - `bump`: Ends the version of a resource, because the resource has changed. The next reading
   *   gives it a new one, so no tag from before matches.
   * - `endWrite`: Ends a write of a resource, whether the database has taken it or not. After the
   *   last of the writers, the resource has a new version.
   * - `read`: Reads the version of a resource before its data is read. A resource without a version
   *   gets a new one. While a writer changes the resource, it has none.
   */
  readonly version: VersionOperations;
  /**
   * The functions of `views`:
   * - `ack`: Acknowledges a batch of views that is in the database: take no longer returns it.
   * - `add`: Counts views of one or more products, once.
   * - `take`: Takes a numbered batch of counted views, for a worker that writes it to the database.
   * - `viewers`: Estimates how many different people viewed a product in a period.
   * - `visit`: Notes the viewers of a product in a period, such as a day. Each viewer counts once.
   */
  readonly views: ViewsOperations;
  /**
   * The functions of `writebehind`:
   * - `ack`: Acknowledges a batch that is in the database: take no longer returns it.
   * - `depth`: Counts the writes of a shard that are not in the database.
   * - `enqueue`: Queues a write for a worker, which brings it to the database.
   * - `listDead`: Lists dead writes with their reasons, the oldest first, one page a call.
   * - `purge`: Discards all queued and dead writes of a shard: they never reach the database.
   * - `read`: Reads the newest value of a key that is not acknowledged yet: the queued one, or else
   *   the one in flight. A cache asks for it before it asks the database.
   * - `resolve`: Queues a dead write again, at the end of the queue, or discards it.
   * - `retry`: Notes that an attempt to bring a batch to the database has failed, and when the next
   *   one may come.
   * - `take`: Takes a numbered batch of queued writes, for a worker that brings it to the database.
   */
  readonly writebehind: WritebehindOperations;
}

/** One tenant's typed functions, by domain and operation. */
export interface Tenant extends UnwrappedDomains {
  /**
   * The functions of `cache`:
   * - `beginWrite`: Removes an entry before its source is changed. Until the end of the write, no
   *   load fills it.
   * - `commitWrite`: Ends a write, and stores the new value if this writer was the only one since
   *   it began and no invalidation came. Otherwise the entry is removed.
   * - `endWrite`: Ends a write without a value: the entry is removed once more, and the next caller
   *   loads it.
   * - `expire`: Makes one entry stale: the next callers get the old value, and one of them loads
   *   the new one.
   * - `expireTag`: Makes all entries with a tag stale: callers get the old values, while each entry
   *   is loaded once.
   * - `fill`: Stores what a caller has loaded, if it still has the lease, and wakes the callers
   *   that wait.
   * - `invalidate`: Invalidates one entry: afterwards nobody reads it, and no load that began
   *   before fills it.
   * - `invalidateTag`: Invalidates all entries with a tag: afterwards none of them is a hit. The
   *   tag `*` has all entries of the tenant.
   * - `openClock`: Reads the clock of a tenant's tags. A clock that nobody has used begins at the
   *   present time.
   * - `openTag`: Reads the token of a tag for a load. It creates the token if there is none, and
   *   makes it live longer than the entries under it.
   * - `peek`: Reads an entry, and grants no lease.
   * - `raiseClock`: Raises the clock of a tenant's tags. A caller does so when it invalidates a
   *   tag.
   * - `read`: Reads an entry. If it is stale or absent, one caller gets the lease and loads it.
   * - `readTag`: Reads the token of a tag.
   * - `release`: Gives a lease back without a fill, and wakes the callers that wait: one of them
   *   loads.
   * - `renew`: Extends the lease of a load that takes longer.
   * - `set`: Stores a value that the caller has without a load. A load that began before does not
   *   replace it.
   * - `setTagClock`: Notes the reading of the tenant's clock that belongs to a token. Loads that
   *   began later may use it.
   * - `touch`: Makes an entry fresh again without sending its value, because the source says that
   *   it is unchanged.
   */
  readonly cache: CacheOperations;
  /**
   * The functions of `cart`:
   * - `abort`: Aborts an attempt to commit a cart, unless it is committed.
   * - `begin`: Begins an attempt to commit a cart: makes the record that decides about all its
   *   lines.
   * - `claim`: Takes a cart from the index of its slot, for a worker that finishes what a caller
   *   has left.
   * - `decide`: Decides that a cart is committed, after all its lines are prepared.
   * - `discard`: Closes the lines of a cart for good that were set aside, after a person has
   *   settled them with the customer, for example by a refund.
   * - `finish`: Notes that lines of a decided cart have followed: they are sold, or given back.
   * - `read`: Reads how a cart was decided, and how far its lines have followed.
   * - `redrive`: Opens the lines of a cart again that were set aside, after a person has looked at
   *   it.
   * - `setAside`: Sets a line of a decided cart aside that cannot follow the decision, so that a
   *   person looks at it.
   * - `settle`: Says how a cart was decided, and aborts it if its attempt is undecided for too
   *   long.
   */
  readonly cart: CartOperations;
  /**
   * The functions of `expiry`:
   * - `ack`: Acknowledges items that a worker has processed: no worker gets them again.
   * - `cancel`: Stops tracking an item that no worker has claimed, or removes a dead item.
   * - `claim`: Claims due items for a worker, until its lease ends.
   * - `deadLetter`: Moves items that a worker cannot process to the dead items, and stores the
   *   reason. They stay there until they are redriven, discarded, tracked or cancelled.
   * - `discard`: Removes dead items with their reasons and attempts.
   * - `discardOld`: Removes the oldest dead items, those that have been dead for longer than
   *   maxAgeMs.
   * - `extend`: Changes the instant at which a tracked item is due.
   * - `listDead`: Lists dead items with their reasons, the oldest first, one page a call.
   * - `open`: Returns the number of shards of a queue. With `shards`, it chooses the number of a
   *   queue that has none yet.
   * - `redrive`: Makes dead items due again, now and without attempts.
   * - `renew`: Starts a new lease for a claim, from now on. It makes the lease shorter only if the
   *   lease would end more than a minute later than asked. The clock was set back then, and nobody
   *   would get the items of a dead worker for as long.
   * - `retry`: Makes items that a worker could not process due again after a delay.
   * - `track`: Sets the instant at which an item is due. It replaces an earlier instant.
   * - `upcoming`: Lists the items that will be due soon, or are due and not claimed, the earliest
   *   first.
   */
  readonly expiry: ExpiryOperations;
  /**
   * The functions of `idempotency`:
   * - `begin`: Decides what to do with a request: run it, replay its reply, wait for its runner, or
   *   refuse another payload.
   * - `complete`: Records the reply of a request, for all later calls of begin.
   * - `fail`: Ends a request without a reply: any other runner may run it at once.
   * - `mark`: Marks an event as seen, and tells whether this call was the first.
   * - `renew`: Starts a new lease for the runner of a request, from now on. It never makes the
   *   lease shorter.
   */
  readonly idempotency: IdempotencyOperations;
  /**
   * The functions of `limit`:
   * - `enter`: Gets one of a limited number of permits for a while, or says when to try again.
   * - `leave`: Gives a permit back if the caller still has it.
   * - `peek`: Tells what limit.take would answer, and takes nothing.
   * - `renew`: Starts a new lease for the holder of a permit, from now on. It never makes the lease
   *   shorter.
   * - `reset`: Gives a name the whole burst of all its rate limits back.
   * - `take`: Takes units from the rate limits of a name, from all of them or from none.
   */
  readonly limit: LimitOperations;
  /**
   * The functions of `lock`:
   * - `acquire`: Acquires a lock for a while, or returns its holder and the rest of its lease.
   * - `release`: Releases a lock if the caller still holds it, and wakes the callers that wait for
   *   it.
   * - `renew`: Starts a new lease for the holder of a lock, from now on. It never makes the lease
   *   shorter.
   */
  readonly lock: LockOperations;
  /**
   * The functions of `quota`:
   * - `count`: Counts an entry for the quota of its tenant, and says which entries the caller must
   *   remove.
   * - `forget`: Stops counting an entry for the quota of its tenant, because it was removed or not
   *   stored.
   * - `read`: Reads how many entries of a tenant a shard counts, and their bytes.
   * - `reset`: Forgets what a shard has counted for the quota of a tenant, because all its entries
   *   were invalidated.
   */
  readonly quota: QuotaOperations;
}

/** Every script, by domain and operation, as a client takes them. */
export const scripts = {
  cache: cacheScripts,
  cart: cartScripts,
  coupon: couponScripts,
  expiry: expiryScripts,
  idempotency: idempotencyScripts,
  job: jobScripts,
  limit: limitScripts,
  lock: lockScripts,
  price: priceScripts,
  quota: quotaScripts,
  slot: slotScripts,
  stock: stockScripts,
  version: versionScripts,
  views: viewsScripts,
  writebehind: writebehindScripts,
};
