// Generated from lua/stock/ by moonpath-codegen. DO NOT EDIT.
import { type StockForgetOperation, stockForget } from "./stock/forget.js";
import { type StockReadOperation, stockRead } from "./stock/read.js";

export * from "./stock/forget.js";
export * from "./stock/read.js";

/** The scripts of `stock` as functions. */
export interface StockOperations extends StockForgetOperation, StockReadOperation {}

/** Every script of `stock`, as a client takes them: `{ stock: stockScripts }`. */
export const stockScripts = {
  forget: stockForget,
  read: stockRead,
};
