/**
 * Loads that are not stored, shared by callers of one process. A caller gets the value of a load that
 * begins after its own call. So at most one load of an entry runs, and one more waits.
 */
export class SharedLoads {
  readonly #byEntry = new Map<string, { running: Promise<unknown>; next: Promise<unknown> | undefined }>();

  /** The result of a load that begins after this call. All loads of one entry have one type. */
  run<Value>(entry: string, load: () => Promise<Value>): Promise<Value>;
  run(entry: string, load: () => Promise<unknown>): Promise<unknown> {
    const known = this.#byEntry.get(entry);
    if (!known) return this.#start(entry, load);
    known.next ??= known.running.then(
      () => this.#start(entry, load),
      () => this.#start(entry, load),
    );
    return known.next;
  }

  /** Whether a load runs, so that the next caller waits for its end. */
  isRunning(entry: string): boolean {
    return this.#byEntry.has(entry);
  }

  #start(entry: string, load: () => Promise<unknown>): Promise<unknown> {
    const running = load();
    const state: { running: Promise<unknown>; next: Promise<unknown> | undefined } = {
      running,
      next: undefined,
    };
    this.#byEntry.set(entry, state);
    const ended = () => {
      // A load that waits has begun by now, or begins in this microtask, and has set its own state.
      if (this.#byEntry.get(entry) === state && state.next === undefined) this.#byEntry.delete(entry);
    };
    running.then(ended, ended);
    return running;
  }
}
