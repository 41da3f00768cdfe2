/** What the client itself reads about an error. */
export interface ErrorFact {
  /** The HTTP status that fits when a request fails for this reason. */
  readonly status: number;
  /** Whether the same call may succeed when it is made again later. */
  readonly retryable: boolean;
}

/** Shared, so that the smallest bundle has them once. */
const away = { status: 503, retryable: true } as const;

/**
 * The facts of every error. They stand apart from the texts of `errorTable`, so that a bundle of a
 * service that shows no texts has none.
 */
export const errorFacts = {
  ARGUMENT: { status: 400, retryable: false },
  REPLY: { status: 502, retryable: false },
  WRONG_TYPE: { status: 500, retryable: false },
  CORRUPT: { status: 500, retryable: false },
  OUT_OF_MEMORY: away,
  READ_ONLY: away,
  NO_PERMISSION: { status: 500, retryable: false },
  SCRIPT_NOT_LOADED: away,
  UNAVAILABLE: away,
  DEADLINE: { status: 504, retryable: true },
  ABORTED: { status: 499, retryable: false },
  OUTCOME_UNKNOWN: { status: 504, retryable: false },
  SCRIPT: { status: 500, retryable: false },
  CLOSED: { status: 503, retryable: false },
  BUSY: { status: 423, retryable: true },
  LOST: { status: 409, retryable: true },
  NOT_REPLICATED: away,
  EVICTION: { status: 500, retryable: false },
  UNSUPPORTED_SERVER: { status: 500, retryable: false },
  IN_PROGRESS: { status: 409, retryable: true },
  PAYLOAD_MISMATCH: { status: 422, retryable: false },
  RECORDED: { status: 500, retryable: false },
  STALE_FENCE: { status: 409, retryable: false },
  RECONCILE: { status: 500, retryable: false },
  LOAD_TIMEOUT: { status: 504, retryable: true },
  OVERLOADED: away,
  QUOTA: { status: 507, retryable: true },
  SYNC_REFUSED: { status: 502, retryable: false },
  SYNC_UNAVAILABLE: away,
  SYNC_TIMEOUT: { status: 504, retryable: true },
  SYNC_REPLY: { status: 502, retryable: false },
  CIRCUIT_OPEN: away,
} as const satisfies Record<string, ErrorFact>;

/** The stable code of an error, for `switch`, logs and metric labels. */
export type ErrorCode = keyof typeof errorFacts;
