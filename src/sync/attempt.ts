import { Deadline, WaitEnded } from "../core/deadline.js";
import { retryAfterMsOf } from "../core/http/retry-after.js";
import { failureReasonOf } from "../core/notify.js";
import { syncDefaults as defaults } from "./defaults.js";
import { readBody } from "./reply.js";
import type { SyncRequest } from "./request.js";

/** What one attempt has brought. */
export type AttemptResult =
  /** An answer. `body` is undefined if it is larger than the limit, and empty if nobody reads it. */
  | {
      readonly kind: "answer";
      readonly httpStatus: number;
      readonly retryAfterMs: number | undefined;
      readonly body: Buffer | undefined;
    }
  /** No answer came in time. `isLong`: that tells something about the service. */
  | { readonly kind: "timeout"; readonly isLong: boolean }
  /** The connection has failed. `isUnsent`: before the request was sent. */
  | { readonly kind: "lost"; readonly isUnsent: boolean; readonly cause: Error }
  /** The caller has ended the call. */
  | { readonly kind: "aborted" };

/** The limits of one attempt. */
export interface AttemptLimits {
  readonly fetch: typeof fetch;
  /** Milliseconds for the attempt: those of an attempt, or what is left of the deadline. */
  readonly limitMs: number;
  readonly attemptMs: number;
  /** The largest body that is read; undefined if nobody reads it. */
  readonly maxReplyBytes: number | undefined;
}

/** Sends the request once. It never rejects. */
export async function attempt(request: SyncRequest, limits: AttemptLimits): Promise<AttemptResult> {
  const { limitMs, attemptMs } = limits;
  const ending = new AbortController();
  const deadline = new Deadline(limitMs, request.signal);
  try {
    return await deadline.race(exchange(request, limits, ending.signal));
  } catch (thrown) {
    // It ends a request that nobody waits for any more.
    ending.abort(ENDED);
    if (!(thrown instanceof WaitEnded)) return lost(thrown);
    if (thrown.reason === "aborted") return { kind: "aborted" };
    return { kind: "timeout", isLong: limitMs >= Math.min(attemptMs, defaults.countedTimeoutMs.value) };
  } finally {
    deadline.release();
  }
}

const ENDED = new Error("the attempt has ended");

async function exchange(
  { url, method, headers, body }: SyncRequest,
  { fetch, maxReplyBytes }: AttemptLimits,
  signal: AbortSignal,
): Promise<AttemptResult> {
  const response = await fetch(url, {
    method,
    headers,
    // Another host would get the fields of this one, and it has another breaker.
    redirect: "manual",
    signal,
    ...(body === undefined ? {} : { body }),
  });
  const answer = {
    kind: "answer" as const,
    httpStatus: response.status,
    retryAfterMs: retryAfterMsOf(response.headers.get("retry-after")),
  };
  if (response.ok && maxReplyBytes !== undefined) {
    return { ...answer, body: await readBody(response, maxReplyBytes) };
  }
  // A connection is reused only after its response was read.
  await readBody(response, defaults.discardedBytes.value).catch(() => undefined);
  return { ...answer, body: Buffer.alloc(0) };
}

/** The connection was not made, so the service has not seen the request. */
const UNSENT = new Set([
  "ECONNREFUSED",
  "ENOTFOUND",
  "EAI_AGAIN",
  "EHOSTUNREACH",
  "ENETUNREACH",
  "UND_ERR_CONNECT_TIMEOUT",
  "CERT_HAS_EXPIRED",
  "DEPTH_ZERO_SELF_SIGNED_CERT",
  "SELF_SIGNED_CERT_IN_CHAIN",
  "UNABLE_TO_VERIFY_LEAF_SIGNATURE",
  "ERR_TLS_CERT_ALTNAME_INVALID",
]);

/** An error of fetch has the error of the connection as its cause. The messages of both may show too much. */
function lost(thrown: unknown): AttemptResult {
  const inner = thrown instanceof Error && thrown.cause instanceof Error ? thrown.cause : thrown;
  const code = inner instanceof Error && "code" in inner ? inner.code : undefined;
  return {
    kind: "lost",
    isUnsent: typeof code === "string" && UNSENT.has(code),
    cause: new Error(failureReasonOf(inner)),
  };
}
