import luaparse from "luaparse";
import type { Place } from "../model/model.js";
import type { Problem } from "./problem.js";

/** A Lua file, read and parsed. */
export interface Source {
  /** Path below the `lua/` folder. */
  readonly file: string;
  readonly text: string;
  readonly lines: readonly string[];
  readonly chunk: luaparse.Chunk;
  readonly comments: readonly luaparse.Comment[];
}

interface SyntaxFault {
  line: number;
  /** From 0, into the text. */
  index: number;
  message: string;
}

function isSyntaxFault(error: unknown): error is SyntaxFault {
  return error instanceof SyntaxError && "line" in error && "index" in error;
}

/** Parses a Lua 5.1 file; a slip in its syntax is one problem at its place. */
export function parseSource(file: string, text: string): Source | Problem {
  const lines = text.split("\n");
  const numbers: luaparse.NumericLiteral[] = [];
  try {
    // luaparse reports an error in the first token with the last token of the text before, because it keeps that token.
    luaparse.parse("");
    const chunk = luaparse.parse(text, {
      luaVersion: "5.1",
      comments: true,
      locations: true,
      ranges: true,
      scope: true,
      onCreateNode: (node) => {
        if (node.type === "NumericLiteral") numbers.push(node);
      },
    });
    const odd = numbers.find(({ raw }) => /^0x[0-9a-f]*[.p]/i.test(raw));
    if (odd !== undefined) return hexadecimal(file, odd);
    const deepest = tooDeep(chunk);
    if (deepest !== undefined) return nestedTooDeeply(file, deepest);
    return { file, text, lines, chunk, comments: chunk.comments ?? [] };
  } catch (error) {
    if (error instanceof RangeError) return nestedTooDeeply(file, 1);
    if (!isSyntaxFault(error)) throw error;
    const message = error.message.replace(/^\[\d+:\d+\] /, "");
    // At a text without an end, luaparse's line may be one beyond the file.
    const number = Math.min(error.line, lines.length);
    const line = lines[number - 1] ?? "";
    const { column, length } = spotOf(error, message, text, line);
    return {
      rule: "parse/syntax",
      // At the end of the file, luaparse's index may be one beyond it.
      place: { file, line: number, column: Math.min(column, line.length + 1) },
      length,
      message: `this is no Lua 5.1: ${message}`,
      mend: "correct the syntax here, or just before",
    };
  }
}

/** Lua's compiler gives up at 200 levels; what nests in its syntax alone is not one for it, and stays far below this. */
const MOST_LEVELS = 400;

/** The line on which the syntax nests too deeply. */
function tooDeep(chunk: luaparse.Chunk): number | undefined {
  const open: { value: unknown; level: number; line: number }[] = [{ value: chunk.body, level: 0, line: 1 }];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const { value, level } = next;
    if (typeof value !== "object" || value === null) continue;
    const line = lineOf(value) ?? next.line;
    if (level > MOST_LEVELS) return line;
    const inner = "type" in value ? level + 1 : level;
    for (const part of Object.values(value)) open.push({ value: part, level: inner, line });
  }
  return undefined;
}

function lineOf(value: object): number | undefined {
  if (!("loc" in value) || typeof value.loc !== "object" || value.loc === null) return undefined;
  const { loc } = value;
  if (!("start" in loc) || typeof loc.start !== "object" || loc.start === null) return undefined;
  return "line" in loc.start && typeof loc.start.line === "number" ? loc.start.line : undefined;
}

function nestedTooDeeply(file: string, line: number): Problem {
  return {
    rule: "parse/syntax",
    place: { file, line, column: 1 },
    length: 1,
    message: "this is nested too deeply for Lua",
    mend: "put parts of it into locals, or build it step by step",
  };
}

/** luaparse reads them; Lua 5.1 does so on some machines only. */
function hexadecimal(file: string, { raw, loc }: luaparse.NumericLiteral): Problem {
  return {
    rule: "parse/syntax",
    place: { file, line: loc?.start.line ?? 1, column: (loc?.start.column ?? 0) + 1 },
    length: raw.length,
    message: `this is no Lua 5.1: ${raw} is hexadecimal, and has a fraction or an exponent`,
    mend: "write the number in decimals",
  };
}

/** luaparse's own column counts from 0 at a word and from 1 within one. At a text without an end, its place is a line on. */
function spotOf(error: SyntaxFault, message: string, text: string, line: string) {
  const column = error.index - text.lastIndexOf("\n", error.index - 1);
  if (text.slice(0, error.index).split("\n").length !== error.line) {
    const [, near = ""] = /near '(.*)'$/.exec(message) ?? [];
    return { column: Math.max(0, line.lastIndexOf(near)) + 1, length: near.length };
  }
  return { column, length: /^(\w+|\S?)/.exec(text.slice(error.index))?.[0].length ?? 1 };
}

export function isProblem(value: object): value is Problem {
  return "rule" in value;
}

/** Where a syntax node begins. */
export function placeOf(source: Source, node: luaparse.Node): Place {
  const start = node.loc?.start;
  return { file: source.file, line: start?.line ?? 1, column: (start?.column ?? 0) + 1 };
}
