import type luaparse from "luaparse";
import type { Module } from "../../parse/source/module.js";
import type { Source } from "../../parse/source/source.js";
import { type Edit, type EditedLine, editedLines, type Origin } from "./edits.js";
import type { Insertion } from "./insertions.js";
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

/** How the texts of modules change while they are joined. */
export interface Changes {
  editsOf(module: Module): readonly Edit[];
  /** The modules that stand inside of another one, each before a statement of that one. */
  readonly insertions: ReadonlyMap<Module, Insertion>;
}

const UNCHANGED: Changes = { editsOf: () => [], insertions: new Map() };

/**
 * Joins modules, those first that others require. Lines are copied as they are written, with their
 * comments. Only three things are left out: `require`, the last `return`, and the contract in the
 * documentation comments.
 */
export function assemble(
  modules: readonly Module[],
  sourceRoot: string,
  { editsOf, insertions }: Changes = UNCHANGED,
): Assembled {
  /** The lines of a module below the name of its file, and those of the modules inside of it. */
  const linesOf = (module: Module): EditedLine[] => {
    const inside = modules.filter((other) => insertions.get(other)?.host === module);
    const inserted = inside.flatMap((other) => insertingEdits(insertions.get(other), linesOf(other)));
    const named = { text: `-- From ${sourceRoot}/${module.source.file}:`, origin: undefined };
    return [named, ...ownLines(module, [...inserted, ...editsOf(module)])];
  };
  const lines: EditedLine[] = [];
  let functionAt = 0;
  for (const module of modules.filter((one) => !insertions.has(one))) {
    const start = module.doc?.position.line ?? module.position.line;
    const added = linesOf(module);
    const above = added.findLastIndex(
      ({ origin }, index) => index === 0 || (origin?.file === module.source.file && origin.line < start),
    );
    functionAt = lines.length + (above === 0 ? 0 : above + 1);
    lines.push(...added, { text: "", origin: undefined });
  }
  return {
    text: lines.map(({ text }) => text).join("\n"),
    origins: lines.map(({ origin }) => origin),
    functionAt,
  };
}

/** The edit that writes a module before a statement of its host, and before the comment above it. */
function insertingEdits(insertion: Insertion | undefined, lines: readonly EditedLine[]): Edit[] {
  if (insertion === undefined) return [];
  const { source } = insertion.host;
  const starts = lineStarts(source.lines);
  const [from] = spanOf(starts, insertion.before);
  const isFirst = (line: number, at: number) => source.text.slice(starts[line - 1], at).trim() === "";
  let line = insertion.before.loc?.start.line ?? 1;
  const text = lines.map((one) => `${one.text}\n`).join("");
  const origins = lines.map(({ origin }) => origin);
  if (!isFirst(line, from)) {
    const here = { file: source.file, line };
    return [{ span: [from, from], text: `\n${text}`, origins: [here, ...origins] }];
  }
  const comments = new Set(
    source.comments
      .filter(({ loc }) => loc?.start.line === loc?.end.line)
      .filter((comment) => isFirst(comment.loc?.start.line ?? 1, spanOf(starts, comment)[0]))
      .map(({ loc }) => loc?.start.line),
  );
  while (comments.has(line - 1)) line -= 1;
  const at = starts[line - 1] ?? from;
  return [{ span: [at, at], text, origins }];
}

/**
 * The lines of a module that its script keeps. At most one empty line stands between two others.
 */
function ownLines(module: Module, edits: readonly Edit[]): EditedLine[] {
  const { source } = module;
  const starts = lineStarts(source.lines);
  const removed = removedSpans(module, starts);
  const lines = editedLines(source.file, withSpaces(source.text, removed), edits);
  const touched = new Set(removed.flatMap((span) => linesBetween(starts, span)));
  const inTexts = linesOfTexts(module.body);
  const kept: EditedLine[] = [];
  for (const { text, origin } of lines) {
    const isOwn = origin?.file === source.file;
    const isTouched = isOwn && touched.has(origin.line);
    if (!isOwn || inTexts.has(origin.line)) kept.push({ text, origin });
    else if (isTouched && text.trim() === "") continue;
    else if (text.trim() !== "") kept.push({ text: isTouched ? text.trimEnd() : text, origin });
    else if (kept.length > 0 && kept.at(-1)?.text !== "") kept.push({ text: "", origin });
  }
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
