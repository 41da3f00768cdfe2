/** A guard that the model test of its domain must find, in each of 20 runs, if it is gone. */
export interface NamedGuard {
  /** The id of the mutant that takes the guard away. */
  readonly id: string;
  /** The domain whose model test runs. */
  readonly domain: string;
  /** What happens without the guard. */
  readonly without: string;
}

/** How often each named guard is planted. */
export const NAMED_REPEATS = 20;

export const NAMED_GUARDS: readonly NamedGuard[] = [];
