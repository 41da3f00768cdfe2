// Generated from lua/ by moonpath-codegen. DO NOT EDIT.
import { type CartAbortOperation, cartAbort } from "./cart/abort.js";
import { type CartBeginOperation, cartBegin } from "./cart/begin.js";
import { type CartClaimOperation, cartClaim } from "./cart/claim.js";
import { type CartDecideOperation, cartDecide } from "./cart/decide.js";
import { type CartDiscardOperation, cartDiscard } from "./cart/discard.js";
import { type CartFinishOperation, cartFinish } from "./cart/finish.js";
import { type CartReadOperation, cartRead } from "./cart/read.js";
import { type CartRedriveOperation, cartRedrive } from "./cart/redrive.js";
import { type CartSetAsideOperation, cartSetAside } from "./cart/set_aside.js";
import { type CartSettleOperation, cartSettle } from "./cart/settle.js";
import { type CouponReadOperation, couponRead } from "./coupon/read.js";
import { type CouponRedeemOperation, couponRedeem } from "./coupon/redeem.js";
import { type CouponReleaseOperation, couponRelease } from "./coupon/release.js";
import { type CouponSetOperation, couponSet } from "./coupon/set.js";
import { type ExpiryAckOperation, expiryAck } from "./expiry/ack.js";
import { type ExpiryCancelOperation, expiryCancel } from "./expiry/cancel.js";
import { type ExpiryClaimOperation, expiryClaim } from "./expiry/claim.js";
import { type ExpiryDeadLetterOperation, expiryDeadLetter } from "./expiry/dead_letter.js";
import { type ExpiryDiscardOperation, expiryDiscard } from "./expiry/discard.js";
import { type ExpiryDiscardOldOperation, expiryDiscardOld } from "./expiry/discard_old.js";
import { type ExpiryExtendOperation, expiryExtend } from "./expiry/extend.js";
import { type ExpiryListDeadOperation, expiryListDead } from "./expiry/list_dead.js";
import { type ExpiryOpenOperation, expiryOpen } from "./expiry/open.js";
import { type ExpiryRedriveOperation, expiryRedrive } from "./expiry/redrive.js";
import { type ExpiryRenewOperation, expiryRenew } from "./expiry/renew.js";
import { type ExpiryRetryOperation, expiryRetry } from "./expiry/retry.js";
import { type ExpiryTrackOperation, expiryTrack } from "./expiry/track.js";
import { type ExpiryUpcomingOperation, expiryUpcoming } from "./expiry/upcoming.js";
import { type IdempotencyBeginOperation, idempotencyBegin } from "./idempotency/begin.js";
import { type IdempotencyCompleteOperation, idempotencyComplete } from "./idempotency/complete.js";
import { type IdempotencyFailOperation, idempotencyFail } from "./idempotency/fail.js";
import { type IdempotencyMarkOperation, idempotencyMark } from "./idempotency/mark.js";
import { type IdempotencyRenewOperation, idempotencyRenew } from "./idempotency/renew.js";
import { type JobFinishOperation, jobFinish } from "./job/finish.js";
import { type JobReadOperation, jobRead } from "./job/read.js";
import { type JobStartOperation, jobStart } from "./job/start.js";
import { type LimitEnterOperation, limitEnter } from "./limit/enter.js";
import { type LimitLeaveOperation, limitLeave } from "./limit/leave.js";
import { type LimitPeekOperation, limitPeek } from "./limit/peek.js";
import { type LimitRenewOperation, limitRenew } from "./limit/renew.js";
import { type LimitResetOperation, limitReset } from "./limit/reset.js";
import { type LimitTakeOperation, limitTake } from "./limit/take.js";
import { type LockAcquireOperation, lockAcquire } from "./lock/acquire.js";
import { type LockReleaseOperation, lockRelease } from "./lock/release.js";
import { type LockRenewOperation, lockRenew } from "./lock/renew.js";
import { type PriceReadOperation, priceRead } from "./price/read.js";
import { type PriceRemoveSaleOperation, priceRemoveSale } from "./price/remove_sale.js";
import { type PriceSetOperation, priceSet } from "./price/set.js";
import { type PriceSetSaleOperation, priceSetSale } from "./price/set_sale.js";
import { type SlotJoinOperation, slotJoin } from "./slot/join.js";
import { type SlotLeaveOperation, slotLeave } from "./slot/leave.js";
import { type SlotRedriveOperation, slotRedrive } from "./slot/redrive.js";
import { type SlotSetAsideOperation, slotSetAside } from "./slot/set_aside.js";
import { type StockAdjustOperation, stockAdjust } from "./stock/adjust.js";
import { type StockClaimPreparedOperation, stockClaimPrepared } from "./stock/claim_prepared.js";
import { type StockCommitOperation, stockCommit } from "./stock/commit.js";
import { type StockCommitPreparedOperation, stockCommitPrepared } from "./stock/commit_prepared.js";
import { type StockDropWarehouseOperation, stockDropWarehouse } from "./stock/drop_warehouse.js";
import { type StockExtendOperation, stockExtend } from "./stock/extend.js";
import { type StockForgetOperation, stockForget } from "./stock/forget.js";
import { type StockLevelsOperation, stockLevels } from "./stock/levels.js";
import { type StockPrepareOperation, stockPrepare } from "./stock/prepare.js";
import { type StockReadOperation, stockRead } from "./stock/read.js";
import { type StockRecountOperation, stockRecount } from "./stock/recount.js";
import { type StockReleaseOperation, stockRelease } from "./stock/release.js";
import { type StockReleasePreparedOperation, stockReleasePrepared } from "./stock/release_prepared.js";
import { type StockReserveOperation, stockReserve } from "./stock/reserve.js";
import { type StockResizeOperation, stockResize } from "./stock/resize.js";
import { type StockSetLevelOperation, stockSetLevel } from "./stock/set_level.js";
import { type StockSweepOperation, stockSweep } from "./stock/sweep.js";
import { type StockWatchOperation, stockWatch } from "./stock/watch.js";
import { type ViewsAckOperation, viewsAck } from "./views/ack.js";
import { type ViewsAddOperation, viewsAdd } from "./views/add.js";
import { type ViewsTakeOperation, viewsTake } from "./views/take.js";
import { type ViewsViewersOperation, viewsViewers } from "./views/viewers.js";
import { type ViewsVisitOperation, viewsVisit } from "./views/visit.js";

