import type { Mutant } from "./find/mutant.js";

/** A mutant that no test can find, and why. */
export interface Accepted {
  /** The mutant's id. */
  readonly id: string;
  readonly reason: string;
}

/** Mutants that change nothing that a caller or the keyspace can see. They do not count. */
export const ACCEPTED: readonly Accepted[] = [];

/** Ids of a list that are ids of no mutant: the source has changed since. */
export function staleIds(ids: readonly string[], mutants: readonly Mutant[]): string[] {
  const known = new Set(mutants.map(({ id }) => id));
  return ids.filter((id) => !known.has(id));
}
