import { MoonpathError } from "../core/errors.js";
import type { RequestRun, RunOnce, RunOptions } from "../idempotency/index.js";
import type { StoredReply } from "./stored-reply.js";

/** The handler was not run: something between the key and it refused. */
class Unused extends Error {}
/** The handler failed: its answer is not the request's result. */
class Failed extends Error {}
/** Nobody knows what became of the handler. */
class Unanswered extends Error {}

const failures = { unused: Unused, failed: Failed, unknown: Unanswered } as const;

export interface PendingRequestOptions extends Pick<RunOptions, "leaseMs" | "rememberMs" | "waitMs"> {
  /** What a failure means, as in `RunOptions`. */
  readonly onFailure: "release" | "unknown";
  /** The longest that a handler may take. */
  readonly handlerMs: number;
}

/**
 * A request on its way through its handler. Fastify's hooks come before and after the handler; `idempotency.run()` wants a function
 * around it. That function ends when the answer, or that there is none, is told here.
 */
export class PendingRequest {
  readonly #answered: (reply: StoredReply) => void;
  readonly #failed: (error: Error) => void;
  /** The error that the handler ended with. */
  error: unknown;
  /** Whether the handler was begun. */
  isReached = false;
  /** Whether an answer is on its way to `onSend`. */
  isAnswering = false;

  constructor(
    readonly run: RequestRun,
    /** Settles when the reply is recorded, or the request given back. */
    readonly ended: Promise<unknown>,
    { answered, failed }: { answered: (reply: StoredReply) => void; failed: (error: Error) => void },
  ) {
    this.#answered = answered;
    this.#failed = failed;
  }

  /** Only the first word counts, of this and `fail`. */
  answer(reply: StoredReply): void {
    this.#answered(reply);
  }

  /** `unknown`: the handler may still be at it. */
  fail(what: keyof typeof failures): void {
    this.#failed(new failures[what]());
  }

  /** Whether the handler's error says that the same request may succeed later. */
  get mayBeTriedAgain(): boolean {
    return this.error instanceof MoonpathError && this.error.retryable;
  }
}

export type Begun =
  | { readonly kind: "passage"; readonly passage: PendingRequest }
  | { readonly kind: "replay"; readonly reply: StoredReply };

/** Asks to run a request. Rejects as `idempotency.run()` does, when it is neither to be run nor replayed. */
export function begin(
  runOnce: RunOnce,
  request: string,
  content: unknown,
  { onFailure, handlerMs, ...options }: PendingRequestOptions,
): Promise<Begun> {
  return new Promise((resolve, reject) => {
    const late = new AbortController();
    const ended = runOnce<StoredReply>(
      request,
      content,
      (run) =>
        new Promise<StoredReply>((answered, failed) => {
          // What follows the function is not known yet here, so the passage begins a moment later.
          queueMicrotask(() => {
            const passage = new PendingRequest(run, ended, { answered, failed });
            const timer = setTimeout(() => {
              passage.fail("unknown");
              late.abort(new Unanswered("the handler took too long"));
            }, handlerMs).unref();
            const clear = () => clearTimeout(timer);
            ended.then(clear, clear);
            resolve({ kind: "passage", passage });
          });
        }),
      {
        ...options,
        signal: late.signal,
        onError: (error) =>
          error instanceof Unused ? "release" : error instanceof Failed ? onFailure : "unknown",
      },
    );
    ended.then((reply) => resolve({ kind: "replay", reply }), reject);
  });
}