export * as keys from "./keys.js";
export * as types from "./types.js";
export type { CartAbortArgs, CartAbortOperation, CartAbortReply } from "./cart/abort.js";
export type { CartBeginArgs, CartBeginOperation, CartBeginReply } from "./cart/begin.js";
export type { CartClaimArgs, CartClaimOperation, CartClaimReply } from "./cart/claim.js";
export type { CartDecideArgs, CartDecideOperation, CartDecideReply } from "./cart/decide.js";
export type { CartDiscardArgs, CartDiscardOperation, CartDiscardReply } from "./cart/discard.js";
export type { CartFinishArgs, CartFinishOperation, CartFinishReply } from "./cart/finish.js";
export type { CartReadArgs, CartReadOperation, CartReadReply } from "./cart/read.js";
export type { CartRedriveArgs, CartRedriveOperation, CartRedriveReply } from "./cart/redrive.js";
export type { CartSetAsideArgs, CartSetAsideOperation, CartSetAsideReply } from "./cart/set_aside.js";
export type { CartSettleArgs, CartSettleOperation, CartSettleReply } from "./cart/settle.js";
export type { CouponReadArgs, CouponReadOperation, CouponReadReply } from "./coupon/read.js";
export type { CouponRedeemArgs, CouponRedeemOperation, CouponRedeemReply } from "./coupon/redeem.js";
export type { CouponReleaseArgs, CouponReleaseOperation, CouponReleaseReply } from "./coupon/release.js";
export type { CouponSetArgs, CouponSetOperation, CouponSetReply } from "./coupon/set.js";
export type { ExpiryAckArgs, ExpiryAckOperation, ExpiryAckReply } from "./expiry/ack.js";
export type { ExpiryCancelArgs, ExpiryCancelOperation, ExpiryCancelReply } from "./expiry/cancel.js";
export type { ExpiryClaimArgs, ExpiryClaimOperation, ExpiryClaimReply } from "./expiry/claim.js";
export type {
  ExpiryDeadLetterArgs,
  ExpiryDeadLetterOperation,
  ExpiryDeadLetterReply,
} from "./expiry/dead_letter.js";
export type { ExpiryDiscardArgs, ExpiryDiscardOperation, ExpiryDiscardReply } from "./expiry/discard.js";
export type {
  ExpiryDiscardOldArgs,
  ExpiryDiscardOldOperation,
  ExpiryDiscardOldReply,
} from "./expiry/discard_old.js";
export type { ExpiryExtendArgs, ExpiryExtendOperation, ExpiryExtendReply } from "./expiry/extend.js";
export type { ExpiryListDeadArgs, ExpiryListDeadOperation, ExpiryListDeadReply } from "./expiry/list_dead.js";
export type { ExpiryOpenArgs, ExpiryOpenOperation, ExpiryOpenReply } from "./expiry/open.js";
export type { ExpiryRedriveArgs, ExpiryRedriveOperation, ExpiryRedriveReply } from "./expiry/redrive.js";
export type { ExpiryRenewArgs, ExpiryRenewOperation, ExpiryRenewReply } from "./expiry/renew.js";
export type { ExpiryRetryArgs, ExpiryRetryOperation, ExpiryRetryReply } from "./expiry/retry.js";
export type { ExpiryTrackArgs, ExpiryTrackOperation, ExpiryTrackReply } from "./expiry/track.js";
export type { ExpiryUpcomingArgs, ExpiryUpcomingOperation, ExpiryUpcomingReply } from "./expiry/upcoming.js";
export type {
  IdempotencyBeginArgs,
  IdempotencyBeginOperation,
  IdempotencyBeginReply,
} from "./idempotency/begin.js";
export type {
  IdempotencyCompleteArgs,
  IdempotencyCompleteOperation,
  IdempotencyCompleteReply,
} from "./idempotency/complete.js";
export type {
  IdempotencyFailArgs,
  IdempotencyFailOperation,
  IdempotencyFailReply,
} from "./idempotency/fail.js";
export type {
  IdempotencyMarkArgs,
  IdempotencyMarkOperation,
  IdempotencyMarkReply,
} from "./idempotency/mark.js";
export type {
  IdempotencyRenewArgs,
  IdempotencyRenewOperation,
  IdempotencyRenewReply,
} from "./idempotency/renew.js";
export type { JobFinishArgs, JobFinishOperation, JobFinishReply } from "./job/finish.js";
export type { JobReadArgs, JobReadOperation, JobReadReply } from "./job/read.js";
export type { JobStartArgs, JobStartOperation, JobStartReply } from "./job/start.js";
export type { LimitEnterArgs, LimitEnterOperation, LimitEnterReply } from "./limit/enter.js";
export type { LimitLeaveArgs, LimitLeaveOperation, LimitLeaveReply } from "./limit/leave.js";
export type { LimitPeekArgs, LimitPeekOperation, LimitPeekReply } from "./limit/peek.js";
export type { LimitRenewArgs, LimitRenewOperation, LimitRenewReply } from "./limit/renew.js";
export type { LimitResetArgs, LimitResetOperation, LimitResetReply } from "./limit/reset.js";
export type { LimitTakeArgs, LimitTakeOperation, LimitTakeReply } from "./limit/take.js";
export type { LockAcquireArgs, LockAcquireOperation, LockAcquireReply } from "./lock/acquire.js";
export type { LockReleaseArgs, LockReleaseOperation, LockReleaseReply } from "./lock/release.js";
export type { LockRenewArgs, LockRenewOperation, LockRenewReply } from "./lock/renew.js";
export type { PriceReadArgs, PriceReadOperation, PriceReadReply } from "./price/read.js";
export type {
  PriceRemoveSaleArgs,
  PriceRemoveSaleOperation,
  PriceRemoveSaleReply,
} from "./price/remove_sale.js";
export type { PriceSetArgs, PriceSetOperation, PriceSetReply } from "./price/set.js";
export type { PriceSetSaleArgs, PriceSetSaleOperation, PriceSetSaleReply } from "./price/set_sale.js";
export type { SlotJoinArgs, SlotJoinOperation, SlotJoinReply } from "./slot/join.js";
export type { SlotLeaveArgs, SlotLeaveOperation, SlotLeaveReply } from "./slot/leave.js";
export type { SlotRedriveArgs, SlotRedriveOperation, SlotRedriveReply } from "./slot/redrive.js";
export type { SlotSetAsideArgs, SlotSetAsideOperation, SlotSetAsideReply } from "./slot/set_aside.js";
export type { StockAdjustArgs, StockAdjustOperation, StockAdjustReply } from "./stock/adjust.js";
export type {
  StockClaimPreparedArgs,
  StockClaimPreparedOperation,
  StockClaimPreparedReply,
} from "./stock/claim_prepared.js";
export type { StockCommitArgs, StockCommitOperation, StockCommitReply } from "./stock/commit.js";
export type {
  StockCommitPreparedArgs,
  StockCommitPreparedOperation,
  StockCommitPreparedReply,
} from "./stock/commit_prepared.js";
export type {
  StockDropWarehouseArgs,
  StockDropWarehouseOperation,
  StockDropWarehouseReply,
} from "./stock/drop_warehouse.js";
export type { StockExtendArgs, StockExtendOperation, StockExtendReply } from "./stock/extend.js";
export type { StockForgetArgs, StockForgetOperation, StockForgetReply } from "./stock/forget.js";
export type { StockLevelsArgs, StockLevelsOperation, StockLevelsReply } from "./stock/levels.js";
export type { StockPrepareArgs, StockPrepareOperation, StockPrepareReply } from "./stock/prepare.js";
export type { StockReadArgs, StockReadOperation, StockReadReply } from "./stock/read.js";
export type { StockRecountArgs, StockRecountOperation, StockRecountReply } from "./stock/recount.js";
export type { StockReleaseArgs, StockReleaseOperation, StockReleaseReply } from "./stock/release.js";
export type {
  StockReleasePreparedArgs,
  StockReleasePreparedOperation,
  StockReleasePreparedReply,
} from "./stock/release_prepared.js";
export type { StockReserveArgs, StockReserveOperation, StockReserveReply } from "./stock/reserve.js";
export type { StockResizeArgs, StockResizeOperation, StockResizeReply } from "./stock/resize.js";
export type { StockSetLevelArgs, StockSetLevelOperation, StockSetLevelReply } from "./stock/set_level.js";
export type { StockSweepArgs, StockSweepOperation, StockSweepReply } from "./stock/sweep.js";
export type { StockWatchArgs, StockWatchOperation, StockWatchReply } from "./stock/watch.js";
export type { ViewsAckArgs, ViewsAckOperation, ViewsAckReply } from "./views/ack.js";
export type { ViewsAddArgs, ViewsAddOperation, ViewsAddReply } from "./views/add.js";
export type { ViewsTakeArgs, ViewsTakeOperation, ViewsTakeReply } from "./views/take.js";
export type { ViewsViewersArgs, ViewsViewersOperation, ViewsViewersReply } from "./views/viewers.js";
export type { ViewsVisitArgs, ViewsVisitOperation, ViewsVisitReply } from "./views/visit.js";

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
   * The functions of `views`:
   * - `ack`: Acknowledges a batch of views that is in the database: take no longer returns it.
   * - `add`: Counts views of one or more products, once.
   * - `take`: Takes a numbered batch of counted views, for a worker that writes it to the database.
   * - `viewers`: Estimates how many different people viewed a product in a period.
   * - `visit`: Notes the viewers of a product in a period, such as a day. Each viewer counts once.
   */
  readonly views: ViewsOperations;
}

