import type { Files } from "./parse/folder.js";
import type { Problem } from "./parse/problem.js";

/**
 * A problem as a person reads it: where, which rule, what, the line with a caret, and the mend.
 *
 *     lua/stock/apply.lua:45:67: args/unused: no line of the script uses low
 *       45 | local function apply(stock, warehouse, quantity, sequence, low)
 *          |                                                            ^^^
 *       mend: remove it from the function and its contract
 */
export function formatProblem(problem: Problem, files: Files, sourceRoot: string): string {
  const { file, line, column } = problem.place;
  const head = `${sourceRoot}/${file}:${line}:${column}: ${problem.rule}: ${problem.message}`;
  const text = files.get(file)?.split("\n")[line - 1]?.trimEnd();
  const shown = text === undefined || text === "" ? [] : caret(text, line, column, problem.length);
  return [head, ...shown, `  mend: ${problem.mend}`].join("\n");
}

/** All problems, one after the other, and how many there are. */
export function formatProblems(problems: readonly Problem[], files: Files, sourceRoot: string): string {
  const told = problems.map((problem) => `${formatProblem(problem, files, sourceRoot)}\n`);
  return `${told.join("\n")}\n${problems.length} ${problems.length === 1 ? "problem" : "problems"}`;
}

function caret(text: string, line: number, column: number, length: number): string[] {
  const number = String(line);
  const room = Math.max(1, Math.min(length, text.length - column + 1));
  return [
    `  ${number} | ${text}`,
    `  ${" ".repeat(number.length)} | ${text
      .slice(0, column - 1)
      .replace(/[^\t]/g, " ")
      .padEnd(column - 1)}${"^".repeat(room)}`,
  ];
}
