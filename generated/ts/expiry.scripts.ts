// Generated from lua/expiry/ by moonpath-codegen. DO NOT EDIT.
import { type ExpiryAckOperation, expiryAck } from "./expiry/ack.js";
import { type ExpiryCancelOperation, expiryCancel } from "./expiry/cancel.js";
import { type ExpiryClaimOperation, expiryClaim } from "./expiry/claim.js";
import { type ExpiryDeadLetterOperation, expiryDeadLetter } from "./expiry/dead_letter.js";
import { type ExpiryDiscardOperation, expiryDiscard } from "./expiry/discard.js";
import { type ExpiryDiscardOldOperation, expiryDiscardOld } from "./expiry/discard_old.js";
import { type ExpiryExtendOperation, expiryExtend } from "./expiry/extend.js";
import { type ExpiryListDeadOperation, expiryListDead } from "./expiry/list_dead.js";
import { type ExpiryOpenOperation, expiryOpen } from "./expiry/open.js";
import { type ExpiryRedriveOperation, expiryRedrive } from "./expiry/redrive.js";
import { type ExpiryRenewOperation, expiryRenew } from "./expiry/renew.js";
import { type ExpiryRetryOperation, expiryRetry } from "./expiry/retry.js";
import { type ExpiryTrackOperation, expiryTrack } from "./expiry/track.js";
import { type ExpiryUpcomingOperation, expiryUpcoming } from "./expiry/upcoming.js";

export * from "./expiry/ack.js";
export * from "./expiry/cancel.js";
export * from "./expiry/claim.js";
export * from "./expiry/dead_letter.js";
export * from "./expiry/discard.js";
export * from "./expiry/discard_old.js";
export * from "./expiry/extend.js";
export * from "./expiry/list_dead.js";
export * from "./expiry/open.js";
export * from "./expiry/redrive.js";
export * from "./expiry/renew.js";
export * from "./expiry/retry.js";
export * from "./expiry/track.js";
export * from "./expiry/upcoming.js";

/** The scripts of `expiry` as functions. */
export interface ExpiryOperations
  extends ExpiryAckOperation,
    ExpiryCancelOperation,
    ExpiryClaimOperation,
    ExpiryDeadLetterOperation,
    ExpiryDiscardOperation,
    ExpiryDiscardOldOperation,
    ExpiryExtendOperation,
    ExpiryListDeadOperation,
    ExpiryOpenOperation,
    ExpiryRedriveOperation,
    ExpiryRenewOperation,
    ExpiryRetryOperation,
    ExpiryTrackOperation,
    ExpiryUpcomingOperation {}

/** Every script of `expiry`, as a client takes them: `{ expiry: expiryScripts }`. */
export const expiryScripts = {
  ack: expiryAck,
  cancel: expiryCancel,
  claim: expiryClaim,
  deadLetter: expiryDeadLetter,
  discard: expiryDiscard,
  discardOld: expiryDiscardOld,
  extend: expiryExtend,
  listDead: expiryListDead,
  open: expiryOpen,
  redrive: expiryRedrive,
  renew: expiryRenew,
  retry: expiryRetry,
  track: expiryTrack,
  upcoming: expiryUpcoming,
};
