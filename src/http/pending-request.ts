import { MoonpathError } from "../core/errors.js";
import type { RequestRun, RunOnce, RunOptions } from "../idempotency/index.js";
import { checkedStoredReply } from "./checked-reply.js";
import type { StoredReply } from "./stored-reply.js";

/** The handler did not run, because a hook or the timeout replied before it. */
class NotRunError extends Error {}
/** The handler failed, so its reply is not the request's result. */
class HandlerFailedError extends Error {}
/** The outcome of the handler is unknown. */
class HandlerUnknownError extends Error {}

const failureClasses = {
  notRun: NotRunError,
  failed: HandlerFailedError,
  unknown: HandlerUnknownError,
} as const;

/** Options of `startRequest`. */
export interface PendingRequestOptions extends Pick<RunOptions, "leaseMs" | "rememberMs" | "waitMs"> {
  /** The meaning of a failure, as `onError` of `RunOptions`. */
  readonly onFailure: "release" | "unknown";
  /** The time limit of a handler, in milliseconds. */
  readonly handlerMs: number;
}

/**
 * A request whose handler runs. `idempotency.run()` needs a function around the handler, but
 * Fastify has only hooks before and after it. The promise of that function settles when a hook
 * calls `complete` or `fail`.
 */
export class PendingRequest {
  readonly #resolve: (reply: StoredReply) => void;
  readonly #reject: (error: Error) => void;
  /** The error that the handler threw. */
  error: unknown;
  /** Whether the handler was called. */
  isHandlerStarted = false;
  /** Whether Fastify is serializing a reply, so `onSend` will follow. */
  isReplying = false;

  constructor(
    readonly run: RequestRun,
    /** Settles when the reply is recorded or the request is released. */
    readonly settled: Promise<unknown>,
    { resolve, reject }: { resolve: (reply: StoredReply) => void; reject: (error: Error) => void },
  ) {
    this.#resolve = resolve;
    this.#reject = reject;
  }

  /** Sets the request's result. Only the first call of `complete` and `fail` has an effect. */
  complete(reply: StoredReply): void {
    this.#resolve(reply);
  }

  /** Reports that there is no result. `unknown`: the handler may still run. */
  fail(reason: keyof typeof failureClasses): void {
    this.#reject(new failureClasses[reason]());
  }

  /** Whether the same request may succeed later, by the handler's error. */
  get isRetryable(): boolean {
    return this.error instanceof MoonpathError && this.error.retryable;
  }
}

/** The result of `startRequest`: run the handler, or send the stored reply. */
export type StartedRequest =
  | { readonly kind: "run"; readonly pending: PendingRequest }
  | { readonly kind: "replay"; readonly reply: StoredReply };

/**
 * Starts a request. Rejects with the error of `idempotency.run()` if there is nothing to run or
 * replay.
 */
export function startRequest(
  runOnce: RunOnce,
  request: string,
  content: unknown,
  { onFailure, handlerMs, ...options }: PendingRequestOptions,
): Promise<StartedRequest> {
  return new Promise((resolve, reject) => {
    const timeLimit = new AbortController();
    const settled = runOnce<unknown>(
      request,
      content,
      (run) =>
        new Promise<StoredReply>((resolveReply, rejectReply) => {
          // `settled` is not assigned yet: `runOnce` may call this function before it returns.
          queueMicrotask(() => {
            const pending = new PendingRequest(run, settled, {
              resolve: resolveReply,
              reject: rejectReply,
            });
            const timer = setTimeout(() => {
              pending.fail("unknown");
              timeLimit.abort(new HandlerUnknownError("the handler exceeded handlerMs"));
            }, handlerMs).unref();
            const clear = () => clearTimeout(timer);
            settled.then(clear, clear);
            resolve({ kind: "run", pending });
          });
        }),
      {
        ...options,
        signal: timeLimit.signal,
        onError: (error) =>
          error instanceof NotRunError
            ? "release"
            : error instanceof HandlerFailedError
              ? onFailure
              : "unknown",
      },
    );
    settled.then((reply) => resolve({ kind: "replay", reply: checkedStoredReply(reply) })).catch(reject);
  });
}
