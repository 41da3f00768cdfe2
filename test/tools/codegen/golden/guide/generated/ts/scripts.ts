// Generated from lua/ by moonpath-codegen. DO NOT EDIT.
import { type VoucherOperations, voucherScripts } from "./voucher.scripts.js";

export * as keys from "./keys.js";
export * as types from "./types.js";
export type * from "./voucher.scripts.js";

/** One tenant's typed functions, by domain and operation. */
export interface Tenant {
  /**
   * The functions of `voucher`:
   * - `redeem`: Redeems a voucher for a customer, once, as long as uses are left.
   */
  readonly voucher: VoucherOperations;
}

/** Every script, by domain and operation, as a client takes them. */
export const scripts = {
  voucher: voucherScripts,
};
