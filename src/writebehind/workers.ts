/** The result of one flush. */
export interface WriteBehindRun {
  /** Batches that were applied and acknowledged. */
  readonly batches: number;
  /** Writes in these batches. */
  readonly writes: number;
  /** Shards that were not flushed. */
  readonly failed: readonly string[];
}

/** A worker that can flush. */
export interface Flusher {
  flushPendingWrites(): Promise<WriteBehindRun>;
}

/** The workers of this process for one queue, by tenant. */
export class Workers {
  readonly #byTenant = new Map<string, Set<Flusher>>();

  add(tenant: string, worker: Flusher): void {
    const known = this.#byTenant.get(tenant) ?? new Set();
    this.#byTenant.set(tenant, known.add(worker));
  }

  delete(tenant: string, worker: Flusher): void {
    const known = this.#byTenant.get(tenant);
    known?.delete(worker);
    if (known?.size === 0) this.#byTenant.delete(tenant);
  }

  of(tenant: string): readonly Flusher[] {
    return [...(this.#byTenant.get(tenant) ?? [])];
  }
}
