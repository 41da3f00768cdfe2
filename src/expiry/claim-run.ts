import type { Tenant } from "../../generated/ts/index.js";
import type { Lease } from "../core/lease/lease.js";
import { LeaseGroup } from "../core/lease/lease-group.js";
import { asError, notify } from "../core/notify.js";
import { ClaimCompletion, type ClaimName } from "./claim-completion.js";
import {
  type AttemptLimits,
  type ClaimedItem,
  type ItemResults,
  resultsOf,
  resultsOfFailure,
  sortClaimed,
} from "./item-results.js";
import type { ClaimContext, ExpiryWorkerOptions } from "./options.js";

interface ClaimRunOptions {
  readonly tenant: string;
  readonly name: ClaimName;
  readonly lease: Lease;
  /** The end of the lease as it was claimed, by Redis's clock. */
  readonly leaseEndsMs: number;
  readonly limits: AttemptLimits;
  /**
   * Aborts the handler's signal. The lease is still renewed, so that the items can be returned.
   */
  readonly interruption: AbortSignal;
  /** Aborts when the worker stops. The run then starts no further batch. */
  readonly stopping: AbortSignal;
  /** The worker's counts. The run adds to them. */
  readonly counts: { done: number; retried: number; deadLettered: number; lost: number };
}

/** Handles the items of one claim, renews its lease meanwhile, and reports the results to Redis. */
export class ClaimRun {
  readonly #options: ExpiryWorkerOptions;
  readonly #claim: ClaimRunOptions;
  readonly #leases: LeaseGroup;
  readonly #completion: ClaimCompletion;
  #inFlight = 0;

  constructor(expiry: Tenant["expiry"], options: ExpiryWorkerOptions, claimed: ClaimRunOptions) {
    const { onError } = options;
    const { name, lease, counts } = claimed;
    this.#options = options;
    this.#claim = claimed;
    this.#leases = new LeaseGroup({
      lossText: "the lease of a claim ended before its work did",
      signal: claimed.interruption,
      onError,
      onLost: (error) => {
        counts.lost++;
        notify(onError, error);
      },
    });
    this.#leases.add(lease);
    const { leaseMs } = lease;
    this.#completion = new ClaimCompletion(expiry, { name, leaseMs, onError }, this.#leases);
  }

  /** Items that are not finished. */
  get inFlight(): number {
    return this.#inFlight;
  }

  /** Stops the renewals, so the lease ends. Used if the handler ignores its signal. */
  stopRenewals(): Promise<void> {
    return this.#leases.stopRenewals();
  }

  /** Handles all items and releases the lease. Never rejects because of the handler. */
  async handleAll(items: readonly ClaimedItem[]): Promise<void> {
    this.#inFlight = items.length;
    try {
      const { exhausted, batches } = sortClaimed(items, this.#claim.limits.maxAttempts);
      if (exhausted.length > 0) {
        await this.#deadLetter("no worker finished it", exhausted.map(nameOf));
        this.#inFlight -= exhausted.length;
      }
      for (const [position, batch] of batches.entries()) {
        if (this.#leases.isAborted || this.#claim.stopping.aborted) {
          await this.#completion.returnUntried(batches.slice(position).flat().map(nameOf));
          return;
        }
        await this.#handleBatch(batch);
        this.#inFlight -= batch.length;
      }
    } finally {
      await this.#leases.end();
    }
  }

  async #handleBatch(batch: readonly ClaimedItem[]): Promise<void> {
    const { counts } = this.#claim;
    const results = await this.#resultsOf(batch);
    if (results === "interrupted") {
      await this.#completion.retry(1, batch.map(nameOf));
      return;
    }
    if (await this.#completion.ack(results.done)) counts.done += results.done.length;
    for (const [delayMs, names] of results.retry) {
      if (await this.#completion.retry(delayMs, names)) counts.retried += names.length;
    }
    for (const [reason, names] of results.dead) await this.#deadLetter(reason, names);
  }

  async #resultsOf(batch: readonly ClaimedItem[]): Promise<ItemResults | "interrupted"> {
    const { tenant, name, leaseEndsMs, limits } = this.#claim;
    const leases = this.#leases;
    const context: ClaimContext = {
      tenant,
      get signal() {
        return leases.signal;
      },
      claim: name.claim,
      leaseEndsMs,
    };
    try {
      const outcomes = await this.#options.handle(batch, context);
      return resultsOf(batch, outcomes ?? [], limits);
    } catch (error) {
      if (leases.isAborted) return "interrupted";
      notify(this.#options.onError, asError(error));
      return resultsOfFailure(batch, error, limits);
    }
  }

  async #deadLetter(reason: string, names: readonly string[]): Promise<void> {
    const dead = await this.#completion.deadLetter(reason, names);
    if (dead.length === 0) return;
    this.#claim.counts.deadLettered += dead.length;
    notify(this.#options.onDeadLetter, dead, reason, this.#claim.tenant);
  }
}

function nameOf({ item }: ClaimedItem): string {
  return item;
}
