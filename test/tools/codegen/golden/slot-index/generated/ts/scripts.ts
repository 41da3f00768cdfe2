// Generated from lua/ by moonpath-codegen. DO NOT EDIT.
import { type StockRenameOperation, stockRename } from "./stock/rename.js";

export * as keys from "./keys.js";
export * as types from "./types.js";
export type { StockRenameArgs, StockRenameOperation, StockRenameReply } from "./stock/rename.js";

/** One tenant's typed functions, by domain and operation. */
export interface Tenant {
  /**
   * The functions of `stock`:
   * - `rename`: Sets a product's label, and asks for a new print of it.
   */
  readonly stock: StockOperations;
}

/** The scripts of `stock` as functions. */
export interface StockOperations extends StockRenameOperation {}

/** Every script, by domain and operation, as a client takes them. */
export const scripts = {
  stock: {
    rename: stockRename,
  },
};
