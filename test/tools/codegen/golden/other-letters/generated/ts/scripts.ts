// Generated from lua/ by moonpath-codegen. DO NOT EDIT.
import { type StockGreetOperation, stockGreet } from "./stock/greet.js";

export * as keys from "./keys.js";
export * as types from "./types.js";
export type { StockGreetArgs, StockGreetOperation, StockGreetReply } from "./stock/greet.js";

/** One tenant's typed functions, by domain and operation. */
export interface Tenant {
  /**
   * The functions of `stock`:
   * - `greet`: Greets in letters of other languages: ä, 挨, 🙂.
   */
  readonly stock: StockOperations;
}

/** The scripts of `stock` as functions. */
export interface StockOperations extends StockGreetOperation {}

/** Every script, by domain and operation, as a client takes them. */
export const scripts = {
  stock: {
    greet: stockGreet,
  },
};
