// Generated from lua/ by moonpath-codegen. DO NOT EDIT.
import { type StockOperations, stockScripts } from "./stock.scripts.js";

export * as keys from "./keys.js";
export * as types from "./types.js";
export type * from "./stock.scripts.js";

/** One tenant's typed functions, by domain and operation. */
export interface Tenant {
  /**
   * The functions of `stock`:
   * - `rename`: Gives a product another label, and notes when.
   */
  readonly stock: StockOperations;
}

/** Every script, by domain and operation, as a client takes them. */
export const scripts = {
  stock: stockScripts,
};
