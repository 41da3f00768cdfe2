// Generated from lua/ by moonpath-codegen. DO NOT EDIT.
import { type StockRemoveOperation, stockRemove } from "./stock/remove.js";

export * as keys from "./keys.js";
export * as types from "./types.js";
export type { StockRemoveArgs, StockRemoveOperation, StockRemoveReply } from "./stock/remove.js";

/** One tenant's typed functions, by domain and operation. */
export interface Tenant {
  /**
   * The functions of `stock`:
   * - `remove`: Removes shelves.
   */
  readonly stock: StockOperations;
}

/** The scripts of `stock` as functions. */
export interface StockOperations extends StockRemoveOperation {}

/** Every script, by domain and operation, as a client takes them. */
export const scripts = {
  stock: {
    remove: stockRemove,
  },
};
