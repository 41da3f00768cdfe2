import type { MutantKind } from "./mutant.js";

/** A part of a source and its replacement, before it becomes a mutant. */
export interface Piece {
  readonly kind: MutantKind;
  readonly start: number;
  readonly end: number;
  readonly replacement: string;
  /** The range that the mutant's name shows; absent for the part itself. */
  readonly shown?: readonly [start: number, end: number];
}