/** One tenant's typed functions, by domain and operation. */
export interface Tenant extends UnwrappedDomains {
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
}

/** The scripts of `cart` as functions. */
export interface CartOperations
  extends CartAbortOperation,
    CartBeginOperation,
    CartClaimOperation,
    CartDecideOperation,
    CartDiscardOperation,
    CartFinishOperation,
    CartReadOperation,
    CartRedriveOperation,
    CartSetAsideOperation,
    CartSettleOperation {}

/** The scripts of `coupon` as functions. */
export interface CouponOperations
  extends CouponReadOperation,
    CouponRedeemOperation,
    CouponReleaseOperation,
    CouponSetOperation {}

/** The scripts of `expiry` as functions. */
export interface ExpiryOperations
  extends ExpiryAckOperation,
    ExpiryCancelOperation,
    ExpiryClaimOperation,
    ExpiryDeadLetterOperation,
    ExpiryDiscardOperation,
    ExpiryDiscardOldOperation,
    ExpiryExtendOperation,
    ExpiryListDeadOperation,
    ExpiryOpenOperation,
    ExpiryRedriveOperation,
    ExpiryRenewOperation,
    ExpiryRetryOperation,
    ExpiryTrackOperation,
    ExpiryUpcomingOperation {}

/** The scripts of `idempotency` as functions. */
export interface IdempotencyOperations
  extends IdempotencyBeginOperation,
    IdempotencyCompleteOperation,
    IdempotencyFailOperation,
    IdempotencyMarkOperation,
    IdempotencyRenewOperation {}

