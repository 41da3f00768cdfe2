// Generated from lua/ by moonpath-codegen. DO NOT EDIT.
import { type Client, type ClientOptions, createClient, type Operations, type RedisLike } from "moonpath/client";
import { ack as expiryAck } from "./expiry/ack.js";
import { cancel as expiryCancel } from "./expiry/cancel.js";
import { claim as expiryClaim } from "./expiry/claim.js";
import { deadLetter as expiryDeadLetter } from "./expiry/dead_letter.js";
import { extend as expiryExtend } from "./expiry/extend.js";
import { listDead as expiryListDead } from "./expiry/list_dead.js";
import { redrive as expiryRedrive } from "./expiry/redrive.js";
import { renew as expiryRenew } from "./expiry/renew.js";
import { retry as expiryRetry } from "./expiry/retry.js";
import { track as expiryTrack } from "./expiry/track.js";
import { upcoming as expiryUpcoming } from "./expiry/upcoming.js";
import { begin as idempotencyBegin } from "./idempotency/begin.js";
import { complete as idempotencyComplete } from "./idempotency/complete.js";
import { fail as idempotencyFail } from "./idempotency/fail.js";
import { mark as idempotencyMark } from "./idempotency/mark.js";
import { finish as jobFinish } from "./job/finish.js";
import { read as jobRead } from "./job/read.js";
import { start as jobStart } from "./job/start.js";
import { acquire as lockAcquire } from "./lock/acquire.js";
import { release as lockRelease } from "./lock/release.js";
import { renew as lockRenew } from "./lock/renew.js";
import { read as priceRead } from "./price/read.js";
import { set as priceSet } from "./price/set.js";
import { adjust as stockAdjust } from "./stock/adjust.js";
import { commit as stockCommit } from "./stock/commit.js";
import { read as stockRead } from "./stock/read.js";
import { release as stockRelease } from "./stock/release.js";
import { reserve as stockReserve } from "./stock/reserve.js";
import { setLevel as stockSetLevel } from "./stock/set_level.js";
import { sweep as stockSweep } from "./stock/sweep.js";
import { ack as viewsAck } from "./views/ack.js";
import { add as viewsAdd } from "./views/add.js";
import { take as viewsTake } from "./views/take.js";
import { viewers as viewsViewers } from "./views/viewers.js";
import { visit as viewsVisit } from "./views/visit.js";

export * as keys from "./keys.js";
export * as types from "./types.js";
export type { AckArgs as ExpiryAckArgs, AckReply as ExpiryAckReply } from "./expiry/ack.js";
export type { CancelArgs as ExpiryCancelArgs, CancelReply as ExpiryCancelReply } from "./expiry/cancel.js";
export type { ClaimArgs as ExpiryClaimArgs, ClaimReply as ExpiryClaimReply } from "./expiry/claim.js";
export type { DeadLetterArgs as ExpiryDeadLetterArgs, DeadLetterReply as ExpiryDeadLetterReply } from "./expiry/dead_letter.js";
export type { ExtendArgs as ExpiryExtendArgs, ExtendReply as ExpiryExtendReply } from "./expiry/extend.js";
export type { ListDeadArgs as ExpiryListDeadArgs, ListDeadReply as ExpiryListDeadReply } from "./expiry/list_dead.js";
export type { RedriveArgs as ExpiryRedriveArgs, RedriveReply as ExpiryRedriveReply } from "./expiry/redrive.js";
export type { RenewArgs as ExpiryRenewArgs, RenewReply as ExpiryRenewReply } from "./expiry/renew.js";
export type { RetryArgs as ExpiryRetryArgs, RetryReply as ExpiryRetryReply } from "./expiry/retry.js";
export type { TrackArgs as ExpiryTrackArgs, TrackReply as ExpiryTrackReply } from "./expiry/track.js";
export type { UpcomingArgs as ExpiryUpcomingArgs, UpcomingReply as ExpiryUpcomingReply } from "./expiry/upcoming.js";
export type { BeginArgs as IdempotencyBeginArgs, BeginReply as IdempotencyBeginReply } from "./idempotency/begin.js";
export type { CompleteArgs as IdempotencyCompleteArgs, CompleteReply as IdempotencyCompleteReply } from "./idempotency/complete.js";
export type { FailArgs as IdempotencyFailArgs, FailReply as IdempotencyFailReply } from "./idempotency/fail.js";
export type { MarkArgs as IdempotencyMarkArgs, MarkReply as IdempotencyMarkReply } from "./idempotency/mark.js";
export type { FinishArgs as JobFinishArgs, FinishReply as JobFinishReply } from "./job/finish.js";
export type { ReadArgs as JobReadArgs, ReadReply as JobReadReply } from "./job/read.js";
export type { StartArgs as JobStartArgs, StartReply as JobStartReply } from "./job/start.js";
export type { AcquireArgs as LockAcquireArgs, AcquireReply as LockAcquireReply } from "./lock/acquire.js";
export type { ReleaseArgs as LockReleaseArgs, ReleaseReply as LockReleaseReply } from "./lock/release.js";
export type { RenewArgs as LockRenewArgs, RenewReply as LockRenewReply } from "./lock/renew.js";
export type { ReadArgs as PriceReadArgs, ReadReply as PriceReadReply } from "./price/read.js";
export type { SetArgs as PriceSetArgs, SetReply as PriceSetReply } from "./price/set.js";
export type { AdjustArgs as StockAdjustArgs, AdjustReply as StockAdjustReply } from "./stock/adjust.js";
export type { CommitArgs as StockCommitArgs, CommitReply as StockCommitReply } from "./stock/commit.js";
export type { ReadArgs as StockReadArgs, ReadReply as StockReadReply } from "./stock/read.js";
export type { ReleaseArgs as StockReleaseArgs, ReleaseReply as StockReleaseReply } from "./stock/release.js";
export type { ReserveArgs as StockReserveArgs, ReserveReply as StockReserveReply } from "./stock/reserve.js";
export type { SetLevelArgs as StockSetLevelArgs, SetLevelReply as StockSetLevelReply } from "./stock/set_level.js";
export type { SweepArgs as StockSweepArgs, SweepReply as StockSweepReply } from "./stock/sweep.js";
export type { AckArgs as ViewsAckArgs, AckReply as ViewsAckReply } from "./views/ack.js";
export type { AddArgs as ViewsAddArgs, AddReply as ViewsAddReply } from "./views/add.js";
export type { TakeArgs as ViewsTakeArgs, TakeReply as ViewsTakeReply } from "./views/take.js";
export type { ViewersArgs as ViewsViewersArgs, ViewersReply as ViewsViewersReply } from "./views/viewers.js";
export type { VisitArgs as ViewsVisitArgs, VisitReply as ViewsVisitReply } from "./views/visit.js";

