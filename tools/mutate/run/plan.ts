/** What a script runs with a fault in it; the fields of the generated script that change. */
export interface PlantedScript {
  readonly lua: string;
  readonly digest: string;
  /** Source file -> line of `lua` -> line of that source file. */
  readonly lines: Readonly<Record<string, Readonly<Record<number, number>>>>;
}

/** One mutant in all scripts of a domain that contain it. */
export interface Trial {
  /** The mutant's key, and the number of the repetition if there are several: `6f1c…#3`. */
  readonly key: string;
  readonly id: string;
  /** By the script's name: `stock.adjust`. */
  readonly scripts: Readonly<Record<string, PlantedScript>>;
}

/** What one test process has to do. It is written as JSON for the runner. */
export interface Plan {
  /**
   * Test files below the repository, in this order, with a digest of each and of what it imports.
   */
  readonly files: readonly { readonly path: string; readonly digest: string }[];
  readonly trials: readonly Trial[];
  /** Where outcomes are appended. */
  readonly results: string;
}

/** The environment variable with the path of the plan. */
export const PLAN_VARIABLE = "MOONPATH_MUTATION_PLAN";
