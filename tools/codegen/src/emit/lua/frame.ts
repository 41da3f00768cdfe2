import { type Places, SINGLE } from "./wrapper-arguments.js";

export type Returns = "list" | "values";

/** What stands around a script's own code in one of its forms, and where that code finds its values. */
export interface Frame {
  readonly places: Places;
  /** What a `return` gives back: a list for Redis, or the values themselves for the code in `tail`. */
  readonly returns: Returns;
  /** Lines before `open`, behind the modules. */
  readonly head: readonly string[];
  /**
   * Lines before the statements that read the arguments. If the last one begins a function, `close`
   * ends it.
   */
  readonly open: readonly string[];
  readonly close: readonly string[];
  /** Lines behind `close`. */
  readonly tail: readonly string[];
  /** Whether a run of the script runs its code once, not once for each of several calls. */
  readonly runsOnce: boolean;
}

/** The line that separates what somebody wrote from what is generated. */
export const WRAPPER_COMMENT = "-- Generated: reads and checks KEYS and ARGV.";

/** The form that makes one call: its code is in the main chunk. */
export const SINGLE_FRAME: Frame = {
  places: SINGLE,
  returns: "list",
  head: [],
  open: [WRAPPER_COMMENT],
  close: [],
  tail: [],
  runsOnce: true,
};
