import { type ErrorCode, type ErrorFact, errorFacts } from "./error-facts.js";

interface ErrorEntry extends ErrorFact {
  /**
   * What happened. HTTP replies show it to clients outside, so it names no setting, user, command,
   * script, file or server.
   */
  readonly meaning: string;
  /** What the caller can do. */
  readonly action: string;
  /** The condition under which a call that is not retryable may be made again. */
  readonly retryCondition?: string;
}

/**
 * Every error of the client, by its stable code. A test compares the table in docs/client.md with
 * it.
 */
export const errorTable: Readonly<Record<ErrorCode, ErrorEntry>> = {
  ARGUMENT: {
    meaning: "An argument is not what the script's contract says. Nothing was written.",
    action: "Correct the caller.",
    ...errorFacts.ARGUMENT,
  },
  REPLY: {
    meaning: "The script answered, but not in the declared form. A writing script has written.",
    action: "Do what the message says: it names a transaction, a reply transformer, a proxy or the contract.",
    ...errorFacts.REPLY,
  },
  WRONG_TYPE: {
    meaning: "A key holds another type of value than the keyspace says. Nothing was written.",
    action: "Find who writes this key pattern, then repair or delete the key.",
    ...errorFacts.WRONG_TYPE,
  },
  CORRUPT: {
    meaning: "A stored field breaks its own rules. Nothing was written.",
    action: "Repair or delete the key; the message says what is wrong with it.",
    ...errorFacts.CORRUPT,
  },
  OUT_OF_MEMORY: {
    meaning: "The server is at its memory limit and refused the write. Nothing was written.",
    action: "Free memory or raise `maxmemory`, then call again.",
    ...errorFacts.OUT_OF_MEMORY,
  },
  READ_ONLY: {
    meaning: "No primary took the write within the retries. Nothing was written.",
    action: "Wait for the failover to end, then call again. Check that the connection is no replica's.",
    ...errorFacts.READ_ONLY,
  },
  NO_PERMISSION: {
    meaning: "The server refused the login, or the service may not run this script or one of its commands.",
    action: "Check the password, and compare the ACL user with the generated ACL file.",
    ...errorFacts.NO_PERMISSION,
  },
  SCRIPT_NOT_LOADED: {
    meaning: "The server does not have the script, and the service may not load it. Nothing ran.",
    action:
      "Run `moonpath load` on that server, with `--scripts` for scripts of your own. Then call again with the same client.",
    ...errorFacts.SCRIPT_NOT_LOADED,
  },
  UNAVAILABLE: {
    meaning:
      "No usable connection was found in time, or the server refused to run anything. Nothing was written.",
    action: "Call again later.",
    ...errorFacts.UNAVAILABLE,
  },
  DEADLINE: {
    meaning: "A reading script did not answer before the deadline.",
    action: "Call again later, or allow more time.",
    ...errorFacts.DEADLINE,
  },
  ABORTED: {
    meaning: "The caller's AbortSignal ended the call. Nothing was written.",
    action: "None: the caller ended the call.",
    ...errorFacts.ABORTED,
  },
  OUTCOME_UNKNOWN: {
    meaning: "A writing script or request was sent, and no reply came: it may or may not have run.",
    action: "Call again with the same operation, sequence or idempotency key, or read the state first.",
    ...errorFacts.OUTCOME_UNKNOWN,
    retryCondition: "only with the same operation",
  },
  SCRIPT: {
    meaning: "The script raised another error.",
    action: "Read the message and the named source line.",
    ...errorFacts.SCRIPT,
  },
  CLOSED: {
    meaning: "The client was closed. Nothing was sent.",
    action: "Make no calls after close().",
    ...errorFacts.CLOSED,
  },
  BUSY: {
    meaning: "Another holder had the lock for longer than the caller would wait.",
    action: "Call again after `retryAfterMs`; `holder` names the owner.",
    ...errorFacts.BUSY,
  },
  LOST: {
    meaning: "A lease ended before the work did. Another process may do the same work.",
    action: "Check or undo later writes, unless the store refuses old fences.",
    ...errorFacts.LOST,
  },
  NOT_REPLICATED: {
    meaning: "The primary has the write, but fewer replicas than required acknowledged it in time.",
    action:
      "Call again later, or require fewer replicas. `lock.using` and `lock.acquire` have released the lock.",
    ...errorFacts.NOT_REPLICATED,
  },
  EVICTION: {
    meaning: "The server may delete values that this script must keep. Nothing was sent.",
    action:
      "Set maxmemory-policy to noeviction on that server. `allowEviction: true` skips the check, and keys may be lost.",
    ...errorFacts.EVICTION,
  },
  UNSUPPORTED_SERVER: {
    meaning: "The server is not one that this package supports. Nothing was sent.",
    action: "Upgrade it; the message names its defect and the version to upgrade to.",
    ...errorFacts.UNSUPPORTED_SERVER,
  },
  IN_PROGRESS: {
    meaning: "Another process runs the same request at this time.",
    action: "Call again after `retryAfterMs` to get the stored reply.",
    ...errorFacts.IN_PROGRESS,
  },
  PAYLOAD_MISMATCH: {
    meaning: "The idempotency key was used before for a request with another payload.",
    action: "Use a new key for a new request.",
    ...errorFacts.PAYLOAD_MISMATCH,
  },
  RECORDED: {
    meaning: "The request failed when it ran, and its failure was recorded as its result.",
    action: "Read the message. A new attempt needs a new key.",
    ...errorFacts.RECORDED,
  },
  STALE_FENCE: {
    meaning: "The database has seen a later holder of the lock, and refused the write.",
    action: "Stop, because the lease was lost. The present holder of the lock continues.",
    ...errorFacts.STALE_FENCE,
  },
  RECONCILE: {
    meaning: "The two stores of the counts disagree on which batch comes next.",
    action:
      "Redis or the database was restored to an older state. Find out which one, then call `reconcileViews`. Nothing was written.",
    ...errorFacts.RECONCILE,
  },
  LOAD_TIMEOUT: {
    meaning: "A value was not in the cache, and its source did not answer in time.",
    action: "Call again later, or allow the load more time. `signal` tells the loader to stop.",
    ...errorFacts.LOAD_TIMEOUT,
  },
  OVERLOADED: {
    meaning: "Too many values of one kind are being loaded at this time.",
    action: "Call again later. `maxLoads` is the limit of this process.",
    ...errorFacts.OVERLOADED,
  },
  QUOTA: {
    meaning:
      "The caches of the tenant have reached its quota, or the value is larger than it. It was not stored.",
    action: "Remove entries of the tenant, raise its quota, or let old entries make room with `evict`.",
    ...errorFacts.QUOTA,
  },
  SYNC_REFUSED: {
    meaning: "Another service refused the request.",
    action: "Read `httpStatus`, and correct the request. A retry gets the same answer.",
    ...errorFacts.SYNC_REFUSED,
  },
  SYNC_UNAVAILABLE: {
    meaning: "Another service could not be reached, or failed, in all attempts.",
    action: "Call again after `retryAfterMs`, if the service has said so, or later.",
    ...errorFacts.SYNC_UNAVAILABLE,
  },
  SYNC_TIMEOUT: {
    meaning: "Another service did not answer before the deadline.",
    action: "Call again later, or allow more time.",
    ...errorFacts.SYNC_TIMEOUT,
  },
  SYNC_REPLY: {
    meaning: "Another service answered with something else than expected. A write has run.",
    action: "Compare `paths` with the service's documentation, and correct the schema.",
    ...errorFacts.SYNC_REPLY,
  },
  CIRCUIT_OPEN: {
    meaning: "Another service has failed so often that it is not asked at this time. Nothing was sent.",
    action: "Call again later, or use an older value.",
    ...errorFacts.CIRCUIT_OPEN,
  },
};
