import type luaparse from "luaparse";
import type { Module } from "../../parse/source/module.js";
import type { Source } from "../../parse/source/source.js";
import { type Edit, type EditedLine, editedLines } from "./edits.js";
import { lineStarts, linesBetween, type Span, spanOf, withSpaces } from "./spans.js";

/**
 * A script and the modules that it requires as one text. Each line knows the source line that it
 * copies.
 */
export interface Assembled {
  readonly text: string;
  /**
   * For each line of the text (from 0): the file below `lua/` and its line; nothing for lines
   * between modules.
   */
  readonly origins: readonly (Origin | undefined)[];
  /**
   * The index of the first line of the last module's function and its documentation. If the module
   * has nothing else, it is the line above, which names the file.
   */
  readonly functionAt: number;
}

/** A line of a source file, from 1. */
export interface Origin {
  readonly file: string;
  readonly line: number;
}

/**
 * Joins modules, those first that others require. Lines are copied as they are written, with their
 * comments. Only three things are left out: `require`, the last `return`, and the contract in the
 * documentation comments. `editsOf` gives the edits of a module's text.
 */
export function assemble(
  modules: readonly Module[],
  sourceRoot: string,
  editsOf: (module: Module) => readonly Edit[] = () => [],
): Assembled {
  const lines: string[] = [];
  const origins: (Origin | undefined)[] = [];
  let functionAt = 0;
  for (const module of modules) {
    lines.push(`-- From ${sourceRoot}/${module.source.file}:`);
    origins.push(undefined);
    const start = module.doc?.position.line ?? module.position.line;
    const top = lines.length - 1;
    functionAt = top;
    for (const { text, line } of linesOf(module, editsOf(module))) {
      if (line < start) functionAt = lines.length + 1;
      lines.push(text);
      origins.push({ file: module.source.file, line });
    }
    lines.push("");
    origins.push(undefined);
  }
  return { text: lines.join("\n"), origins, functionAt };
}

/**
 * The lines of a module that its script keeps. At most one empty line stands between two others.
 */
function linesOf(module: Module, edits: readonly Edit[]): EditedLine[] {
  const { source } = module;
  const starts = lineStarts(source.lines);
  const removed = removedSpans(module, starts);
  const lines = editedLines(withSpaces(source.text, removed), edits);
  const touched = new Set(removed.flatMap((span) => linesBetween(starts, span)));
  const inTexts = linesOfTexts(module.body);
  const kept: EditedLine[] = [];
  lines.forEach(({ text, line }) => {
    if (inTexts.has(line)) kept.push({ text, line });
    else if (touched.has(line) && text.trim() === "") return;
    else if (text.trim() !== "") kept.push({ text: touched.has(line) ? text.trimEnd() : text, line });
    else if (kept.length > 0 && kept.at(-1)?.text !== "") kept.push({ text: "", line });
  });
  while (kept.at(-1)?.text === "") kept.pop();
  return kept;
}

function removedSpans(module: Module, starts: readonly number[]): Span[] {
  const { source } = module;
  const kept = new Set<luaparse.Statement>(module.body);
  const statements = source.chunk.body.filter((statement) => !kept.has(statement));
  const spans = statements.map((statement) => withSemicolon(source.text, spanOf(starts, statement)));
  const lines = new Set(
    statements.flatMap(({ loc }) => (loc === undefined ? [] : [loc.start.line, loc.end.line])),
  );
  const comments = source.comments.filter(({ loc }) => loc !== undefined && lines.has(loc.start.line));
  return [...spans, ...[...comments, ...contractLines(source)].map((comment) => spanOf(starts, comment))];
}

/** A semicolon ends the removed statement, and Lua 5.1 has no empty statement. */
function withSemicolon(text: string, [from, to]: Span): Span {
  const semicolon = /^[ \t\n]*;/.exec(text.slice(to));
  return [from, to + (semicolon?.[0].length ?? 0)];
}

/**
 * The `---` lines from the first empty one or the first tag of their block on: the contract, for
 * other readers.
 */
function contractLines({ comments }: Source): luaparse.Comment[] {
  let previous = Number.NEGATIVE_INFINITY;
  let isContract = false;
  return comments.filter((comment) => {
    const line = comment.loc?.start.line ?? 0;
    if (!comment.raw.startsWith("---")) return false;
    if (line !== previous + 1) isContract = false;
    previous = line;
    isContract ||= /^---\s*(@|$)/.test(comment.raw);
    return isContract;
  });
}

/** The lines of string literals that span several: an empty line is part of the literal there. */
function linesOfTexts(nodes: readonly object[]): ReadonlySet<number> {
  const lines = new Set<number>();
  const visit = (value: unknown): void => {
    if (typeof value !== "object" || value === null) return;
    if (!isText(value)) Object.values(value).forEach(visit);
    else if (value.loc !== undefined && value.loc.end.line > value.loc.start.line)
      for (let line = value.loc.start.line; line <= value.loc.end.line; line += 1) lines.add(line);
  };
  nodes.forEach(visit);
  return lines;
}

function isText(value: object): value is luaparse.StringLiteral {
  return "type" in value && value.type === "StringLiteral";
}
