import type { Files } from "./parse/folder.js";
import type { Problem } from "./parse/problem.js";

/** Nobody reads more at once, and a stranger's folder may have a problem on each of its lines. */
const MAX_PROBLEMS = 200;

/** The longest part of a source line that is shown, in columns. */
const MAX_COLUMNS = 200;

/** The longest message: a name in it may be as long as its file. */
const MAX_MESSAGE = 1_000;

/**
 * A problem as a person reads it: where, which rule, what, the line with a caret, and the fix.
 *
 *     lua/stock/set_level.lua:45:67: args/unused: no line of the script uses low
 *       45 | local function apply(stock, warehouse, quantity, sequence, low)
 *          |                                                            ^^^
 *       fix: remove it from the function and its contract
 */
export function formatProblem(problem: Problem, files: Files, sourceRoot: string): string {
  return formatAt(problem, (file) => files.get(file)?.split("\n"), sourceRoot);
}

/** The first 200 problems, one after the other, and how many there are. */
export function formatProblems(problems: readonly Problem[], files: Files, sourceRoot: string): string {
  const read = new Map<string, readonly string[] | undefined>();
  const linesOf = (file: string) => {
    if (!read.has(file)) read.set(file, files.get(file)?.split("\n"));
    return read.get(file);
  };
  const shown = problems
    .slice(0, MAX_PROBLEMS)
    .map((problem) => `${formatAt(problem, linesOf, sourceRoot)}\n`);
  const count = `${problems.length} ${problems.length === 1 ? "problem" : "problems"}`;
  const more = problems.length > MAX_PROBLEMS ? `, of which the first ${MAX_PROBLEMS} are shown` : "";
  return `${shown.join("\n")}\n${count}${more}`;
}

function formatAt(
  { position: { file, line, column }, rule, message, fix, length }: Problem,
  linesOf: (file: string) => readonly string[] | undefined,
  sourceRoot: string,
): string {
  const head = `${sourceRoot}/${file}:${line}:${column}: ${rule}: ${message.length > MAX_MESSAGE ? `${message.slice(0, MAX_MESSAGE)}…` : message}`;
  const text = linesOf(file)?.[line - 1]?.trimEnd();
  const shown = text === undefined || text === "" ? [] : caret(text, line, column, length);
  return [head, ...shown, `  fix: ${fix}`].join("\n");
}

/** The line with a caret below it. Of a long line, the part around the column. */
function caret(text: string, line: number, column: number, length: number): string[] {
  const start = text.length <= MAX_COLUMNS ? 0 : Math.max(0, column - 1 - MAX_COLUMNS / 2);
  const part = text.slice(start, start + MAX_COLUMNS);
  const at = column - 1 - start;
  const number = String(line);
  const room = Math.max(1, Math.min(length, part.length - at));
  return [
    `  ${number} | ${part}`,
    `  ${" ".repeat(number.length)} | ${part.slice(0, at).replace(/[^\t]/g, " ").padEnd(at)}${"^".repeat(room)}`,
  ];
}
