// Generated from lua/keyspace.lua by moonpath-codegen. DO NOT EDIT.
import { checkedName, checkedScope, type Scope, slotTag, tagOfSlot } from "moonpath/client";
import * as types from "./types.js";

/**
 * A product's stock: one field a shelf, and the `total` of them.
 *
 * `<namespace>:{<tenant>:<product>}:stock`, a hash; lives: until removed.
 */
export function stock(scope: Scope, product: string): string {
  const { namespace, tenant } = checkedScope(scope);
  return `${namespace}:{${tenant}:${types.id.encode("product", product)}}:stock`;
}

/**
 * What a shop says of a product.
 *
 * `<namespace>:{<tenant>:<product>}:label`, a string; lives: until removed.
 */
export function label(scope: Scope, product: string): string {
  const { namespace, tenant } = checkedScope(scope);
  return `${namespace}:{${tenant}:${types.id.encode("product", product)}}:label`;
}

/**
 * The operations that changed a product's stock, by their instant.
 *
 * `<namespace>:{<tenant>:<product>}:changes`, a zset; lives: until removed.
 */
export function changes(scope: Scope, product: string): string {
  const { namespace, tenant } = checkedScope(scope);
  return `${namespace}:{${tenant}:${types.id.encode("product", product)}}:changes`;
}

/**
 * The products in one customer's basket.
 *
 * `<namespace>:{<tenant>:<customer>}:basket`, a set; lives: until removed.
 */
export function basket(scope: Scope, customer: string): string {
  const { namespace, tenant } = checkedScope(scope);
  return `${namespace}:{${tenant}:${types.id.encode("customer", customer)}}:basket`;
}

/**
 * The products of a slot whose label must be printed, as `tenant:product`, by the time.
 *
 * `<namespace>:{<slot of tenant, product>}:slot-label`, a zset; lives: until removed.
 */
export function slotLabel(scope: Scope, product: string): string {
  const { namespace, tenant } = checkedScope(scope);
  return `${namespace}:{${slotTag(`${tenant}:${types.id.encode("product", product)}`)}}:slot-label`;
}

/** The key of `slotLabel` for a slot of Redis Cluster, 0 to 16,383. */
export function slotLabelInSlot(namespace: string, slot: number): string {
  return `${checkedName("namespace", namespace)}:{${tagOfSlot(slot)}}:slot-label`;
}
