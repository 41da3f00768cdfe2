// Generated from lua/ by moonpath-codegen. DO NOT EDIT.
import { type StockClearOperation, stockClear } from "./stock/clear.js";
import { type StockLabelOperation, stockLabel } from "./stock/label.js";
import { type StockTrimOperation, stockTrim } from "./stock/trim.js";

export * as keys from "./keys.js";
export * as types from "./types.js";
export type { StockClearArgs, StockClearOperation, StockClearReply } from "./stock/clear.js";
export type { StockLabelArgs, StockLabelOperation, StockLabelReply } from "./stock/label.js";
export type { StockTrimArgs, StockTrimOperation, StockTrimReply } from "./stock/trim.js";

/** One tenant's typed functions, by domain and operation. */
export interface Tenant {
  /**
   * The functions of `stock`:
   * - `clear`: Forgets the changes of a product's stock, in the background.
   * - `label`: Sets what a shop says of a product.
   * - `trim`: Removes what a shop says of a product, if it is empty.
   */
  readonly stock: StockOperations;
}

/** The scripts of `stock` as functions. */
export interface StockOperations extends StockClearOperation, StockLabelOperation, StockTrimOperation {}

/** Every script, by domain and operation, as a client takes them. */
export const scripts = {
  stock: {
    clear: stockClear,
    label: stockLabel,
    trim: stockTrim,
  },
};
