// Generated from lua/ by moonpath-codegen. DO NOT EDIT.
import { type StockCountOperation, stockCount } from "./stock/count.js";
import { type StockFillOperation, stockFill } from "./stock/fill.js";
import { type StockTagOperation, stockTag } from "./stock/tag.js";

export * as keys from "./keys.js";
export * as types from "./types.js";
export type { StockCountArgs, StockCountOperation, StockCountReply } from "./stock/count.js";
export type { StockFillArgs, StockFillOperation, StockFillReply } from "./stock/fill.js";
export type { StockTagArgs, StockTagOperation, StockTagReply } from "./stock/tag.js";

/** One tenant's typed functions, by domain and operation. */
export interface Tenant {
  /**
   * The functions of `stock`:
   * - `count`: Reads a product's total up to a limit. A return without a value keeps the function
   *   one.
   * - `fill`: Sets many shelves, and says what lies on others.
   * - `tag`: Sets what a shop says of a product, and how often.
   */
  readonly stock: StockOperations;
}

/** The scripts of `stock` as functions. */
export interface StockOperations extends StockCountOperation, StockFillOperation, StockTagOperation {}

/** Every script, by domain and operation, as a client takes them. */
export const scripts = {
  stock: {
    count: stockCount,
    fill: stockFill,
    tag: stockTag,
  },
};
