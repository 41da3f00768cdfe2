interface ErrorEntry {
  /**
   * What happened. HTTP replies show it to clients outside, so it names no setting, user, command, script, file or
   * server.
   */
  readonly meaning: string;
  /** What the caller can do. */
  readonly action: string;
  /** The HTTP status that fits when a request fails for this reason. */
  readonly status: number;
  /** Whether the same call may succeed when it is made again later. */
  readonly retryable: boolean;
}

/** Every error of the client, by its stable code. A test compares the table in docs/client.md with it. */
export const errorTable = {
  ARGUMENT: {
    meaning: "An argument is not what the script's contract says. Nothing was written.",
    action: "Correct the caller.",
    status: 400,
    retryable: false,
  },
  REPLY: {
    meaning: "The script answered, but not in the declared form. A writing script has written.",
    action: "Generate again; client and script come from different versions.",
    status: 502,
    retryable: false,
  },
  WRONG_TYPE: {
    meaning: "A key holds another type of value than the keyspace says. Nothing was written.",
    action: "Find who writes this key pattern, then repair or delete the key.",
    status: 500,
    retryable: false,
  },
  CORRUPT: {
    meaning: "A stored field breaks its own rules. Nothing was written.",
    action: "Repair or delete the key; the message says what is wrong with it.",
    status: 500,
    retryable: false,
  },
  OUT_OF_MEMORY: {
    meaning: "The server is at its memory limit and refused the write. Nothing was written.",
    action: "Give Redis room, then call again.",
    status: 503,
    retryable: true,
  },
  READ_ONLY: {
    meaning: "No primary took the write within the retries. Nothing was written.",
    action: "Let a failover finish, then call again; check whether the connection names a replica.",
    status: 503,
    retryable: true,
  },
  NO_PERMISSION: {
    meaning: "The service has no right to run this script or one of its commands.",
    action: "Compare the ACL user with the generated ACL file.",
    status: 500,
    retryable: false,
  },
  SCRIPT_NOT_LOADED: {
    meaning: "The server does not have the script, and the service may not load it. Nothing ran.",
    action: "Run `moonpath load` on that server, then call again; the same client goes on.",
    status: 503,
    retryable: true,
  },
  UNAVAILABLE: {
    meaning:
      "No usable connection was found in time, or the server refused to run anything. Nothing was written.",
    action: "Call again later.",
    status: 503,
    retryable: true,
  },
  DEADLINE: {
    meaning: "A reading script did not answer before the deadline.",
    action: "Call again later, or allow more time.",
    status: 504,
    retryable: true,
  },
  ABORTED: {
    meaning: "The caller's AbortSignal ended the call. Nothing was written.",
    action: "Nothing: the caller asked for it.",
    status: 499,
    retryable: false,
  },
  OUTCOME_UNKNOWN: {
    meaning: "A writing script was sent and no answer came back: it may or may not have run.",
    action: "Call again with the same operation or sequence, or read the state first.",
    status: 504,
    retryable: false,
  },
  SCRIPT: {
    meaning: "The script raised another error.",
    action: "Read the message and the named source line.",
    status: 500,
    retryable: false,
  },
  CLOSED: {
    meaning: "The client was closed. Nothing was sent.",
    action: "Make no calls after close().",
    status: 503,
    retryable: false,
  },
  BUSY: {
    meaning: "Somebody else has the lock, and had it for as long as the caller would wait.",
    action: "Try again after `retryAfterMs`; `holder` names the owner.",
    status: 423,
    retryable: true,
  },
  LOST: {
    meaning: "A lease ended before the work did; somebody else may be at it.",
    action: "Undo or check what was written since, unless the store refuses old fences.",
    status: 409,
    retryable: true,
  },
  NOT_REPLICATED: {
    meaning: "The primary has the write; fewer replicas than asked acknowledged it in time.",
    action: "Call again later, or ask for fewer replicas. A lock was released again.",
    status: 503,
    retryable: true,
  },
  EVICTION: {
    meaning: "The server's settings break a promise of this script. Nothing was sent.",
    action:
      "Set maxmemory-policy to noeviction there, since others may evict keys, or say `allowEviction: true` and live with it.",
    status: 500,
    retryable: false,
  },
  UNSUPPORTED_SERVER: {
    meaning: "The server is not one that this package supports. Nothing was sent.",
    action: "Upgrade it; the message names its defect and the version to upgrade to.",
    status: 500,
    retryable: false,
  },
  IN_PROGRESS: {
    meaning: "The same request is being worked on right now.",
    action: "Ask again after `retryAfterMs`; the stored reply will be there.",
    status: 409,
    retryable: true,
  },
  PAYLOAD_MISMATCH: {
    meaning: "The idempotency key was used before, for a request with another content.",
    action: "Use a new key for a new request.",
    status: 422,
    retryable: false,
  },
  RECORDED: {
    meaning: "The request failed when it ran, and its failure was recorded as its result.",
    action: "Read the message; a new try needs a new key.",
    status: 500,
    retryable: false,
  },
  STALE_FENCE: {
    meaning: "The database has seen a later holder of the lock, and refused the write.",
    action: "Stop: the lease was lost. Whoever holds the lock now goes on.",
    status: 409,
    retryable: false,
  },
  RECONCILE: {
    meaning: "The two stores of the counts disagree on which batch comes next.",
    action:
      "Redis or the database came back older. Find out which; then `reconcileViews` says whether the batch in Redis counts. Nothing was written.",
    status: 500,
    retryable: false,
  },
} as const satisfies Record<string, ErrorEntry>;

/** The stable code of an error, for `switch`, logs and metric labels. */
export type ErrorCode = keyof typeof errorTable;
