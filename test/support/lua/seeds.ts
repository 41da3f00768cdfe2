/**
 * The seeds of every run of the model tests. With them the same sequences come again, in CI as
 * anywhere.
 */
export const FIXED_SEEDS: readonly number[] = [1, 2, 3, 4];

/** Which sequences of commands a model test runs. */
export interface ModelSeeds {
  readonly fixed: readonly number[];
  /** Whether random sequences follow. */
  readonly random: boolean;
  /** Whether fast-check looks for a shorter sequence after a failure. */
  readonly shrink: boolean;
}

/**
 * Reads `MODEL_SEEDS`: absent, the fixed seeds and random ones; `fixed`, the fixed ones alone;
 * `7,8`, these alone. Without random sequences nothing is shortened: a failure comes again by its
 * seed.
 *
 * @throws Error if the text is none of these
 */
export function seedsFrom(text: string | undefined): ModelSeeds {
  if (text === undefined || text === "") return { fixed: FIXED_SEEDS, random: true, shrink: true };
  if (text === "fixed") return { fixed: FIXED_SEEDS, random: false, shrink: false };
  const fixed = text.split(",").map(Number);
  if (fixed.every((seed) => Number.isSafeInteger(seed))) return { fixed, random: false, shrink: false };
  throw new Error(`MODEL_SEEDS is "fixed" or numbers with commas between them, as in 7,8; it is ${text}`);
}
