/** A loader returns this if the source says that the stale value is still the present one. */
export const UNCHANGED: unique symbol = Symbol("unchanged");

/** What a loader is given besides the fields. */
export interface LoadContext<Value> {
  readonly tenant: string;
  /** Aborts after `loadTimeoutMs`. Pass it to the source. */
  readonly signal: AbortSignal;
  /** The old value, if there is one. A loader that asks the source whether it changed returns `UNCHANGED`. */
  readonly stale: Value | undefined;
  /**
   * Adds tags that only the loader knows, such as the products of a list. The definition must have
   * `loaderTags: true`.
   *
   * @throws ArgumentError without `loaderTags`
   */
  tag(...names: readonly string[]): void;
  /** Sets another fresh time for this value. */
  freshMs(ms: number): void;
  /** Returns the value to the callers, and does not store it. */
  doNotStore(): void;
}

/** Loads a value from the source. `undefined`: the source has none. */
export type Loader<Fields, Value> = (
  fields: Fields,
  context: LoadContext<Value>,
) => Promise<Value | undefined | typeof UNCHANGED>;
