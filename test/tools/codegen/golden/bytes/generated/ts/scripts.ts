// Generated from lua/ by moonpath-codegen. DO NOT EDIT.
import { type StockOperations, stockScripts } from "./stock.scripts.js";

export * as keys from "./keys.js";
export * as types from "./types.js";
export type * from "./stock.scripts.js";

/** One tenant's typed functions, by domain and operation. */
export interface Tenant {
  /**
   * The functions of `stock`:
   * - `fetch`: Fetches the value of a label.
   * - `store`: Stores the value of a label.
   */
  readonly stock: StockOperations;
}

/** Every script, by domain and operation, as a client takes them. */
export const scripts = {
  stock: stockScripts,
};
