// Generated from lua/stock/ by moonpath-codegen. DO NOT EDIT.
import { type StockReadOperation, stockRead } from "./stock/read.js";
import { type StockReadV1Operation, stockReadV1 } from "./stock/read_v1.js";

export * from "./stock/read.js";
export * from "./stock/read_v1.js";

/** The scripts of `stock` as functions. */
export interface StockOperations extends StockReadOperation, StockReadV1Operation {}

/** Every script of `stock`, as a client takes them: `{ stock: stockScripts }`. */
export const stockScripts = {
  read: stockRead,
  readV1: stockReadV1,
};
