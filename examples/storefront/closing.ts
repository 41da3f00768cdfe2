/** Things to close, in the reverse of the order in which they were opened. */
export class Closing {
  readonly #open: { readonly name: string; readonly close: () => Promise<unknown> | unknown }[] = [];

  /** Notes how to close `what`, and gives it back. */
  add(name: string, close: () => Promise<unknown> | unknown): void;
  add<What>(name: string, close: () => Promise<unknown> | unknown, what: What): What;
  add<What>(name: string, close: () => Promise<unknown> | unknown, what?: What): What | undefined {
    this.#open.push({ name, close });
    return what;
  }

  /** Closes everything, also when something fails on the way; `onError` hears of each failure. */
  async closeAll(onError: (message: string) => void): Promise<void> {
    for (let last = this.#open.pop(); last !== undefined; last = this.#open.pop()) {
      try {
        await last.close();
      } catch (error) {
        onError(`closing ${last.name} failed: ${error instanceof Error ? error.message : String(error)}`);
      }
    }
  }
}
