import { commentLines } from "../analysis/syntax.js";
import type { WaiverModel } from "../model/model.js";
import type { Problem } from "../parse/problem.js";
import type { Source } from "../parse/source.js";
import { breach } from "./input.js";
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

function waiversOf(source: Source): readonly Waiver[] {
  const comments = commentLines(source);
  return source.lines.flatMap((text, at) => {
    if (!comments.has(at + 1)) return [];
    const found = /^(\s*)--+\s*moonpath-allow\b\s*([^\s:]*)\s*:?\s*(.*)$/.exec(text);
    if (found === null) return [];
    const [, indent = "", rule = "", reason = ""] = found;
    let target = at + 1;
    while (comments.has(target + 1)) target++;
    const length = text.trimEnd().length - indent.length;
    return [
      {
        rule,
        reason,
        file: source.file,
        line: at + 1,
        column: indent.length + 1,
        length,
        target: target + 1,
      },
    ];
  });
}

function covers(waiver: Waiver, problem: Problem): boolean {
  const { place, rule } = problem;
  if (!isRule(waiver.rule) || notWaivable(waiver.rule) !== undefined || waiver.reason === "") return false;
  return waiver.rule === rule && waiver.file === place.file && waiver.target === place.line;
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
  return {
    kept: problems.filter((problem) => !waivers.some((waiver) => covers(waiver, problem))),
    waivers: waivers
      .filter((waiver) => problems.some((problem) => covers(waiver, problem)))
      .map(({ rule, reason, file, line, column, target }) => ({
        rule,
        reason,
        covers: target,
        place: { file, line, column },
      })),
  };
}

/** What is wrong with a source's waivers themselves, given all problems before any was silenced. */
export function checkWaivers(source: Source, problems: readonly Problem[]): readonly Problem[] {
  return waiversOf(source).flatMap((waiver) => {
    const { file, line, column, length, rule } = waiver;
    const spot = { place: { file, line, column }, length };
    if (!isRule(rule)) return [breach("waiver/unknown-rule", spot, `there is no rule \`${rule}\``)];
    const refused = notWaivable(rule);
    if (refused !== undefined)
      return [breach("waiver/refused", spot, `\`${rule}\` cannot be waived: ${refused}`)];
    if (waiver.reason === "")
      return [breach("waiver/no-reason", spot, `the waiver of \`${rule}\` gives no reason`)];
    if (problems.some((problem) => covers(waiver, problem))) return [];
    return [breach("waiver/unused", spot, `nothing on line ${waiver.target} breaks \`${rule}\``)];
  });
}
