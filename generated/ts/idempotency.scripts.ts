// Generated from lua/idempotency/ by moonpath-codegen. DO NOT EDIT.
import { type IdempotencyBeginOperation, idempotencyBegin } from "./idempotency/begin.js";
import { type IdempotencyCompleteOperation, idempotencyComplete } from "./idempotency/complete.js";
import { type IdempotencyFailOperation, idempotencyFail } from "./idempotency/fail.js";
import { type IdempotencyMarkOperation, idempotencyMark } from "./idempotency/mark.js";
import { type IdempotencyRenewOperation, idempotencyRenew } from "./idempotency/renew.js";

export * from "./idempotency/begin.js";
export * from "./idempotency/complete.js";
export * from "./idempotency/fail.js";
export * from "./idempotency/mark.js";
export * from "./idempotency/renew.js";

/** The scripts of `idempotency` as functions. */
export interface IdempotencyOperations
  extends IdempotencyBeginOperation,
    IdempotencyCompleteOperation,
    IdempotencyFailOperation,
    IdempotencyMarkOperation,
    IdempotencyRenewOperation {}

/** Every script of `idempotency`, as a client takes them: `{ idempotency: idempotencyScripts }`. */
export const idempotencyScripts = {
  begin: idempotencyBegin,
  complete: idempotencyComplete,
  fail: idempotencyFail,
  mark: idempotencyMark,
  renew: idempotencyRenew,
};
