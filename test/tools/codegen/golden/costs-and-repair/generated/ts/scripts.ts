// Generated from lua/ by moonpath-codegen. DO NOT EDIT.
import { type StockForgetOperation, stockForget } from "./stock/forget.js";
import { type StockReadOperation, stockRead } from "./stock/read.js";

export * as keys from "./keys.js";
export * as types from "./types.js";
export type { StockForgetArgs, StockForgetOperation, StockForgetReply } from "./stock/forget.js";
export type { StockReadArgs, StockReadOperation, StockReadReply } from "./stock/read.js";

/** One tenant's typed functions, by domain and operation. */
export interface Tenant {
  /**
   * The functions of `stock`:
   * - `forget`: Forgets what a shop says of a product.
   * - `read`: Reads how many units of a product there are.
   */
  readonly stock: StockOperations;
}

/** The scripts of `stock` as functions. */
export interface StockOperations extends StockForgetOperation, StockReadOperation {}

/** Every script, by domain and operation, as a client takes them. */
export const scripts = {
  stock: {
    forget: stockForget,
    read: stockRead,
  },
};
