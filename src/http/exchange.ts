import { LostError } from "../client/errors.js";
import type { ErrorMeaning, RequestRun } from "../idempotency/idempotent.js";
import type { KeptResponse } from "./response.js";

/** Why a response is not kept, and what that means for the request. */
class NotKept extends Error {
  constructor(readonly meaning: ErrorMeaning) {
    super("the response is not kept");
  }
}

/** What an error of the work means: only ever the exchange's own. */
export function meaningOf(error: unknown): ErrorMeaning {
  return error instanceof NotKept ? error.meaning : "unknown";
}

/**
 * One request that runs, between `idempotent`, which waits for a result, and the hooks of a server, which see the response go
 * by. It ends once: with a response, without one, or at its limit.
 */
export class Exchange {
  readonly #ending = new AbortController();
  readonly #begun = deferred<RequestRun>();
  readonly #response = deferred<KeptResponse>();
  #limit: NodeJS.Timeout | undefined;
  #ended = false;

  constructor(readonly limitMs: number) {
    // Whoever waits for the response may have given up before.
    this.#response.promise.catch(() => {});
  }

  /** Aborts when the limit is over. */
  get signal(): AbortSignal {
    return this.#ending.signal;
  }

  /** The run, as soon as there is one. */
  get begun(): Promise<RequestRun> {
    return this.#begun.promise;
  }

  get ended(): boolean {
    return this.#ended;
  }

  /** The work of the request: a run has come, and its response is awaited. */
  readonly work = (run: RequestRun): Promise<KeptResponse> => {
    this.#limit = setTimeout(() => {
      this.#ending.abort(new LostError("the request took longer than its limit"));
      this.drop("unknown");
    }, this.limitMs).unref();
    this.#begun.resolve(run);
    return this.#response.promise;
  };

  keep(response: KeptResponse): void {
    if (this.#end()) this.#response.resolve(response);
  }

  /** Ends without a response to keep. `release`: anybody may run it at once; `unknown`: when the lease is over. */
  drop(meaning: "release" | "unknown"): void {
    if (this.#end()) this.#response.reject(new NotKept(meaning));
  }

  #end(): boolean {
    if (this.#ended) return false;
    this.#ended = true;
    clearTimeout(this.#limit);
    return true;
  }
}

function deferred<Value>() {
  let resolve: (value: Value) => void = () => {};
  let reject: (reason: Error) => void = () => {};
  const promise = new Promise<Value>((onValue, onReason) => {
    resolve = onValue;
    reject = onReason;
  });
  return { promise, resolve, reject };
}
