// Generated from lua/keyspace.lua by moonpath-codegen. DO NOT EDIT.
import { checkedScope, type Scope } from "moonpath/client";
import * as types from "./types.js";

/**
 * The customers who have redeemed a coupon.
 *
 * `<namespace>:{<tenant>:<coupon>}:coupon`, a set; lives: until removed.
 */
export function coupon(scope: Scope, coupon: string): string {
  const { namespace, tenant } = checkedScope(scope);
  return `${namespace}:{${tenant}:${types.id.encode("coupon", coupon)}}:coupon`;
}
