// Generated from lua/cart/ by moonpath-codegen. DO NOT EDIT.
import { type CartAbortOperation, cartAbort } from "./cart/abort.js";
import { type CartBeginOperation, cartBegin } from "./cart/begin.js";
import { type CartClaimOperation, cartClaim } from "./cart/claim.js";
import { type CartDecideOperation, cartDecide } from "./cart/decide.js";
import { type CartDiscardOperation, cartDiscard } from "./cart/discard.js";
import { type CartFinishOperation, cartFinish } from "./cart/finish.js";
import { type CartReadOperation, cartRead } from "./cart/read.js";
import { type CartRedriveOperation, cartRedrive } from "./cart/redrive.js";
import { type CartSetAsideOperation, cartSetAside } from "./cart/set_aside.js";
import { type CartSettleOperation, cartSettle } from "./cart/settle.js";

export * from "./cart/abort.js";
export * from "./cart/begin.js";
export * from "./cart/claim.js";
export * from "./cart/decide.js";
export * from "./cart/discard.js";
export * from "./cart/finish.js";
export * from "./cart/read.js";
export * from "./cart/redrive.js";
export * from "./cart/set_aside.js";
export * from "./cart/settle.js";

/** The scripts of `cart` as functions. */
export interface CartOperations
  extends CartAbortOperation,
    CartBeginOperation,
    CartClaimOperation,
    CartDecideOperation,
    CartDiscardOperation,
    CartFinishOperation,
    CartReadOperation,
    CartRedriveOperation,
    CartSetAsideOperation,
    CartSettleOperation {}

/** Every script of `cart`, as a client takes them: `{ cart: cartScripts }`. */
export const cartScripts = {
  abort: cartAbort,
  begin: cartBegin,
  claim: cartClaim,
  decide: cartDecide,
  discard: cartDiscard,
  finish: cartFinish,
  read: cartRead,
  redrive: cartRedrive,
  setAside: cartSetAside,
  settle: cartSettle,
};
