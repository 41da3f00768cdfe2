import { ACCEPTED } from "./accepted.js";
import { trialKey } from "./run/domain.js";
import type { Outcome, Outcomes } from "./run/results.js";
import type { ScriptMutant } from "./sources.js";
import type { TestFile } from "./tests.js";

/** The lowest score with which a run passes. */
export const MIN_SCORE = 0.95;

export type State = "found" | "survivor" | "accepted" | "pending";

/** A mutant and the result of the tests. */
export interface Judged {
  readonly mutant: ScriptMutant;
  readonly state: State;
  /** The test that found it. */
  readonly by: Outcome | undefined;
}

const accepted = new Set(ACCEPTED.map(({ id }) => id));

/**
 * Determines the state of mutants from the outcomes. `filesOf` returns the test files of a domain.
 */
export function judge(
  mutants: readonly ScriptMutant[],
  outcomes: Outcomes,
  filesOf: (domain: string) => readonly TestFile[],
): Judged[] {
  return mutants.map((mutant) => {
    const by = outcomes.foundBy(mutant.key);
    if (by !== undefined) return { mutant, state: "found", by };
    if (accepted.has(mutant.id)) return { mutant, state: "accepted", by };
    const through = domainsOf(mutant).every((domain) =>
      filesOf(domain).every(({ path }) => outcomes.survived(mutant.key, path)),
    );
    return { mutant, state: through ? "survivor" : "pending", by };
  });
}

/**
 * The number of `repeats` runs in which a test found the mutant, and the number of the other runs.
 */
export function repetitions(
  mutant: ScriptMutant,
  repeats: number,
  outcomes: Outcomes,
  file: string,
): { readonly found: number; readonly missed: number } {
  const keys = Array.from({ length: repeats }, (_, number) => trialKey(mutant.key, repeats, number));
  return {
    found: keys.filter((key) => outcomes.foundBy(key) !== undefined).length,
    missed: keys.filter((key) => outcomes.survived(key, file)).length,
  };
}

/** The domains whose scripts contain the mutant. */
export function domainsOf({ scripts }: ScriptMutant): string[] {
  return [...new Set(scripts.map((name) => name.slice(0, name.indexOf("."))))];
}

/** The share of found mutants among those that count; 1 if none counts. */
export function scoreOf(judged: readonly Judged[]): number {
  const found = count(judged, "found");
  const counted = judged.length - count(judged, "accepted");
  return counted === 0 ? 1 : found / counted;
}

export function count(judged: readonly Judged[], state: State): number {
  return judged.filter((one) => one.state === state).length;
}
