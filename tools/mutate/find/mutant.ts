/** The kinds of mutants. */
export const MUTANT_KINDS = ["guard", "comparison", "write"] as const;

export type MutantKind = (typeof MUTANT_KINDS)[number];

/** One small fault in one Lua source: a part of its text, and the text that replaces it. */
export interface Mutant {
  /**
   * Unique in a `lua/` folder, without line numbers: `price/read.lua: now < ends_at => now <=
   * ends_at`.
   */
  readonly id: string;
  /** The path below the `lua/` folder. */
  readonly file: string;
  /** The first line is 1. */
  readonly line: number;
  readonly kind: MutantKind;
  /** Offsets into the file's text. */
  readonly start: number;
  readonly end: number;
  /** The replacement. It has as many newlines as the part, so line numbers stay the same. */
  readonly replacement: string;
}

/** The file's text with the fault. */
export function applyMutant(text: string, { start, end, replacement }: Mutant): string {
  return `${text.slice(0, start)}${replacement}${text.slice(end)}`;
}
