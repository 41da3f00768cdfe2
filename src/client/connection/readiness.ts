import { NotSentError } from "../call/failure.js";
import {
  connectionFault,
  type FaultyTarget,
  loginRefusal,
  reportUnheard,
  unfinishedState,
} from "./connection-fault.js";

/** The call or probe that waits. It calls back when it has ended, in any way. */
export interface WaitScope {
  /** The last error of the connection that it waits for. */
  connectionError?: Error | undefined;
  whenReleased(onRelease: () => void): void;
}

/** The login of a connection whose credentials change. */
export interface RenewedLogin {
  readonly generation: number;
  /** Why there are no valid credentials; undefined if there are. */
  readonly error: Error | undefined;
  whenKnown(): Promise<void>;
  renew(): Promise<void>;
  /** Calls back when `error` has changed, until the returned function is called. */
  watch(changed: () => void): () => void;
}

/** Waits for a connection or a cluster to become ready. All waiters share three event listeners. */
export class Readiness {
  readonly #target: FaultyTarget;
  readonly #login: RenewedLogin | undefined;
  /** The generation of credentials that the present or last connect uses. */
  #usedGeneration: number | undefined;
  /** The generation that the server has refused last. */
  #refusedGeneration: number | undefined;
  #asksAgain = false;
  readonly #stopWatching: (() => void) | undefined;
  #connectsLater = false;
  #isDisposed = false;
  readonly #waiters = new Set<Waiter>();
  /** The last error since the connection was ready. */
  #error: Error | undefined;
  readonly #onReady = () => {
    this.#error = undefined;
    this.#refusedGeneration = undefined;
    this.#settleAll((waiting) => {
      // Another connection may have set another reason.
      if (waiting.work.connectionError === waiting.told) waiting.work.connectionError = undefined;
      waiting.resolve();
    });
  };
  readonly #onError = (...[given]: unknown[]) => {
    const error = connectionFault(given, this.#target);
    reportUnheard(this.#target, error);
    this.#error = error;
    this.#tellWaiters();
    const refusal = loginRefusal(error);
    if (refusal) this.#loginRefused(refusal);
  };
  /** The connection has taken a step. Without an error, its state says what it waits for. */
  readonly #onStep = () => {
    if (this.#target.status === "connecting") this.#usedGeneration = this.#login?.generation;
    this.#tellWaiters();
  };
  readonly #onLoginError = () => this.#tellWaiters();
  readonly #onEnd = () =>
    this.#settleAll((waiting) => waiting.reject(new NotSentError("the connection was ended", "ended")));

  constructor(target: FaultyTarget, login?: RenewedLogin) {
    this.#target = target;
    this.#login = login;
    this.#stopWatching = login?.watch(this.#onLoginError);
    target.on("ready", this.#onReady);
    target.on("end", this.#onEnd);
    target.on("error", this.#onError);
    for (const step of steps) target.on(step, this.#onStep);
  }

  /**
   * Resolves at the next `ready`. Rejects with NotSentError if the connection has ended or ends, or if
   * this was disposed of, and with the server's error if it refuses the login.
   * Connects a lazy connection. When the scope ends, its waiter is removed at once, because the
   * server may be down for hours.
   */
  nextReady(work: WaitScope): Promise<void> {
    if (this.#isDisposed) return Promise.reject(closedError());
    if (this.#target.status === "end") {
      if (this.#error) work.connectionError = this.#error;
      return Promise.reject(new NotSentError("the connection was ended", "ended"));
    }
    if (this.#target.status === "wait") this.#connect();
    return new Promise((resolve, reject) => {
      const waiting = { work, told: this.#reason, resolve, reject };
      work.connectionError = waiting.told;
      this.#waiters.add(waiting);
      work.whenReleased(() => this.#waiters.delete(waiting));
    });
  }

  dispose(): void {
    this.#isDisposed = true;
    this.#target.off("ready", this.#onReady);
    this.#target.off("end", this.#onEnd);
    this.#target.off("error", this.#onError);
    for (const step of steps) this.#target.off(step, this.#onStep);
    this.#stopWatching?.();
    this.#settleAll((waiting) => waiting.reject(closedError()));
  }

  get #reason(): Error {
    return this.#login?.error ?? this.#error ?? unfinishedState(this.#target);
  }

  /** Connects a lazy connection, as soon as the credentials are there. */
  #connect(): void {
    if (!this.#login) {
      this.#target.connect().catch(() => {});
      return;
    }
    if (this.#connectsLater) return;
    this.#connectsLater = true;
    this.#login.whenKnown().then(() => {
      this.#connectsLater = false;
      this.#tellWaiters();
      if (this.#target.status === "wait" && this.#waiters.size > 0) this.#target.connect().catch(() => {});
    });
  }

  /**
   * Credentials may have changed on the server, so the client asks for them again. Waiters are rejected
   * if the server refuses the same credentials a second time.
   */
  #loginRefused(refusal: Error): void {
    const login = this.#login;
    if (!login) {
      this.#settleAll((waiting) => waiting.reject(refusal));
      return;
    }
    if (this.#asksAgain) return;
    this.#asksAgain = true;
    const used = this.#usedGeneration;
    login.renew().then(() => {
      this.#asksAgain = false;
      if (this.#target.status === "ready") return;
      const isCurrent = login.error === undefined && login.generation === used;
      if (isCurrent && used === this.#refusedGeneration)
        this.#settleAll((waiting) => waiting.reject(refusal));
      this.#refusedGeneration = isCurrent ? used : undefined;
    });
  }

  #tellWaiters(): void {
    const reason = this.#reason;
    for (const waiting of this.#waiters) {
      waiting.told = reason;
      waiting.work.connectionError = reason;
    }
  }

  #settleAll(settle: (waiting: Waiter) => void): void {
    const all = [...this.#waiters];
    this.#waiters.clear();
    for (const waiting of all) settle(waiting);
  }
}

function closedError(): NotSentError {
  return new NotSentError("the client was closed", "closed");
}

const steps = ["connecting", "connect", "close"];

interface Waiter {
  readonly work: WaitScope;
  /** What the waiter knows about the connection. */
  told: Error;
  resolve(): void;
  reject(error: Error): void;
}
