// Generated from lua/delete/ by moonpath-codegen. DO NOT EDIT.
import { type DeleteDeleteOperation, deleteDelete } from "./delete/delete.js";
import { type DeleteKeysOperation, deleteKeys } from "./delete/keys.js";

export * from "./delete/delete.js";
export * from "./delete/keys.js";

/** The scripts of `delete` as functions. */
export interface DeleteOperations extends DeleteDeleteOperation, DeleteKeysOperation {}

/** Every script of `delete`, as a client takes them: `{ delete: deleteScripts }`. */
export const deleteScripts = {
  delete: deleteDelete,
  keys: deleteKeys,
};
