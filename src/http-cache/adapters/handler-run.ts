import type { Forward, ForwardChanges, OriginResponse } from "../message/message.js";
import { deferred } from "./deferred.js";

/** The run of a handler of this process: it starts when the cache asks for it. */
export class HandlerRun {
  readonly #started = deferred<ForwardChanges>();
  readonly #response = deferred<OriginResponse>();
  readonly #background: Forward;
  isStarted = false;

  /** @param background runs the handler once more, without a client */
  constructor(background: Forward) {
    this.#background = background;
    // Nobody may be waiting.
    this.#response.promise.catch(() => undefined);
  }

  /** Resolves when the handler shall run. */
  get started(): Promise<ForwardChanges> {
    return this.#started.promise;
  }

  readonly forward: Forward = (changes) => {
    if (changes.isBackground || this.isStarted) return this.#background(changes);
    this.isStarted = true;
    this.#started.resolve(changes);
    return this.#response.promise;
  };

  /** The handler has answered. */
  answered(response: OriginResponse): void {
    this.#response.resolve(response);
  }

  /** The handler will not answer. */
  failed(error: Error): void {
    this.#response.reject(error);
  }
}
