// Generated from lua/stock/ by moonpath-codegen. DO NOT EDIT.
import { type StockRemoveOperation, stockRemove } from "./stock/remove.js";

export * from "./stock/remove.js";

/** The scripts of `stock` as functions. */
export interface StockOperations extends StockRemoveOperation {}

/** Every script of `stock`, as a client takes them: `{ stock: stockScripts }`. */
export const stockScripts = {
  remove: stockRemove,
};
