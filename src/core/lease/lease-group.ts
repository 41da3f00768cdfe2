import { setMaxListeners } from "node:events";
import type { RenewableLease } from "../../lock/lease.js";
import { isAborted, listenForAbort, reasonOf, stopListening } from "../abort-signal.js";
import { LostError } from "../errors.js";
import { Renewal } from "./renewal.js";

interface LeaseGroupOptions {
  /** What a loss is told as. Default: of a lock. */
  readonly lossText?: string | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly onLost?: ((error: LostError) => void) | undefined;
}

/** The locks of one piece of work, kept alive together; the first that is lost is the loss of all. */
export class LeaseGroup {
  readonly #leases: RenewableLease[] = [];
  readonly #renewals: Renewal[] = [];
  readonly #controller = new AbortController();
  readonly #caller: AbortSignal | undefined;
  readonly #onLost: ((error: LostError) => void) | undefined;
  readonly #onAbort = () => this.#controller.abort(reasonOf(this.#caller));
  readonly #lossText: string;
  #lost: LostError | undefined;

  constructor({ signal, onLost, lossText = "a lock's lease ended before the work did" }: LeaseGroupOptions) {
    this.#lossText = lossText;
    this.#caller = signal;
    this.#onLost = onLost;
    abortWhenLeaseEnds(this.#controller.signal, () => this.lost);
    // The work may hand it to many calls at once: no leak to be warned of.
    setMaxListeners(0, this.#controller.signal);
    if (isAborted(signal)) this.#onAbort();
    else if (signal) listenForAbort(signal, this.#onAbort);
  }

  /** Aborts when a lock is lost, with a LostError, or when the caller's own signal does. */
  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  get fences(): ReadonlyMap<string, number> {
    return new Map(this.#leases.map(({ key, fence }) => [key, fence]));
  }

  /** The loss, found out on the spot if the clock tells it. */
  get lost(): LostError | undefined {
    if (!this.#lost && this.#leases.some(({ isOver }) => isOver)) this.#lose();
    return this.#lost;
  }

  add(lease: RenewableLease): void {
    this.#leases.push(lease);
    this.#renewals.push(new Renewal(lease, () => this.#lose()));
  }

  /** Renews no more, so that no renewal comes behind what is sent next: it would take back what that gave up. */
  async stopRenewals(): Promise<void> {
    await Promise.all(this.#renewals.map((renewal) => renewal.stop()));
  }

  /** Ends the renewals and gives all locks back, lost ones too: Redis may not know of the loss. Never rejects. */
  async end(): Promise<void> {
    stopListening(this.#caller, this.#onAbort);
    for (const renewal of this.#renewals) renewal.end();
    // Emptied first: what the clock says from here on is no loss any more.
    await Promise.allSettled(this.#leases.splice(0).map((lease) => lease.release()));
  }

  #lose(): void {
    if (this.#lost) return;
    this.#lost = new LostError(this.#lossText);
    this.#controller.abort(this.#lost);
    void this.#tell(this.#lost);
  }

  /** What the caller's own function throws concerns nobody here. */
  async #tell(lost: LostError): Promise<void> {
    try {
      await this.#onLost?.(lost);
    } catch {}
  }
}

/**
 * While the event loop is blocked no timer runs, and afterwards the blocked code goes on first: it would find a
 * signal that has not aborted yet, long after the lease. So whoever asks this signal asks the clock, and it aborts
 * there and then. Its events, and signals made of it with `AbortSignal.any`, still wait for the event loop.
 */
function abortWhenLeaseEnds(signal: AbortSignal, look: () => void): void {
  const native = (property: "aborted" | "reason"): unknown => {
    look();
    return Reflect.get(AbortSignal.prototype, property, signal);
  };
  Object.defineProperties(signal, {
    aborted: { get: () => native("aborted") },
    reason: { get: () => native("reason") },
    throwIfAborted: {
      value: () => {
        look();
        AbortSignal.prototype.throwIfAborted.call(signal);
      },
    },
  });
}
