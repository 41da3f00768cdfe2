// Generated from lua/stock/ by moonpath-codegen. DO NOT EDIT.
import { type StockFillOperation, stockFill } from "./stock/fill.js";

export * from "./stock/fill.js";

/** The scripts of `stock` as functions. */
export interface StockOperations extends StockFillOperation {}

/** Every script of `stock`, as a client takes them: `{ stock: stockScripts }`. */
export const stockScripts = {
  fill: stockFill,
};
