// Generated from lua/types.lua by moonpath-codegen. DO NOT EDIT.
import { integerType, textType } from "moonpath/client";

/** Names one thing: a coupon, a customer. */
export const id = textType("id", 1, 256, "key");

/**
 * How often a coupon may be redeemed.
 *
 * Counts uses.
 */
export const uses = integerType("uses", 0, 1000000);
