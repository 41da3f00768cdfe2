// Generated from lua/stock/ by moonpath-codegen. DO NOT EDIT.
import { type StockGreetOperation, stockGreet } from "./stock/greet.js";

export * from "./stock/greet.js";

/** The scripts of `stock` as functions. */
export interface StockOperations extends StockGreetOperation {}

/** Every script of `stock`, as a client takes them: `{ stock: stockScripts }`. */
export const stockScripts = {
  greet: stockGreet,
};
