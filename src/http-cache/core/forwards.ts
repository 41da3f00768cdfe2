/** How a request to the origin has ended for those that wait for it. */
export type ForwardEnd = "stored" | "unstored";

/** The requests to the origin of this process whose responses others wait for, by entry. */
export class Forwards {
  readonly #running = new Map<string, Promise<ForwardEnd>>();

  get isIdle(): boolean {
    return this.#running.size === 0;
  }

  /** A running one. */
  get(entry: string): Promise<ForwardEnd> | undefined {
    return this.#running.get(entry);
  }

  /** Begins one. Call the function at its end. */
  begin(entry: string): (end: ForwardEnd) => void {
    let ended: (end: ForwardEnd) => void = () => undefined;
    const forward = new Promise<ForwardEnd>((resolve) => {
      ended = resolve;
    });
    this.#running.set(entry, forward);
    return (end) => {
      if (this.#running.get(entry) === forward) this.#running.delete(entry);
      ended(end);
    };
  }
}
