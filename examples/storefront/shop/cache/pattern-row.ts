/** A seed document, by its name without `.txt`. */
export type Seed = "products-service" | "caching-enhancement" | "five-strategies";

/** How entries of a pattern are read and written. */
export type Strategy = "cache-aside" | "read-through" | "write-through" | "write-behind" | "write-around";

/** A row of the table of patterns. */
export interface PatternRow<Pattern extends string = string> {
  /** The pattern of Moonpath. The tenant is not in it, because it is in the hash tag of each key. */
  readonly pattern: Pattern;
  /** How long a value is fresh, in milliseconds. */
  readonly freshMs: number;
  /** Another fresh time that the loader may set, in milliseconds. */
  readonly longFreshMs?: number;
  /** How long after that callers get the old value while one of them loads. Default 0. */
  readonly staleMs?: number;
  /** How long "there is none" is stored. Default: it is not. */
  readonly negativeMs?: number;
  /** Tags with the fields of the pattern. */
  readonly tags: readonly string[];
  readonly strategy: Strategy;
  /** Why this time, and what ends an entry before it. */
  readonly because: string;
  /** The patterns of the seeds that the row stands for. */
  readonly seeds: readonly { readonly seed: Seed; readonly pattern: string; readonly ttl: string }[];
}

export const SECOND_MS = 1_000;
export const MINUTE_MS = 60 * SECOND_MS;
export const HOUR_MS = 60 * MINUTE_MS;
export const DAY_MS = 24 * HOUR_MS;

/** A row whose pattern the compiler knows to the letter. */
export function row<const Pattern extends string>(row: PatternRow<Pattern>): PatternRow<Pattern> {
  return row;
}
