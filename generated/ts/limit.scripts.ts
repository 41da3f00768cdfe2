// Generated from lua/limit/ by moonpath-codegen. DO NOT EDIT.
import { type LimitEnterOperation, limitEnter } from "./limit/enter.js";
import { type LimitLeaveOperation, limitLeave } from "./limit/leave.js";
import { type LimitPeekOperation, limitPeek } from "./limit/peek.js";
import { type LimitRenewOperation, limitRenew } from "./limit/renew.js";
import { type LimitResetOperation, limitReset } from "./limit/reset.js";
import { type LimitTakeOperation, limitTake } from "./limit/take.js";

export * from "./limit/enter.js";
export * from "./limit/leave.js";
export * from "./limit/peek.js";
export * from "./limit/renew.js";
export * from "./limit/reset.js";
export * from "./limit/take.js";

/** The scripts of `limit` as functions. */
export interface LimitOperations
  extends LimitEnterOperation,
    LimitLeaveOperation,
    LimitPeekOperation,
    LimitRenewOperation,
    LimitResetOperation,
    LimitTakeOperation {}

/** Every script of `limit`, as a client takes them: `{ limit: limitScripts }`. */
export const limitScripts = {
  enter: limitEnter,
  leave: limitLeave,
  peek: limitPeek,
  renew: limitRenew,
  reset: limitReset,
  take: limitTake,
};
