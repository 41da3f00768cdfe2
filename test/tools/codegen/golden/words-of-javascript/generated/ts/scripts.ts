// Generated from lua/ by moonpath-codegen. DO NOT EDIT.
import { type DeleteOperations, deleteScripts } from "./delete.scripts.js";

export * as keys from "./keys.js";
export * as types from "./types.js";
export type * from "./delete.scripts.js";

/** One tenant's typed functions, by domain and operation. */
export interface Tenant {
  /**
   * The functions of `delete`:
   * - `delete`: Deletes a class of things.
   * - `keys`: Reads how many units of a product there are.
   */
  readonly delete: DeleteOperations;
}

/** Every script, by domain and operation, as a client takes them. */
export const scripts = {
  delete: deleteScripts,
};
