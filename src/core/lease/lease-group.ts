import { setMaxListeners } from "node:events";
import { abortReasonOf, isAborted, listenForAbort, stopListening } from "../abort-signal.js";
import { AbortedError, LostError } from "../errors.js";
import { notify, type OnError } from "../notify.js";
import type { Lease } from "./lease.js";
import { Renewal } from "./renewal.js";

interface LeaseGroupOptions {
  /** The message of the LostError. Default: of a lock. */
  readonly lossText?: string | undefined;
  /**
   * When it aborts, the group's signal aborts with the same reason. Renewals go on until `end()`.
   */
  readonly signal?: AbortSignal | undefined;
  readonly onLost?: ((error: LostError) => void) | undefined;
  /** Receives the errors of renewals. Locks have none: they report only a loss. */
  readonly onError?: OnError | undefined;
}

/** The leases of one piece of work, renewed together. When the first is lost, all count as lost. */
export class LeaseGroup<Held extends Lease = Lease> {
  readonly #leases: Held[] = [];
  readonly #renewals: Renewal[] = [];
  readonly #options: LeaseGroupOptions;
  /** Exists when the signal was used: most work is short and asks for none. */
  #controller: AbortController | undefined;
  #onAbort: (() => void) | undefined;
  #lost: LostError | undefined;
  #hasEnded = false;

  constructor(options: LeaseGroupOptions) {
    this.#options = options;
  }

  /** Aborts with a LostError when a lease is lost, or with the caller's signal. */
  get signal(): AbortSignal {
    this.#controller ??= this.#createController();
    return this.#controller.signal;
  }

  /** Whether the signal has aborted. */
  get isAborted(): boolean {
    return this.#controller?.signal.aborted ?? (this.#lost !== undefined || isAborted(this.#options.signal));
  }

  get leases(): readonly Held[] {
    return this.#leases;
  }

  /**
   * The loss, if there is one. It reads the clock, and aborts the signal if a lease has ended: timers
   * do not run while the event loop is blocked.
   */
  checkLost(): LostError | undefined {
    if (!this.#lost && this.#leases.some(({ hasEnded }) => hasEnded)) this.markLost();
    return this.#lost;
  }

  /** @throws LostError if a lease is lost, by the clock */
  throwIfLost(): void {
    const lost = this.checkLost();
    if (lost) throw lost;
  }

  /** The loss, if this error of the work only reports that the signal aborted; else the error. */
  causeOf(error: unknown): unknown {
    const lost = this.checkLost();
    return lost && isCausedBy(lost, error) ? lost : error;
  }

  add(lease: Held): void {
    this.#leases.push(lease);
    this.#renewals.push(
      new Renewal(lease, { onLost: () => this.markLost(), onError: this.#options.onError }),
    );
  }

  /**
   * Sends no more renewals, and waits for those that were sent. A renewal that arrives after a
   * release would take the lease again.
   */
  async stopRenewals(): Promise<void> {
    await Promise.all(this.#renewals.map((renewal) => renewal.stop()));
  }

  /** Marks all leases as lost: aborts the signal of the work with a LostError, and calls `onLost`. */
  markLost(): void {
    if (this.#lost) return;
    this.#lost = new LostError(this.#options.lossText ?? "a lock's lease ended before the work did");
    this.#controller?.abort(this.#lost);
    notify(this.#options.onLost, this.#lost);
  }

  /**
   * Ends the renewals and releases all leases, lost ones too: Redis may not know of the loss. Never
   * rejects.
   */
  async end(): Promise<void> {
    this.#hasEnded = true;
    if (this.#onAbort) stopListening(this.#options.signal, this.#onAbort);
    for (const renewal of this.#renewals) renewal.end();
    // Emptied first: a lease that ends from here on is no loss.
    await Promise.allSettled(this.#leases.splice(0).map((lease) => lease.release()));
  }

  #createController(): AbortController {
    const controller = new AbortController();
    // The work may pass the signal to many calls at once, so Node must not warn of a leak.
    setMaxListeners(0, controller.signal);
    const { signal } = this.#options;
    if (this.#lost) controller.abort(this.#lost);
    else if (isAborted(signal)) controller.abort(abortReasonOf(signal));
    else if (signal && !this.#hasEnded) {
      this.#onAbort = () => controller.abort(abortReasonOf(signal));
      listenForAbort(signal, this.#onAbort);
    }
    return controller;
  }
}

/**
 * Whether the error only reports that the signal aborted: an AbortedError, or Node's AbortError
 * caused by the loss.
 */
function isCausedBy(lost: LostError, error: unknown): boolean {
  if (error instanceof AbortedError) return true;
  return error instanceof Error && error.name === "AbortError" && error.cause === lost;
}
