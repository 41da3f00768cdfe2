// Generated from lua/stock/ by moonpath-codegen. DO NOT EDIT.
import { type StockReleaseOperation, stockRelease } from "./stock/release.js";

export * from "./stock/release.js";

/** The scripts of `stock` as functions. */
export interface StockOperations extends StockReleaseOperation {}

/** Every script of `stock`, as a client takes them: `{ stock: stockScripts }`. */
export const stockScripts = {
  release: stockRelease,
};
