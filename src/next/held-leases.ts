import type { EntryLease } from "../cache/index.js";
import type { Stored } from "./stored.js";

interface Held {
  readonly lease: EntryLease<Stored>;
  readonly timer: NodeJS.Timeout;
}

/** The leases of renders that run in this process. One that ends without a result is given back in time. */
export class HeldLeases {
  readonly #limitMs: number;
  readonly #onUnfilled: (entry: string) => void;
  readonly #held = new Map<string, Held>();

  /** @param onUnfilled a render has taken too long, or has ended without a result */
  constructor(limitMs: number, onUnfilled: (entry: string) => void) {
    this.#limitMs = limitMs;
    this.#onUnfilled = onUnfilled;
  }

  add(lease: EntryLease<Stored>): void {
    this.take(lease.entry)?.release();
    const timer = setTimeout(() => {
      this.take(lease.entry)?.release();
      this.#onUnfilled(lease.entry);
    }, this.#limitMs);
    this.#held.set(lease.entry, { lease, timer: timer.unref() });
  }

  /** The lease of an entry. Whoever takes it ends it. */
  take(entry: string): EntryLease<Stored> | undefined {
    const held = this.#held.get(entry);
    if (!held) return undefined;
    this.#held.delete(entry);
    clearTimeout(held.timer);
    return held.lease;
  }

  releaseAll(): void {
    for (const entry of [...this.#held.keys()]) this.take(entry)?.release();
  }
}
