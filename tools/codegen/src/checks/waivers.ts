import { commentLines } from "../analysis/syntax/syntax.js";
import type { WaiverModel } from "../model/model.js";
import type { Problem } from "../parse/problem.js";
import type { Source } from "../parse/source/source.js";
import { violation } from "./input.js";
import { isRule, notWaivable } from "./rules.js";

/** `-- moonpath-allow keys/undeclared: the key is the caller's own`, on the line above. */
interface Waiver {
  readonly rule: string;
  readonly reason: string;
  readonly file: string;
  /** The line of the comment. */
  readonly line: number;
  readonly column: number;
  readonly length: number;
  /** The first line of code below it. */
  readonly target: number;
}

const WAIVERS = new WeakMap<Source, readonly Waiver[]>();

/** A source's waivers in the order of their lines. */
function waiversOf(source: Source): readonly Waiver[] {
  const known = WAIVERS.get(source);
  if (known !== undefined) return known;
  const comments = commentLines(source);
  const found: Waiver[] = [];
  // From the last line up, so that each line knows where the comments below it end.
  let target = source.lines.length + 1;
  for (let line = source.lines.length; line >= 1; line -= 1) {
    if (!comments.has(line)) {
      target = line;
      continue;
    }
    const waiver = readWaiver(source, line, target);
    if (waiver !== undefined) found.push(waiver);
  }
  found.reverse();
  WAIVERS.set(source, found);
  return found;
}

function readWaiver(source: Source, line: number, target: number): Waiver | undefined {
  const text = source.lines[line - 1] ?? "";
  const found = /^(\s*)--+\s*moonpath-allow\b\s*([^\s:]*)\s*:?\s*(.*)$/.exec(text);
  if (found === null) return undefined;
  const [, indent = "", rule = "", reason = ""] = found;
  const length = text.trimEnd().length - indent.length;
  return { rule, reason, file: source.file, line, column: indent.length + 1, length, target };
}

/** What a waiver and the problems that it covers have in common. */
function coverId(file: string, line: number, rule: string): string {
  return `${line} ${rule} ${file}`;
}

const idOfProblem = ({ position, rule }: Problem) => coverId(position.file, position.line, rule);

/** What a waiver covers; undefined where it can cover nothing. */
function coveredBy({ rule, reason, file, target }: Waiver): string | undefined {
  if (!isRule(rule) || notWaivable(rule) !== undefined || reason === "") return undefined;
  return coverId(file, target, rule);
}

/** Problems parted by the waivers of these sources. */
export interface Waived {
  /** The problems that no waiver silences. */
  readonly kept: readonly Problem[];
  /** The waivers that silence a problem, in the order of the sources. */
  readonly waivers: readonly WaiverModel[];
}

/** Parts the problems of one script by the waivers of its sources. */
export function applyWaivers(problems: readonly Problem[], sources: readonly Source[]): Waived {
  const waivers = sources.flatMap(waiversOf);
  const covered = new Set(waivers.map(coveredBy));
  const broken = new Set(problems.map(idOfProblem));
  return {
    kept: problems.filter((problem) => !covered.has(idOfProblem(problem))),
    waivers: waivers
      .filter((waiver) => broken.has(coveredBy(waiver) ?? ""))
      .map(({ rule, reason, file, line, column, target }) => ({
        rule,
        reason,
        covers: target,
        position: { file, line, column },
      })),
  };
}

/** What is wrong with a source's waivers themselves, given all problems before any was silenced. */
export function checkWaivers(source: Source, problems: readonly Problem[]): readonly Problem[] {
  const broken = new Set(problems.map(idOfProblem));
  return waiversOf(source).flatMap((waiver) => {
    const { file, line, column, length, rule } = waiver;
    const range = { start: { file, line, column }, length };
    if (!isRule(rule))
      return [violation("waiver/unknown-rule", range, `the rule \`${rule}\` does not exist`)];
    const refused = notWaivable(rule);
    if (refused !== undefined)
      return [violation("waiver/refused", range, `\`${rule}\` cannot be waived: ${refused}`)];
    if (waiver.reason === "")
      return [violation("waiver/no-reason", range, `the waiver of \`${rule}\` gives no reason`)];
    if (broken.has(coveredBy(waiver) ?? "")) return [];
    return [violation("waiver/unused", range, `line ${waiver.target} does not violate \`${rule}\``)];
  });
}
