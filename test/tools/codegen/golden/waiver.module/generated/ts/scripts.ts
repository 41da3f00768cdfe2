// Generated from lua/ by moonpath-codegen. DO NOT EDIT.
import { type ClockResetOperation, clockReset } from "./clock/reset.js";

export * as keys from "./keys.js";
export * as types from "./types.js";
export type { ClockResetArgs, ClockResetOperation, ClockResetReply } from "./clock/reset.js";

/** One tenant's typed functions, by domain and operation. */
export interface Tenant {
  /**
   * The functions of `clock`:
   * - `reset`: Forgets the shop's own list, and has no key of its own.
   */
  readonly clock: ClockOperations;
}

/** The scripts of `clock` as functions. */
export interface ClockOperations extends ClockResetOperation {}

/** Every script, by domain and operation, as a client takes them. */
export const scripts = {
  clock: {
    reset: clockReset,
  },
};
