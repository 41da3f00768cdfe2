import luaparse from "luaparse";
import type { Position } from "../../model/model.js";
import type { Problem } from "../problem.js";
import { localTooMany, MOST_LOCALS } from "./locals.js";
import { firstTooDeep, type NestingCosts } from "./nesting.js";
import { forgetLastToken, type TokenPlace, tokenBeyond } from "./tokens.js";

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
  const nested = firstTooDeep(text, LEVELS, MOST_LEVELS_OF_LUA);
  if (nested !== undefined) return nestedTooDeeply(file, nested);
  const beyond = tokenBeyond(text, MOST_TOKENS);
  if (beyond !== undefined) return tooManyTokens(file, beyond);
  const numbers: luaparse.NumericLiteral[] = [];
  let crowded: luaparse.Node | undefined;
  try {
    forgetLastToken();
    const chunk = luaparse.parse(text, {
      luaVersion: "5.1",
      comments: true,
      locations: true,
      ranges: true,
      scope: true,
      onCreateNode: (node) => {
        if (node.type === "NumericLiteral") numbers.push(node);
        crowded ??= localTooMany(node);
      },
    });
    const odd = numbers.find(({ raw }) => /^0x[0-9a-f]*[.p]/i.test(raw));
    if (odd !== undefined) return hexadecimal(file, odd);
    const deepest = tooDeep(chunk);
    if (deepest !== undefined) return nestedTooDeeply(file, deepest);
    if (crowded !== undefined) return tooManyLocals(file, crowded);
    return { file, text, lines, chunk, comments: chunk.comments ?? [] };
  } catch (error) {
    if (error instanceof RangeError) return nestedTooDeeply(file, { line: 1, column: 1 });
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
      fix: "correct the syntax here, or just before",
    };
  }
}

/**
 * StyLua and lua-format slow down faster than a text grows: this many tokens take seconds, ten
 * times as many take minutes.
 */
const MOST_TOKENS = 50_000;

function tooManyTokens(file: string, { line, column, length }: TokenPlace): Problem {
  return {
    rule: "parse/limits",
    place: { file, line, column },
    length,
    message: `this file has more than ${MOST_TOKENS} tokens`,
    fix: "split the script, or store long tables in Redis",
  };
}

/** Lua's compiler counts each of these as one level. Other operators do not nest for it. */
const LEVELS: NestingCosts = { function: 1, block: 1, bracket: 1, nestedOperator: 1, operator: 0 };
const MOST_LEVELS_OF_LUA = 200;

/**
 * The syntax tree is deeper than Lua's levels: it holds a level for each operator, field and call
 * of a chain.
 */
const MOST_LEVELS_OF_TREE = 400;

interface Start {
  readonly line: number;
  /** From 1. */
  readonly column: number;
}

/** Where the first part of the syntax tree begins that is too deep in it. */
function tooDeep(chunk: luaparse.Chunk): Start | undefined {
  const open: { value: unknown; level: number; start: Start }[] = [
    { value: chunk.body, level: 0, start: { line: 1, column: 1 } },
  ];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const { value, level } = next;
    if (typeof value !== "object" || value === null) continue;
    const start = startOf(value) ?? next.start;
    if (level > MOST_LEVELS_OF_TREE) return start;
    const inner = "type" in value ? level + 1 : level;
    for (const part of Object.values(value)) open.push({ value: part, level: inner, start });
  }
  return undefined;
}

function startOf(value: object): Start | undefined {
  if (!("loc" in value) || typeof value.loc !== "object" || value.loc === null) return undefined;
  const { loc } = value;
  if (!("start" in loc) || typeof loc.start !== "object" || loc.start === null) return undefined;
  const { start } = loc;
  if (!("line" in start) || typeof start.line !== "number") return undefined;
  return "column" in start && typeof start.column === "number"
    ? { line: start.line, column: start.column + 1 }
    : undefined;
}

function nestedTooDeeply(file: string, { line, column }: Start): Problem {
  return {
    rule: "parse/syntax",
    place: { file, line, column },
    length: 1,
    message: "this is nested too deeply for Lua",
    fix: "put parts of it into locals, or build it step by step",
  };
}

function tooManyLocals(file: string, { loc }: luaparse.Node): Problem {
  return {
    rule: "parse/limits",
    place: { file, line: loc?.start.line ?? 1, column: (loc?.start.column ?? 0) + 1 },
    length: 1,
    message: `this function has more than ${MOST_LOCALS} locals at once, and Lua takes at most 200`,
    fix: "split the function, or put the values into a table",
  };
}

/** luaparse reads them; Lua 5.1 does so on some machines only. */
function hexadecimal(file: string, { raw, loc }: luaparse.NumericLiteral): Problem {
  return {
    rule: "parse/syntax",
    place: { file, line: loc?.start.line ?? 1, column: (loc?.start.column ?? 0) + 1 },
    length: raw.length,
    message: `this is no Lua 5.1: ${raw} is hexadecimal, and has a fraction or an exponent`,
    fix: "write the number in decimals",
  };
}

/**
 * luaparse's own column counts from 0 at a word and from 1 within one. At a text without an end,
 * its place is a line on.
 */
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
export function placeOf(source: Source, node: luaparse.Node): Position {
  const start = node.loc?.start;
  return { file: source.file, line: start?.line ?? 1, column: (start?.column ?? 0) + 1 };
}
