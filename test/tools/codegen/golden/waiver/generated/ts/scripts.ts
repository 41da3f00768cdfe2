// Generated from lua/ by moonpath-codegen. DO NOT EDIT.
import { type StockTryOperation, stockTry } from "./stock/try.js";

export * as keys from "./keys.js";
export * as types from "./types.js";
export type { StockTryArgs, StockTryOperation, StockTryReply } from "./stock/try.js";

/** One tenant's typed functions, by domain and operation. */
export interface Tenant {
  /**
   * The functions of `stock`:
   * - `try`: Notes a change, and goes on where that fails.
   */
  readonly stock: StockOperations;
}

/** The scripts of `stock` as functions. */
export interface StockOperations extends StockTryOperation {}

/** Every script, by domain and operation, as a client takes them. */
export const scripts = {
  stock: {
    try: stockTry,
  },
};
