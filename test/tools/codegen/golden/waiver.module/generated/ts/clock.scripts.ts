// Generated from lua/clock/ by moonpath-codegen. DO NOT EDIT.
import { type ClockResetOperation, clockReset } from "./clock/reset.js";

export * from "./clock/reset.js";

/** The scripts of `clock` as functions. */
export interface ClockOperations extends ClockResetOperation {}

/** Every script of `clock`, as a client takes them: `{ clock: clockScripts }`. */
export const clockScripts = {
  reset: clockReset,
};
