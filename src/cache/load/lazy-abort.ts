/** Aborts a signal, which is made when a loader asks for it: many loaders do not. */
export class LazyAbort {
  #controller: AbortController | undefined;
  /** The reason of the abort; undefined before it. */
  #reason: Error | undefined;

  get signal(): AbortSignal {
    if (!this.#controller) {
      this.#controller = new AbortController();
      if (this.#reason) this.#controller.abort(this.#reason);
    }
    return this.#controller.signal;
  }

  abort(reason: Error): void {
    this.#reason = reason;
    this.#controller?.abort(reason);
  }
}
