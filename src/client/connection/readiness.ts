import { NotSentError } from "../call/failure.js";
import { connectionFault, loginRefusal, reportUnheard } from "./connection-fault.js";
import type { Connectable } from "./redis.js";

/** The call or probe that waits. It calls back when it has ended, in any way. */
export interface WaitScope {
  /** The last error of the connection that it waits for. */
  connectionError?: Error | undefined;
  whenReleased(onRelease: () => void): void;
}

/** Waits for a connection or a cluster to become ready. All waiters share three event listeners. */
export class Readiness {
  readonly #target: Connectable;
  readonly #waiters = new Set<Waiter>();
  /** The last error since the connection was ready. */
  #error: Error | undefined;
  readonly #onReady = () => {
    this.#error = undefined;
    this.#settleAll((waiting) => waiting.resolve());
  };
  readonly #onError = (...[given]: unknown[]) => {
    const error = connectionFault(given);
    reportUnheard(this.#target, error);
    this.#error = error;
    for (const { work } of this.#waiters) work.connectionError = error;
    const refusal = loginRefusal(error);
    if (refusal) this.#settleAll((waiting) => waiting.reject(refusal));
  };
  readonly #onEnd = () =>
    this.#settleAll((waiting) => waiting.reject(new NotSentError("the connection was ended", "ended")));

  constructor(target: Connectable) {
    this.#target = target;
    target.on("ready", this.#onReady);
    target.on("end", this.#onEnd);
    target.on("error", this.#onError);
  }

  /**
   * Resolves at the next `ready`. Rejects with NotSentError if the connection has ended or ends, and
   * with the server's error if it refuses the login.
   * Connects a lazy connection. When the scope ends, its waiter is removed at once, because the
   * server may be down for hours.
   */
  nextReady(work: WaitScope): Promise<void> {
    if (this.#error) work.connectionError = this.#error;
    if (this.#target.status === "end")
      return Promise.reject(new NotSentError("the connection was ended", "ended"));
    if (this.#target.status === "wait") this.#target.connect().catch(() => {});
    return new Promise((resolve, reject) => {
      const waiting = { work, resolve, reject };
      this.#waiters.add(waiting);
      work.whenReleased(() => this.#waiters.delete(waiting));
    });
  }

  dispose(): void {
    this.#target.off("ready", this.#onReady);
    this.#target.off("end", this.#onEnd);
    this.#target.off("error", this.#onError);
    this.#settleAll((waiting) => waiting.reject(new NotSentError("the client was closed", "closed")));
  }

  #settleAll(settle: (waiting: Waiter) => void): void {
    const all = [...this.#waiters];
    this.#waiters.clear();
    for (const waiting of all) settle(waiting);
  }
}

interface Waiter {
  readonly work: WaitScope;
  resolve(): void;
  reject(error: Error): void;
}