/** The scripts of `job` as functions. */
export interface JobOperations extends JobFinishOperation, JobReadOperation, JobStartOperation {}

/** The scripts of `limit` as functions. */
export interface LimitOperations
  extends LimitEnterOperation,
    LimitLeaveOperation,
    LimitPeekOperation,
    LimitRenewOperation,
    LimitResetOperation,
    LimitTakeOperation {}

/** The scripts of `lock` as functions. */
export interface LockOperations extends LockAcquireOperation, LockReleaseOperation, LockRenewOperation {}

/** The scripts of `price` as functions. */
export interface PriceOperations
  extends PriceReadOperation,
    PriceRemoveSaleOperation,
    PriceSetOperation,
    PriceSetSaleOperation {}

/** The scripts of `slot` as functions. */
export interface SlotOperations
  extends SlotJoinOperation,
    SlotLeaveOperation,
    SlotRedriveOperation,
    SlotSetAsideOperation {}

/** The scripts of `stock` as functions. */
export interface StockOperations
  extends StockAdjustOperation,
    StockClaimPreparedOperation,
    StockCommitOperation,
    StockCommitPreparedOperation,
    StockDropWarehouseOperation,
    StockExtendOperation,
    StockForgetOperation,
    StockLevelsOperation,
    StockPrepareOperation,
    StockReadOperation,
    StockRecountOperation,
    StockReleaseOperation,
    StockReleasePreparedOperation,
    StockReserveOperation,
    StockResizeOperation,
    StockSetLevelOperation,
    StockSweepOperation,
    StockWatchOperation {}

