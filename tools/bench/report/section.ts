import type { Measured, Table } from "../benchmark.js";
import type { Case, Target } from "../case.js";
import { count } from "./format.js";
import { PLOT_FOLDER } from "./plot.js";

/** As the other pages. */
const MAX_COLUMNS = 130;

/** The section of a benchmark on the page. */
export function sectionOf(
  method: string,
  machine: string,
  { cases, tables = [], plots = [] }: Measured,
): string[] {
  return [
    ...wrapped(`${method} Measured on ${machine}.`),
    "",
    ...plots.flatMap(({ title, file }) => [`![${title}](${PLOT_FOLDER}/${file}.svg)`, ""]),
    ...markdown({
      head: ["Case", "Moonpath", "Peer", "Unit", "Ratio", "Target", "Reached"],
      rows: cases.map((one) => [
        one.name,
        count(one.ours),
        one.theirs === undefined ? "" : count(one.theirs),
        one.unit,
        one.ratio === undefined ? "" : one.ratio.toFixed(2),
        targetText(one.target),
        one.target === undefined ? "" : one.ok ? "yes" : "**no**",
      ]),
    }),
    ...tables.flatMap((table) => ["", ...markdown(table)]),
  ];
}

/** The line that a case prints. */
export function lineOf({ name, ours, theirs, unit, ratio, target, ok }: Case): string {
  const peer = theirs === undefined ? "" : `, peer ${count(theirs)}`;
  const times = ratio === undefined ? "" : `, ratio ${ratio.toFixed(2)}`;
  const bound = target === undefined ? "" : ` (${targetText(target)})`;
  return `${ok ? "ok  " : "FAIL"} ${name}: ${count(ours)} ${unit}${peer}${times}${bound}`;
}

function targetText(target: Target | undefined): string {
  if (target === undefined) return "";
  return "atLeast" in target ? `at least ${count(target.atLeast)}` : `at most ${count(target.atMost)}`;
}

function markdown({ head, rows }: Table): string[] {
  const row = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
  return [row(head), row(head.map(() => "---")), ...rows.map(row)];
}

/** The lines of a paragraph. */
function wrapped(text: string): string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(" ")) {
    if (line !== "" && line.length + 1 + word.length > MAX_COLUMNS) {
      lines.push(line);
      line = word;
    } else line = line === "" ? word : `${line} ${word}`;
  }
  return [...lines, line];
}
