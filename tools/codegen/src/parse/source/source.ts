import luaparse from "luaparse";
import type { Position } from "../../model/model.js";
import type { Problem } from "../problem.js";
import { localTooMany, MAX_BLOCK_LOCALS } from "./locals.js";
import { firstTooDeep, type NestingCosts } from "./nesting.js";
import { forgetLastToken, leadingComma, type TokenRange, tokenAfter } from "./tokens.js";

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

/** Parses a Lua 5.1 file; a syntax error is one problem at its position. */
export function parseSource(file: string, text: string): Source | Problem {
  const lines = text.split("\n");
  const nested = firstTooDeep(text, LEVELS, MAX_LUA_LEVELS);
  if (nested !== undefined) return nestedTooDeeply(file, nested);
  const excessToken = tokenAfter(text, MAX_TOKENS);
  if (excessToken !== undefined) return tooManyTokens(file, excessToken);
  const numbers: luaparse.NumericLiteral[] = [];
  let excessLocal: luaparse.Node | undefined;
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
        excessLocal ??= localTooMany(node);
      },
    });
    const hexadecimalFraction = numbers.find(({ raw }) => /^0x[0-9a-f]*[.p]/i.test(raw));
    if (hexadecimalFraction !== undefined) return hexadecimal(file, hexadecimalFraction);
    const comma = leadingComma(text);
    if (comma !== undefined) return noValueBeforeComma(file, comma);
    const deepest = tooDeep(chunk);
    if (deepest !== undefined) return nestedTooDeeply(file, deepest);
    if (excessLocal !== undefined) return tooManyLocals(file, excessLocal);
    return { file, text, lines, chunk, comments: chunk.comments ?? [] };
  } catch (error) {
    if (error instanceof RangeError) return nestedTooDeeply(file, { line: 1, column: 1 });
    if (!isSyntaxFault(error)) throw error;
    const message = error.message.replace(/^\[\d+:\d+\] /, "");
    // At a text without an end, luaparse's line may be one after the end of the file.
    const number = Math.min(error.line, lines.length);
    const line = lines[number - 1] ?? "";
    const { column, length } = errorRange(error, message, text, line);
    return {
      rule: "parse/syntax",
      // At the end of the file, luaparse's index may be one after it.
      position: { file, line: number, column: Math.min(column, line.length + 1) },
      length,
      message: `this is not valid Lua 5.1: ${message}`,
      fix: "correct the syntax here or just before it",
    };
  }
}

/**
 * StyLua and lua-format slow down faster than a text grows: this many tokens take seconds, ten
 * times as many take minutes.
 */
const MAX_TOKENS = 50_000;

function tooManyTokens(file: string, { line, column, length }: TokenRange): Problem {
  return {
    rule: "parse/limits",
    position: { file, line, column },
    length,
    message: `this file has more than ${MAX_TOKENS} tokens`,
    fix: "split the script, or store long tables in Redis",
  };
}

/** Lua's compiler counts each of these as one level. Other operators do not nest for it. */
const LEVELS: NestingCosts = { function: 1, block: 1, bracket: 1, nestedOperator: 1, operator: 0 };
const MAX_LUA_LEVELS = 200;

/**
 * The syntax tree is deeper than Lua's levels: it holds a level for each operator, field and call
 * of a chain.
 */
const MAX_TREE_LEVELS = 400;

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
    if (level > MAX_TREE_LEVELS) return start;
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
    position: { file, line, column },
    length: 1,
    message: "the code is nested too deeply for Lua",
    fix: "move parts of it into locals",
  };
}

function tooManyLocals(file: string, { loc }: luaparse.Node): Problem {
  return {
    rule: "parse/limits",
    position: { file, line: loc?.start.line ?? 1, column: (loc?.start.column ?? 0) + 1 },
    length: 1,
    message: `this function has more than ${MAX_BLOCK_LOCALS} locals in one block; Lua allows 200`,
    fix: "split the function, or store the values in a table",
  };
}

function noValueBeforeComma(file: string, { line, column, length }: TokenRange): Problem {
  return {
    rule: "parse/syntax",
    position: { file, line, column },
    length,
    message: "this is not valid Lua 5.1: no value stands before ','",
    fix: "remove the comma, or write the value before it",
  };
}

/** luaparse reads them; Lua 5.1 does so on some machines only. */
function hexadecimal(file: string, { raw, loc }: luaparse.NumericLiteral): Problem {
  return {
    rule: "parse/syntax",
    position: { file, line: loc?.start.line ?? 1, column: (loc?.start.column ?? 0) + 1 },
    length: raw.length,
    message: `this is not valid Lua 5.1: the hexadecimal number ${raw} has a fraction or an exponent`,
    fix: "write the number in decimal digits",
  };
}

/**
 * luaparse's own column counts from 0 at a word and from 1 within one. At a text without an end,
 * it names the next line.
 */
function errorRange(error: SyntaxFault, message: string, text: string, line: string) {
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
export function positionOf(source: Source, node: luaparse.Node): Position {
  const start = node.loc?.start;
  return { file: source.file, line: start?.line ?? 1, column: (start?.column ?? 0) + 1 };
}
