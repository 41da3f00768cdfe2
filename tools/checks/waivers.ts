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
  const targets = targetsOf(comments);
  return source.lines.flatMap((text, at) => {
    if (!comments.has(at + 1)) return [];
    const found = /^(\s*)--+\s*moonpath-allow\b\s*([^\s:]*)\s*:?\s*(.*)$/.exec(text);
    if (found === null) return [];
    const [, indent = "", rule = "", reason = ""] = found;
    const length = text.trimEnd().length - indent.length;
    return [
      {
        rule,
        reason,
        file: source.file,
        line: at + 1,
        column: indent.length + 1,
        length,
        target: targets.get(at + 1) ?? at + 2,
      },
    ];
  });
}

/** The first line below each comment line that is none; linear, because the last line comes first. */
function targetsOf(comments: ReadonlyMap<number, string>): ReadonlyMap<number, number> {
  const targets = new Map<number, number>();
  for (const line of [...comments.keys()].reverse()) targets.set(line, targets.get(line + 1) ?? line + 1);
  return targets;
}

/** What a waiver and the problems that it covers have in common. */
function coverKey(rule: string, file: string, line: number): string {
  return JSON.stringify([rule, file, line]);
}

function problemKey({ rule, place }: Problem): string {
  return coverKey(rule, place.file, place.line);
}

/** The key of the problems that a waiver silences; undefined when it silences none. */
function coveredKey({ rule, reason, file, target }: Waiver): string | undefined {
  if (!isRule(rule) || notWaivable(rule) !== undefined || reason === "") return undefined;
  return coverKey(rule, file, target);
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
  const covered = new Set(waivers.map(coveredKey));
  const broken = new Set(problems.map(problemKey));
  return {
    kept: problems.filter((problem) => !covered.has(problemKey(problem))),
    waivers: waivers
      .filter((waiver) => broken.has(coveredKey(waiver) ?? ""))
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
  const broken = new Set(problems.map(problemKey));
  return waiversOf(source).flatMap((waiver) => {
    const { file, line, column, length, rule } = waiver;
    const spot = { place: { file, line, column }, length };
    if (!isRule(rule)) return [breach("waiver/unknown-rule", spot, `there is no rule \`${rule}\``)];
    const refused = notWaivable(rule);
    if (refused !== undefined)
      return [breach("waiver/refused", spot, `\`${rule}\` cannot be waived: ${refused}`)];
    if (waiver.reason === "")
      return [breach("waiver/no-reason", spot, `the waiver of \`${rule}\` gives no reason`)];
    if (broken.has(coverKey(rule, file, waiver.target))) return [];
    return [breach("waiver/unused", spot, `nothing on line ${waiver.target} breaks \`${rule}\``)];
  });
}
