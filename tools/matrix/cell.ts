import type { RedisServer } from "../../src/testing/index.js";
import type { Project } from "./project.js";

/** One combination that is tested, such as a runtime with a client library. */
export interface Cell {
  /** The name for `--only`. */
  readonly id: string;
  /** The row of the table: what is tested. */
  readonly title: string;
  /** The row of the table: which test runs, in a smoke run and in a full one. */
  readonly tests: { readonly smoke: string; readonly full: string };
  run(context: CellContext): Promise<CellResult>;
}

/** What a cell may use. */
export interface CellContext {
  readonly project: Project;
  readonly server: RedisServer;
  /** Runs the smoke test only. */
  readonly isSmoke: boolean;
}

/** The result of a cell. */
export interface CellResult {
  readonly ok: boolean;
  /** A figure for the table, such as `212 tests`; empty if there is none. */
  readonly figure: string;
  /** The output of what failed. */
  readonly output: string;
}

/** The number of tests that Vitest or Jest reports as passed. */
export function passedTests(output: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: the colours of a terminal are removed
  const plain = output.replace(/\u001b\[[\d;]*m/g, "");
  const count = /Tests:? +(?:.*?[ ,])?(\d+) passed/.exec(plain)?.[1];
  return count === undefined ? "" : `${count} tests`;
}
