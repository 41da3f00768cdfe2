// Generated from lua/stock/ by moonpath-codegen. DO NOT EDIT.
import { type StockNoteOperation, stockNote } from "./stock/note.js";

export * from "./stock/note.js";

/** The scripts of `stock` as functions. */
export interface StockOperations extends StockNoteOperation {}

/** Every script of `stock`, as a client takes them: `{ stock: stockScripts }`. */
export const stockScripts = {
  note: stockNote,
};
