// Generated from lua/ by moonpath-codegen. DO NOT EDIT.
import { type ClockReadOperation, clockRead } from "./clock/read.js";
import { type ClockShiftOperation, clockShift } from "./clock/shift.js";

export * as keys from "./keys.js";
export * as types from "./types.js";
export type { ClockReadArgs, ClockReadOperation, ClockReadReply } from "./clock/read.js";
export type { ClockShiftArgs, ClockShiftOperation, ClockShiftReply } from "./clock/shift.js";

/** One tenant's typed functions, by domain and operation. */
export interface Tenant {
  /**
   * The functions of `clock`:
   * - `read`: Tells Redis's clock.
   * - `shift`: Tells Redis's clock some time ago.
   */
  readonly clock: ClockOperations;
}

/** The scripts of `clock` as functions. */
export interface ClockOperations extends ClockReadOperation, ClockShiftOperation {}

/** Every script, by domain and operation, as a client takes them. */
export const scripts = {
  clock: {
    read: clockRead,
    shift: clockShift,
  },
};
