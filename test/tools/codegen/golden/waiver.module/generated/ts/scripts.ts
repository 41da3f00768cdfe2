// Generated from lua/ by moonpath-codegen. DO NOT EDIT.
import { type ClockOperations, clockScripts } from "./clock.scripts.js";

export * as keys from "./keys.js";
export * as types from "./types.js";
export type * from "./clock.scripts.js";

/** One tenant's typed functions, by domain and operation. */
export interface Tenant {
  /**
   * The functions of `clock`:
   * - `reset`: Forgets the shop's own list, and has no key of its own.
   */
  readonly clock: ClockOperations;
}

/** Every script, by domain and operation, as a client takes them. */
export const scripts = {
  clock: clockScripts,
};
