// Generated from lua/stock/ by moonpath-codegen. DO NOT EDIT.
import { type StockClearOperation, stockClear } from "./stock/clear.js";
import { type StockLabelOperation, stockLabel } from "./stock/label.js";
import { type StockTrimOperation, stockTrim } from "./stock/trim.js";

export * from "./stock/clear.js";
export * from "./stock/label.js";
export * from "./stock/trim.js";

/** The scripts of `stock` as functions. */
export interface StockOperations extends StockClearOperation, StockLabelOperation, StockTrimOperation {}

/** Every script of `stock`, as a client takes them: `{ stock: stockScripts }`. */
export const stockScripts = {
  clear: stockClear,
  label: stockLabel,
  trim: stockTrim,
};
