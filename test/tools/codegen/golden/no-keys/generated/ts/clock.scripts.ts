// Generated from lua/clock/ by moonpath-codegen. DO NOT EDIT.
import { type ClockReadOperation, clockRead } from "./clock/read.js";
import { type ClockShiftOperation, clockShift } from "./clock/shift.js";

export * from "./clock/read.js";
export * from "./clock/shift.js";

/** The scripts of `clock` as functions. */
export interface ClockOperations extends ClockReadOperation, ClockShiftOperation {}

/** Every script of `clock`, as a client takes them: `{ clock: clockScripts }`. */
export const clockScripts = {
  read: clockRead,
  shift: clockShift,
};
