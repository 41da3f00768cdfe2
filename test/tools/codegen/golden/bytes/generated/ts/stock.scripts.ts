// Generated from lua/stock/ by moonpath-codegen. DO NOT EDIT.
import { type StockFetchOperation, stockFetch } from "./stock/fetch.js";
import { type StockStoreOperation, stockStore } from "./stock/store.js";

export * from "./stock/fetch.js";
export * from "./stock/store.js";

/** The scripts of `stock` as functions. */
export interface StockOperations extends StockFetchOperation, StockStoreOperation {}

/** Every script of `stock`, as a client takes them: `{ stock: stockScripts }`. */
export const stockScripts = {
  fetch: stockFetch,
  store: stockStore,
};
