// Generated from lua/stock/ by moonpath-codegen. DO NOT EDIT.
import { type StockLookOperation, stockLook } from "./stock/look.js";

export * from "./stock/look.js";

/** The scripts of `stock` as functions. */
export interface StockOperations extends StockLookOperation {}

/** Every script of `stock`, as a client takes them: `{ stock: stockScripts }`. */
export const stockScripts = {
  look: stockLook,
};
