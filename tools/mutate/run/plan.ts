/** The fields of a generated script that a fault changes. */
export interface PlantedScript {
  readonly lua: string;
  readonly digest: string;
  /** Where the lines of `lua` come from, as in `Script`. */
  readonly lines: Readonly<Record<string, string>>;
}

/** One mutant in all scripts of a domain that contain it. */
export interface Trial {
  /** The mutant's key, and the number of the repetition if there are several: `6f1c…#3`. */
  readonly key: string;
  readonly id: string;
  /** The key is the script's name, such as `stock.adjust`. */
  readonly scripts: Readonly<Record<string, PlantedScript>>;
}

/** The task of one test process. It is written as JSON for the runner. */
export interface Plan {
  /**
   * Test files with their paths in the repository, in this order, with a digest of each and of its
   * imports.
   */
  readonly files: readonly { readonly path: string; readonly digest: string }[];
  readonly trials: readonly Trial[];
  /** The file to which outcomes are appended. */
  readonly results: string;
}

/** The environment variable with the path of the plan. */
export const PLAN_VARIABLE = "MOONPATH_MUTATION_PLAN";