/** Every script, by domain and operation. */
export const scripts = {
  expiry: {
    /** Tells that a worker has dealt with items that it claimed, so that nobody gets them again. */
    ack: expiryAck,
    /** Stops tracking an item that no worker has. */
    cancel: expiryCancel,
    /** Hands due items to a worker, which has them until its lease ends. */
    claim: expiryClaim,
    /** Gives items up that a worker cannot deal with, however often it tries: they are dead, with the reason, until redriven. */
    deadLetter: expiryDeadLetter,
    /** Moves the instant at which a tracked item is due. */
    extend: expiryExtend,
    /** Lists dead items with the reason, those first that were given up first. */
    listDead: expiryListDead,
    /** Makes dead items due again, now, as if they had never been tried. */
    redrive: expiryRedrive,
    /** Gives a worker's claim a new lease, from now on; one that runs longer already stays. */
    renew: expiryRenew,
    /** Gives items back that a worker could not deal with, to be due again after a while. */
    retry: expiryRetry,
    /** Sets the instant at which an item is due, anew if it had one. */
    track: expiryTrack,
    /** Lists the items that are due soon, the earliest first; those due already and not yet claimed included. */
    upcoming: expiryUpcoming,
  },
  idempotency: {
    /** Asks whether to run a request: run it, replay its reply, wait for who runs it, or refuse a different one. */
    begin: idempotencyBegin,
    /** Records a request's reply, for everybody who asks again. */
    complete: idempotencyComplete,
    /** Gives a request back unfinished, so that anybody may run it at once. */
    fail: idempotencyFail,
    /** Marks an event as seen and says whether this was the first time. */
    mark: idempotencyMark,
  },
  job: {
    /** Notes how a run of a job ended. */
    finish: jobFinish,
    /** Reads how a job's last run went, or that it runs. */
    read: jobRead,
    /** Notes that a run of a job begins. */
    start: jobStart,
  },
  lock: {
    /** Takes a lock for a while, or says who holds it and for how long. */
    acquire: lockAcquire,
    /** Lets go of a lock, if the caller still holds it, and wakes who waits for it. */
    release: lockRelease,
    /** Gives a lock's holder a new lease, from now on; one that runs longer already stays. */
    renew: lockRenew,
  },
  price: {
    /** Reads what a product costs now, in one currency: base, sale and effective price. */
    read: priceRead,
    /** Sets a product's base or sale price in one currency. */
    set: priceSet,
  },
  stock: {
    /** Moves units of a product out (a sale) or in (a return), and returns the product's total and status. */
    adjust: stockAdjust,
    /** Sells what a reservation holds: its units leave the shelves. */
    commit: stockCommit,
    /** Reads a product's stock: total, status and the level of each warehouse. */
    read: stockRead,
    /** Gives back what a reservation holds, for an order that was given up. */
    release: stockRelease,
    /** Holds units of a product for a while, for an order that is not paid yet. */
    reserve: stockReserve,
    /** Sets one warehouse's stock of a product and returns the product's total and status. */
    setLevel: stockSetLevel,
    /** Ends a product's reservations whose lease is over, and forgets closed ones whose time has come. */
    sweep: stockSweep,
  },
  views: {
    /** Tells that a batch of views is in the database, so that it is not given again. */
    ack: viewsAck,
    /** Counts views of one or more products, once. */
    add: viewsAdd,
    /** Takes a numbered batch of counted views, to be written to the database. */
    take: viewsTake,
    /** Tells about how many different people viewed a product in a period. */
    viewers: viewsViewers,
    /** Notes that people viewed a product in a period, such as a day, each once however often they come. */
    visit: viewsVisit,
  },
};

/** A client of these scripts: `moonpath.tenant("acme")` gives a tenant's typed functions. */
export type Moonpath = Client<typeof scripts>;

/** One tenant's typed functions, by domain and operation. */
export type Tenant = Operations<typeof scripts>;

/** Makes a client over a connection or a cluster of ioredis or iovalkey. The connection stays yours to close. */
export function createMoonpath(redis: RedisLike, options?: ClientOptions): Moonpath {
  return createClient(redis, scripts, options);
}
