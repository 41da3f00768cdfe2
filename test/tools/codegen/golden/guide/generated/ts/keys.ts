// Generated from lua/keyspace.lua by moonpath-codegen. DO NOT EDIT.
import { checkedScope, type Scope } from "moonpath/client";
import * as types from "./types.js";

/**
 * The customers who have redeemed a voucher.
 *
 * `<namespace>:{<tenant>:<voucher>}:voucher`, a set; lives: until removed.
 */
export function voucher(scope: Scope, voucher: string): string {
  const { namespace, tenant } = checkedScope(scope);
  return `${namespace}:{${tenant}:${types.id.encode("voucher", voucher)}}:voucher`;
}
