// Generated from lua/stock/ by moonpath-codegen. DO NOT EDIT.
import { type StockCountOperation, stockCount } from "./stock/count.js";
import { type StockFillOperation, stockFill } from "./stock/fill.js";
import { type StockTagOperation, stockTag } from "./stock/tag.js";

export * from "./stock/count.js";
export * from "./stock/fill.js";
export * from "./stock/tag.js";

/** The scripts of `stock` as functions. */
export interface StockOperations extends StockCountOperation, StockFillOperation, StockTagOperation {}

/** Every script of `stock`, as a client takes them: `{ stock: stockScripts }`. */
export const stockScripts = {
  count: stockCount,
  fill: stockFill,
  tag: stockTag,
};
