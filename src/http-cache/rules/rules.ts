/** What the cache may do, where RFC 9111 leaves it open. */
export interface CacheRules {
  /**
   * `Cache-Control` and `Pragma` of requests count. They are advice (RFC 9111, section 5.2.1), and with them
   * any client can send each of its requests to the origin.
   */
  readonly obeysRequests: boolean;
  /** A response with `Last-Modified` and without a time of its own is fresh for a tenth of its age. */
  readonly heuristics: boolean;
  /** Responses with `Set-Cookie` are stored. */
  readonly storesSetCookie: boolean;
  /** Errors (4xx and 5xx) that say for how long they are fresh are stored. */
  readonly storesErrors: boolean;
  /** An entry is served after its time if the origin fails, unless the response forbids it. */
  readonly staleOnFailure: boolean;
  /** Values of `Accept-Language` and the like that mean the same select the same variant. */
  readonly normalisesVary: boolean;
  /**
   * A response to POST that names the URL itself as `Content-Location` is stored for GET, if it says its
   * time.
   */
  readonly storesPostAnswers: boolean;
  /** Fields that count before `Cache-Control`, the first one first, in lower case (RFC 9213). */
  readonly targetedFields: readonly string[];
  /** Fields that are about one request, in lower case. They are sent with its response, and not stored. */
  readonly unstoredFields: readonly string[];
  /** The variants of a resource that are stored. The oldest leaves. */
  readonly maxVariants: number;
  /** Milliseconds for which an entry is stored after its fresh time, to be validated or served stale. */
  readonly staleKeepMs: number;
  /** Milliseconds for which an entry is stored at the most. */
  readonly maxKeepMs: number;
}
