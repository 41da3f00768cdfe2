// Generated from lua/types.lua by moonpath-codegen. DO NOT EDIT.
import { integerType, textType } from "moonpath/client";

/**
 * Names one thing: a voucher, a customer.
 *
 * 1 to 256 bytes.
 */
export const id = /* @__PURE__ */ textType("id", 1, 256, "key");

/**
 * How often a voucher may be redeemed.
 *
 * Uses, 0 to 1,000,000.
 */
export const uses = /* @__PURE__ */ integerType("uses", 0, 1000000);
