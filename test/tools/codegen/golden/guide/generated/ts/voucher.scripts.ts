// Generated from lua/voucher/ by moonpath-codegen. DO NOT EDIT.
import { type VoucherRedeemOperation, voucherRedeem } from "./voucher/redeem.js";

export * from "./voucher/redeem.js";

/** The scripts of `voucher` as functions. */
export interface VoucherOperations extends VoucherRedeemOperation {}

/** Every script of `voucher`, as a client takes them: `{ voucher: voucherScripts }`. */
export const voucherScripts = {
  redeem: voucherRedeem,
};
