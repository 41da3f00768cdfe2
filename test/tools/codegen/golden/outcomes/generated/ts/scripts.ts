// Generated from lua/ by moonpath-codegen. DO NOT EDIT.
import { type StockLookOperation, stockLook } from "./stock/look.js";

export * as keys from "./keys.js";
export * as types from "./types.js";
export type { StockLookArgs, StockLookOperation, StockLookReply } from "./stock/look.js";

/** One tenant's typed functions, by domain and operation. */
export interface Tenant {
  /**
   * The functions of `stock`:
   * - `look`: Looks at one shelf.
   */
  readonly stock: StockOperations;
}

/** The scripts of `stock` as functions. */
export interface StockOperations extends StockLookOperation {}

/** Every script, by domain and operation, as a client takes them. */
export const scripts = {
  stock: {
    look: stockLook,
  },
};
