/** What a caller gets that has joined a load of others. `again`: nothing that is new enough for it. */
export type Joined<Value> = { readonly kind: "value"; readonly value: Value } | { readonly kind: "again" };

interface Waiter<Value> {
  readonly resolve: (joined: Joined<Value>) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * One reading or load of an entry, with the callers of this process that share it.
 *
 * Early callers joined before the reading or the load began, so its value is new enough for them. Late
 * ones joined during the load. They get the value only if it was still valid after the last of them had
 * joined.
 */
export class JoinableLoad<Value> {
  #early: Waiter<Value>[] | undefined;
  #late: Waiter<Value>[] | undefined;
  #isLoading = false;

  /** Whether callers have joined during the load. */
  get hasLate(): boolean {
    return this.#late !== undefined;
  }

  join(): Promise<Joined<Value>> {
    return new Promise((resolve, reject) => {
      const waiter = { resolve, reject };
      if (this.#isLoading) {
        this.#late ??= [];
        this.#late.push(waiter);
      } else {
        this.#early ??= [];
        this.#early.push(waiter);
      }
    });
  }

  /** The load begins. Who joins from now on is late. */
  startLoad(): void {
    this.#isLoading = true;
  }

  /** The value of a reading or a load that began after all early callers had joined. */
  settleEarly(value: Value): void {
    for (const { resolve } of this.#early ?? []) resolve({ kind: "value", value });
    this.#early = undefined;
  }

  settleLate(joined: Joined<Value>): void {
    for (const { resolve } of this.#late ?? []) resolve(joined);
    this.#late = undefined;
  }

  fail(error: unknown): void {
    for (const { reject } of this.#early ?? []) reject(error);
    for (const { reject } of this.#late ?? []) reject(error);
    this.#early = undefined;
    this.#late = undefined;
  }
}

/** The loads that callers may join, by entry. */
export class JoinableLoads<Value> {
  readonly #byEntry = new Map<string, JoinableLoad<Value>>();

  get(entry: string): JoinableLoad<Value> | undefined {
    return this.#byEntry.get(entry);
  }

  /** Callers may join it from now on, unless there is another one. */
  open(entry: string, load: JoinableLoad<Value>): void {
    if (!this.#byEntry.has(entry)) this.#byEntry.set(entry, load);
  }

  close(entry: string, load: JoinableLoad<Value>): void {
    if (this.#byEntry.get(entry) === load) this.#byEntry.delete(entry);
  }
}
