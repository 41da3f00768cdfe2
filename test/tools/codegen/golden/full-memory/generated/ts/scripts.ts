// Generated from lua/ by moonpath-codegen. DO NOT EDIT.
import { type StockSetOperation, stockSet } from "./stock/set.js";

export * as keys from "./keys.js";
export * as types from "./types.js";
export type { StockSetArgs, StockSetOperation, StockSetReply } from "./stock/set.js";

/** One tenant's typed functions, by domain and operation. */
export interface Tenant {
  /**
   * The functions of `stock`:
   * - `set`: Sets what lies on one shelf.
   */
  readonly stock: StockOperations;
}

/** The scripts of `stock` as functions. */
export interface StockOperations extends StockSetOperation {}

/** Every script, by domain and operation, as a client takes them. */
export const scripts = {
  stock: {
    set: stockSet,
  },
};
