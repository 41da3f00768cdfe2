import { MoonpathError } from "../client/errors.js";
import type { Idempotent, IdempotentOptions, RequestRun } from "../idempotency/idempotent.js";
import type { StoredReply } from "./stored-reply.js";

/** The handler failed: its answer is not the request's result. */
class Failed extends Error {}
/** Nobody knows what became of the handler. */
class Unanswered extends Error {}

export interface PassageOptions extends Pick<IdempotentOptions, "leaseMs" | "rememberMs" | "waitMs"> {
  /** What a failure means, as in `IdempotentOptions`. */
  readonly onFailure: "release" | "unknown";
  /** The longest that a handler may take. */
  readonly handlerMs: number;
}

/**
 * A request on its way through its handler. Fastify's hooks come before and after the handler; `idempotent()` wants a function
 * around it. That function ends when the answer, or that there is none, is told here.
 */
export class Passage {
  readonly #answered: (reply: StoredReply) => void;
  readonly #failed: (error: Error) => void;
  #open = true;
  /** The error that the handler ended with. */
  error: unknown;

  constructor(
    readonly run: RequestRun,
    /** Settles when the reply is recorded, or the request given back. */
    readonly ended: Promise<unknown>,
    { answered, failed }: { answered: (reply: StoredReply) => void; failed: (error: Error) => void },
  ) {
    this.#answered = answered;
    this.#failed = failed;
  }

  /** Whether nothing was told yet; only the first word counts. */
  get isOpen(): boolean {
    return this.#open;
  }

  answer(reply: StoredReply): void {
    this.#open = false;
    this.#answered(reply);
  }

  /** `unknown`: the handler may still be at it. */
  fail(what: "failed" | "unknown"): void {
    this.#open = false;
    this.#failed(what === "failed" ? new Failed() : new Unanswered());
  }

  /** Whether the handler's error says that the same request may succeed later. */
  get mayBeTriedAgain(): boolean {
    return this.error instanceof MoonpathError && this.error.retryable;
  }
}

export type Begun =
  | { readonly kind: "passage"; readonly passage: Passage }
  | { readonly kind: "replay"; readonly reply: StoredReply };

/** Asks to run a request. Rejects as `idempotent()` does, when it is neither to be run nor replayed. */
export function begin(
  idempotent: Idempotent,
  request: string,
  content: unknown,
  { onFailure, handlerMs, ...options }: PassageOptions,
): Promise<Begun> {
  return new Promise((resolve, reject) => {
    const late = new AbortController();
    const ended = idempotent<StoredReply>(
      request,
      content,
      (run) =>
        new Promise<StoredReply>((answered, failed) => {
          // What follows the function is not known yet here, so the passage begins a moment later.
          queueMicrotask(() => {
            const passage = new Passage(run, ended, { answered, failed });
            const timer = setTimeout(() => {
              if (passage.isOpen) passage.fail("unknown");
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
        onError: (error) => (error instanceof Failed ? onFailure : "unknown"),
      },
    );
    ended.then((reply) => resolve({ kind: "replay", reply }), reject);
  });
}
