// Generated from lua/stock/ by moonpath-codegen. DO NOT EDIT.
import { type StockSetOperation, stockSet } from "./stock/set.js";

export * from "./stock/set.js";

/** The scripts of `stock` as functions. */
export interface StockOperations extends StockSetOperation {}

/** Every script of `stock`, as a client takes them: `{ stock: stockScripts }`. */
export const stockScripts = {
  set: stockSet,
};
