import type { Position } from "./placed-text.js";

/** The rules' names, as they are printed. */
export const RULES = ["comment-width", "sentence-length", "word"] as const;

export type Rule = (typeof RULES)[number];

/** One violation of a rule. */
export interface Finding extends Position {
  readonly file: string;
  readonly rule: Rule;
  readonly message: string;
}
