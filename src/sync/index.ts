/** `moonpath/sync`: calls to other services, with retries, breakers and checked replies. */
export type { BackoffOptions } from "../core/backoff.js";
export {
  CircuitOpenError,
  type SyncFacts,
  SyncRefusedError,
  SyncReplyError,
  type SyncReplyFacts,
  SyncTimeoutError,
  SyncUnavailableError,
} from "../core/http/sync-errors.js";
export type { SyncOptions } from "./options.js";
export { createSync } from "./sync.js";
export type {
  ReplySchema,
  SchemaIssue,
  SchemaResult,
  Sent,
  Sync,
  SyncCallOptions,
  SyncJsonOptions,
  SyncSendOptions,
} from "./types.js";
