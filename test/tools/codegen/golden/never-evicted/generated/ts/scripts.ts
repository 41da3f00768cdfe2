// Generated from lua/ by moonpath-codegen. DO NOT EDIT.
import { type StockLabelOperation, stockLabel } from "./stock/label.js";
import { type StockRenameOperation, stockRename } from "./stock/rename.js";

export * as keys from "./keys.js";
export * as types from "./types.js";
export type { StockLabelArgs, StockLabelOperation, StockLabelReply } from "./stock/label.js";
export type { StockRenameArgs, StockRenameOperation, StockRenameReply } from "./stock/rename.js";

/** One tenant's typed functions, by domain and operation. */
export interface Tenant {
  /**
   * The functions of `stock`:
   * - `label`: Reads a product's label.
   * - `rename`: Gives a product another label, and notes when.
   */
  readonly stock: StockOperations;
}

/** The scripts of `stock` as functions. */
export interface StockOperations extends StockLabelOperation, StockRenameOperation {}

/** Every script, by domain and operation, as a client takes them. */
export const scripts = {
  stock: {
    label: stockLabel,
    rename: stockRename,
  },
};
