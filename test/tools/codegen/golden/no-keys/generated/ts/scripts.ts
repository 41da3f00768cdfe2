// Generated from lua/ by moonpath-codegen. DO NOT EDIT.
import { type ClockOperations, clockScripts } from "./clock.scripts.js";

export * as keys from "./keys.js";
export * as types from "./types.js";
export type * from "./clock.scripts.js";

/** One tenant's typed functions, by domain and operation. */
export interface Tenant {
  /**
   * The functions of `clock`:
   * - `read`: Tells Redis's clock.
   * - `shift`: Tells Redis's clock some time ago.
   */
  readonly clock: ClockOperations;
}

/** Every script, by domain and operation, as a client takes them. */
export const scripts = {
  clock: clockScripts,
};
