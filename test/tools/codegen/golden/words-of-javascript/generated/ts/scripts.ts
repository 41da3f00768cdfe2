// Generated from lua/ by moonpath-codegen. DO NOT EDIT.
import { type DeleteDeleteOperation, deleteDelete } from "./delete/delete.js";
import { type DeleteKeysOperation, deleteKeys } from "./delete/keys.js";

export * as keys from "./keys.js";
export * as types from "./types.js";
export type { DeleteDeleteArgs, DeleteDeleteOperation, DeleteDeleteReply } from "./delete/delete.js";
export type { DeleteKeysArgs, DeleteKeysOperation, DeleteKeysReply } from "./delete/keys.js";

/** One tenant's typed functions, by domain and operation. */
export interface Tenant {
  /**
   * The functions of `delete`:
   * - `delete`: Deletes a class of things.
   * - `keys`: Reads how many units of a product there are.
   */
  readonly delete: DeleteOperations;
}

/** The scripts of `delete` as functions. */
export interface DeleteOperations extends DeleteDeleteOperation, DeleteKeysOperation {}

/** Every script, by domain and operation, as a client takes them. */
export const scripts = {
  delete: {
    delete: deleteDelete,
    keys: deleteKeys,
  },
};
