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
    const starts = startsOf(module.source);
    const bare = blankComments(module.source, starts);
    for (const statement of module.body) {
      const [start, end] = span(starts, statement);
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

/** The text with a space for each character of a comment; its lines stay where they are. */
function blankComments(source: Source, starts: readonly number[]): string {
  const parts: string[] = [];
  let end = 0;
  for (const comment of source.comments) {
    const [from, to] = span(starts, comment);
    parts.push(source.text.slice(end, from), source.text.slice(from, to).replace(/[^\n]/g, " "));
    end = to;
  }
  parts.push(source.text.slice(end));
  return parts.join("");
}

/** Where each line begins in the text, and where the line after the last one would begin. */
function startsOf({ lines }: Source): readonly number[] {
  const starts = [0];
  let end = 0;
  for (const line of lines) {
    end += line.length + 1;
    starts.push(end);
  }
  return starts;
}

/** Where a node begins and ends in the text, given the starts of its lines. */
function span(starts: readonly number[], node: luaparse.Node): [number, number] {
  if (node.loc === undefined) throw new Error("luaparse was asked for locations and gave none");
  const offset = ({ line, column }: { line: number; column: number }) => (starts[line - 1] ?? 0) + column;
  return [offset(node.loc.start), offset(node.loc.end)];
}
