// Generated from lua/stock/ by moonpath-codegen. DO NOT EDIT.
import { type StockRenameOperation, stockRename } from "./stock/rename.js";

export * from "./stock/rename.js";

/** The scripts of `stock` as functions. */
export interface StockOperations extends StockRenameOperation {}

/** Every script of `stock`, as a client takes them: `{ stock: stockScripts }`. */
export const stockScripts = {
  rename: stockRename,
};
