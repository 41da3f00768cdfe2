// Generated from lua/stock/ by moonpath-codegen. DO NOT EDIT.
import { type StockOrderOperation, stockOrder } from "./stock/order.js";

export * from "./stock/order.js";

/** The scripts of `stock` as functions. */
export interface StockOperations extends StockOrderOperation {}

/** Every script of `stock`, as a client takes them: `{ stock: stockScripts }`. */
export const stockScripts = {
  order: stockOrder,
};
