import type luaparse from "luaparse";
import type { Module } from "../parse/module.js";
import type { Source } from "../parse/source.js";

/** A script's function and the fragments that it needs, as one text; every line knows where it comes from. */
export interface Assembled {
  readonly text: string;
  /** For each line of the text (from 0): the file below `lua/` and its line, or nothing for an empty line between. */
  readonly origins: readonly ({ readonly file: string; readonly line: number } | undefined)[];
}

/** Joins modules, those first that others need. Comments are blanked out, so that they change no digest. */
export function assemble(modules: readonly Module[]): Assembled {
  const lines: string[] = [];
  const origins: ({ file: string; line: number } | undefined)[] = [];
  for (const module of modules) {
    const bare = blankComments(module.source);
    for (const statement of module.body) {
      const [start, end] = span(module.source, statement);
      const first = statement.loc?.start.line ?? 1;
      const statementLines = bare.slice(start, end).split("\n");
      statementLines.forEach((line, offset) => {
        lines.push(line);
        origins.push({ file: module.source.file, line: first + offset });
      });
    }
    lines.push("");
    origins.push(undefined);
  }
  return { text: lines.join("\n"), origins };
}

function blankComments(source: Source): string {
  let text = source.text;
  for (const comment of source.comments) {
    const [start, end] = span(source, comment);
    text = text.slice(0, start) + text.slice(start, end).replace(/[^\n]/g, " ") + text.slice(end);
  }
  return text;
}

/** Where a node begins and ends in the text. */
function span(source: Source, node: luaparse.Node): [number, number] {
  if (node.loc === undefined) throw new Error("luaparse was asked for locations and gave none");
  const offset = ({ line, column }: { line: number; column: number }) =>
    source.lines.slice(0, line - 1).reduce((sum, text) => sum + text.length + 1, column);
  return [offset(node.loc.start), offset(node.loc.end)];
}
