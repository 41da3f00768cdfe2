/** The token of a tag as this process knows it; undefined if it must be read. */
export interface TagRecord {
  token: string | undefined;
  /** The tenant's clock at the tag's last invalidation, if it is known. */
  clock: number | undefined;
}

/** A value that L1 holds. It is a hit while it is fresh and each tag still has its token. */
export interface StoredValue {
  /** The result of a hit. The same promise each time, because making one costs as much as the rest. */
  readonly answer: Promise<unknown>;
  readonly value: unknown;
  /** In the time of `performance.now()`. */
  readonly freshUntil: number;
  readonly tags: readonly TagRecord[];
  readonly tokens: readonly string[];
  /** The store no longer holds it, so it is no hit. */
  isRemoved: boolean;
  /** When the store was last asked for it, in the time of `performance.now()`. */
  usedAt: number;
  /** Called when the store removes it. */
  onRemoved: (() => void) | undefined;
}

/** Where L1 keeps values: a map with a bound in bytes. `moonpath/l1` has one. */
export interface ValueStore {
  get(key: string): StoredValue | undefined;
  set(key: string, value: StoredValue, bytes: number): void;
  delete(key: string): void;
  clear(): void;
}

/** What `memoryL1` returns, for the option `cache` of `createMoonpath`. */
export interface L1Options {
  /**
   * Makes the place of the values. Each client has its own, because each hears its own messages. It calls
   * `removed` for each value that it does not hold any more.
   */
  createValues(removed: (value: StoredValue) => void): ValueStore;
  /** `freeze`: callers get the same frozen object. `copy`: each caller gets a copy. */
  readonly sharing: "freeze" | "copy";
  /** A silent connection is found within so many milliseconds; meanwhile L1 may serve old values. */
  readonly heartbeatMs: number;
}
