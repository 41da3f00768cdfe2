import { NotSentError } from "../call/failure.js";
import type { Connectable } from "./redis.js";

/** Work that waits, and says when it waits no longer. */
export interface Waits {
  whenReleased(leave: () => void): void;
}

/** Waits for a connection or a cluster to become ready: two listeners for all who wait. */
export class Readiness {
  readonly #target: Connectable;
  readonly #waiting = new Set<Waiting>();
  readonly #onReady = () => this.#settle((waiting) => waiting.resolve());
  readonly #onEnd = () =>
    this.#settle((waiting) => waiting.reject(new NotSentError("the connection was ended", "ended")));

  constructor(target: Connectable) {
    this.#target = target;
    target.on("ready", this.#onReady);
    target.on("end", this.#onEnd);
  }

  /**
   * Resolves at the next `ready`; rejects with `Down` when the connection has ended or ends. Connects if lazy. A call that
   * has ended is forgotten at once, with all that it holds: a server may be gone for hours.
   */
  next(work: Waits): Promise<void> {
    if (this.#target.status === "end")
      return Promise.reject(new NotSentError("the connection was ended", "ended"));
    if (this.#target.status === "wait") this.#target.connect().catch(() => {});
    return new Promise((resolve, reject) => {
      const waiting = { resolve, reject };
      this.#waiting.add(waiting);
      work.whenReleased(() => this.#waiting.delete(waiting));
    });
  }

  dispose(): void {
    this.#target.off("ready", this.#onReady);
    this.#target.off("end", this.#onEnd);
    this.#settle((waiting) => waiting.reject(new NotSentError("the client was closed", "closed")));
  }

  #settle(settle: (waiting: Waiting) => void): void {
    const all = [...this.#waiting];
    this.#waiting.clear();
    for (const waiting of all) settle(waiting);
  }
}

interface Waiting {
  resolve(): void;
  reject(error: Error): void;
}
