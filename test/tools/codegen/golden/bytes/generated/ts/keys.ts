// Generated from lua/keyspace.lua by moonpath-codegen. DO NOT EDIT.
import { checkedScope, type Scope } from "moonpath/client";
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
