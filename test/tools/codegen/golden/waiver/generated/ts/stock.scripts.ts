// Generated from lua/stock/ by moonpath-codegen. DO NOT EDIT.
import { type StockTryOperation, stockTry } from "./stock/try.js";

export * from "./stock/try.js";

/** The scripts of `stock` as functions. */
export interface StockOperations extends StockTryOperation {}

/** Every script of `stock`, as a client takes them: `{ stock: stockScripts }`. */
export const stockScripts = {
  try: stockTry,
};
