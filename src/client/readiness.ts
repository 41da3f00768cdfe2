import { Down } from "./failure.js";
import type { Connectable } from "./redis.js";

/** Waits for a connection or a cluster to become ready: one promise for all callers, two listeners in all. */
export class Readiness {
  readonly #target: Connectable;
  #waiting: Waiting | undefined;
  readonly #onReady = () => this.#settle((waiting) => waiting.resolve());
  readonly #onEnd = () =>
    this.#settle((waiting) => waiting.reject(new Down("the connection was ended", true)));

  constructor(target: Connectable) {
    this.#target = target;
    target.on("ready", this.#onReady);
    target.on("end", this.#onEnd);
  }

  /** Resolves at the next `ready`; rejects with `Down` when the connection has ended or ends. Connects if lazy. */
  next(): Promise<void> {
    if (this.#target.status === "end") return Promise.reject(new Down("the connection was ended", true));
    this.#waiting ??= newWaiting();
    if (this.#target.status === "wait") this.#target.connect().catch(() => {});
    return this.#waiting.promise;
  }

  dispose(): void {
    this.#target.off("ready", this.#onReady);
    this.#target.off("end", this.#onEnd);
    this.#settle((waiting) => waiting.reject(new Down("the client was closed", true)));
  }

  #settle(settle: (waiting: Waiting) => void): void {
    const waiting = this.#waiting;
    this.#waiting = undefined;
    if (waiting) settle(waiting);
  }
}

interface Waiting {
  readonly promise: Promise<void>;
  resolve(): void;
  reject(error: Error): void;
}

function newWaiting(): Waiting {
  let settle: Omit<Waiting, "promise"> | undefined;
  const promise = new Promise<void>((resolve, reject) => {
    settle = { resolve, reject };
  });
  promise.catch(() => {}); // Callers that gave up no longer listen.
  return { promise, resolve: () => settle?.resolve(), reject: (error) => settle?.reject(error) };
}