/** The scripts of `views` as functions. */
export interface ViewsOperations
  extends ViewsAckOperation,
    ViewsAddOperation,
    ViewsTakeOperation,
    ViewsViewersOperation,
    ViewsVisitOperation {}

/** Every script, by domain and operation, as a client takes them. */
export const scripts = {
  cart: {
    abort: cartAbort,
    begin: cartBegin,
    claim: cartClaim,
    decide: cartDecide,
    discard: cartDiscard,
    finish: cartFinish,
    read: cartRead,
    redrive: cartRedrive,
    setAside: cartSetAside,
    settle: cartSettle,
  },
  coupon: {
    read: couponRead,
    redeem: couponRedeem,
    release: couponRelease,
    set: couponSet,
  },
  expiry: {
    ack: expiryAck,
    cancel: expiryCancel,
    claim: expiryClaim,
    deadLetter: expiryDeadLetter,
    discard: expiryDiscard,
    discardOld: expiryDiscardOld,
    extend: expiryExtend,
    listDead: expiryListDead,
    open: expiryOpen,
    redrive: expiryRedrive,
    renew: expiryRenew,
    retry: expiryRetry,
    track: expiryTrack,
    upcoming: expiryUpcoming,
  },
  idempotency: {
    begin: idempotencyBegin,
    complete: idempotencyComplete,
    fail: idempotencyFail,
    mark: idempotencyMark,
    renew: idempotencyRenew,
  },
  job: {
    finish: jobFinish,
    read: jobRead,
    start: jobStart,
  },
  limit: {
    enter: limitEnter,
    leave: limitLeave,
    peek: limitPeek,
    renew: limitRenew,
    reset: limitReset,
    take: limitTake,
  },
  lock: {
    acquire: lockAcquire,
    release: lockRelease,
    renew: lockRenew,
  },
  price: {
    read: priceRead,
    removeSale: priceRemoveSale,
    set: priceSet,
    setSale: priceSetSale,
  },
  slot: {
    join: slotJoin,
    leave: slotLeave,
    redrive: slotRedrive,
    setAside: slotSetAside,
  },
  stock: {
    adjust: stockAdjust,
    claimPrepared: stockClaimPrepared,
    commit: stockCommit,
    commitPrepared: stockCommitPrepared,
    dropWarehouse: stockDropWarehouse,
    extend: stockExtend,
    forget: stockForget,
    levels: stockLevels,
    prepare: stockPrepare,
    read: stockRead,
    recount: stockRecount,
    release: stockRelease,
    releasePrepared: stockReleasePrepared,
    reserve: stockReserve,
    resize: stockResize,
    setLevel: stockSetLevel,
    sweep: stockSweep,
    watch: stockWatch,
  },
  views: {
    ack: viewsAck,
    add: viewsAdd,
    take: viewsTake,
    viewers: viewsViewers,
    visit: viewsVisit,
  },
};
