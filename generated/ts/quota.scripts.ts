// Generated from lua/quota/ by moonpath-codegen. DO NOT EDIT.
import { type QuotaCountOperation, quotaCount } from "./quota/count.js";
import { type QuotaForgetOperation, quotaForget } from "./quota/forget.js";
import { type QuotaReadOperation, quotaRead } from "./quota/read.js";
import { type QuotaResetOperation, quotaReset } from "./quota/reset.js";

export * from "./quota/count.js";
export * from "./quota/forget.js";
export * from "./quota/read.js";
export * from "./quota/reset.js";

/** The scripts of `quota` as functions. */
export interface QuotaOperations
  extends QuotaCountOperation,
    QuotaForgetOperation,
    QuotaReadOperation,
    QuotaResetOperation {}

/** Every script of `quota`, as a client takes them: `{ quota: quotaScripts }`. */
export const quotaScripts = {
  count: quotaCount,
  forget: quotaForget,
  read: quotaRead,
  reset: quotaReset,
};
