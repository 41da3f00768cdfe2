import type luaparse from "luaparse";
import type { Module } from "../parse/module.js";
import type { Source } from "../parse/source.js";

/** A script's function and the fragments that it needs, as one text; every line knows where it comes from. */
export interface Assembled {
  readonly text: string;
  /** For each line of the text (from 0): the file below `lua/` and its line, or nothing for an empty line between. */
  readonly origins: readonly ({ readonly file: string; readonly line: number } | undefined)[];
}

/** Joins modules, those first that others need. Comments and empty lines are left out, so that they change no digest. */
export function assemble(modules: readonly Module[]): Assembled {
  const lines: string[] = [];
  const origins: ({ file: string; line: number } | undefined)[] = [];
  for (const module of modules) {
    const span = spansOf(module.source);
    const bare = blankComments(module.source, span);
    for (const statement of module.body) {
      const [start, end] = span(statement);
      const first = statement.loc?.start.line ?? 1;
      const kept = linesOfTexts(statement);
      const statementLines = bare.slice(start, end).split("\n");
      statementLines.forEach((line, offset) => {
        // lua-format keeps some empty lines, which would make digests hang on them.
        if (line.trim() === "" && !kept.has(first + offset)) return;
        lines.push(line);
        origins.push({ file: module.source.file, line: first + offset });
      });
    }
    lines.push("");
    origins.push(undefined);
  }
  return { text: lines.join("\n"), origins };
}

/** The lines on which a text goes on that has several: there, an empty line is a part of it. */
function linesOfTexts(node: object): ReadonlySet<number> {
  const lines = new Set<number>();
  const visit = (value: unknown): void => {
    if (typeof value !== "object" || value === null) return;
    if (!isText(value)) Object.values(value).forEach(visit);
    else if (value.loc !== undefined)
      for (let line = value.loc.start.line; line <= value.loc.end.line; line += 1) lines.add(line);
  };
  visit(node);
  return lines;
}

function isText(value: object): value is luaparse.StringLiteral {
  return "type" in value && value.type === "StringLiteral";
}

type Span = (node: luaparse.Node) => readonly [number, number];

/** The text with a space for each character of a comment; linear in the length of the text. */
function blankComments({ text, comments }: Source, span: Span): string {
  const parts: string[] = [];
  let at = 0;
  for (const comment of comments) {
    const [start, end] = span(comment);
    parts.push(text.slice(at, start), text.slice(start, end).replace(/[^\n]/g, " "));
    at = end;
  }
  return parts.join("") + text.slice(at);
}

/** Where nodes begin and end in the text. */
function spansOf({ lines }: Source): Span {
  const starts: number[] = [];
  let next = 0;
  for (const line of lines) {
    starts.push(next);
    next += line.length + 1;
  }
  const offset = ({ line, column }: { line: number; column: number }) => (starts[line - 1] ?? next) + column;
  return ({ loc }) => {
    if (loc === undefined) throw new Error("luaparse was asked for locations and gave none");
    return [offset(loc.start), offset(loc.end)];
  };
}
