// Generated from lua/slot/ by moonpath-codegen. DO NOT EDIT.
import { type SlotJoinOperation, slotJoin } from "./slot/join.js";
import { type SlotLeaveOperation, slotLeave } from "./slot/leave.js";
import { type SlotRedriveOperation, slotRedrive } from "./slot/redrive.js";
import { type SlotSetAsideOperation, slotSetAside } from "./slot/set_aside.js";

export * from "./slot/join.js";
export * from "./slot/leave.js";
export * from "./slot/redrive.js";
export * from "./slot/set_aside.js";

/** The scripts of `slot` as functions. */
export interface SlotOperations
  extends SlotJoinOperation,
    SlotLeaveOperation,
    SlotRedriveOperation,
    SlotSetAsideOperation {}

/** Every script of `slot`, as a client takes them: `{ slot: slotScripts }`. */
export const slotScripts = {
  join: slotJoin,
  leave: slotLeave,
  redrive: slotRedrive,
  setAside: slotSetAside,
};
