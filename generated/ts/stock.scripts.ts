// Generated from lua/stock/ by moonpath-codegen. DO NOT EDIT.
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

export * from "./stock/adjust.js";
export * from "./stock/claim_prepared.js";
export * from "./stock/commit.js";
export * from "./stock/commit_prepared.js";
export * from "./stock/drop_warehouse.js";
export * from "./stock/extend.js";
export * from "./stock/forget.js";
export * from "./stock/levels.js";
export * from "./stock/prepare.js";
export * from "./stock/read.js";
export * from "./stock/recount.js";
export * from "./stock/release.js";
export * from "./stock/release_prepared.js";
export * from "./stock/reserve.js";
export * from "./stock/resize.js";
export * from "./stock/set_level.js";
export * from "./stock/sweep.js";
export * from "./stock/watch.js";

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

/** Every script of `stock`, as a client takes them: `{ stock: stockScripts }`. */
export const stockScripts = {
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
};
