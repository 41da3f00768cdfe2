import { Config, formatCode, IndentType, LuaVersion, OutputVerification } from "@johnnymorganz/stylua";
import { counted } from "./naming.js";
import type { Files } from "./parse/folder.js";
import type { Problem } from "./parse/problem.js";
import { firstTooDeep, type NestingCosts } from "./parse/source/nesting.js";
import { isProblem, parseSource } from "./parse/source/source.js";
import type { TokenRange } from "./parse/source/tokens.js";

/**
 * StyLua runs in WebAssembly with a stack of 1 MB, and each kind of nesting takes another share of
 * it. In StyLua 2.5.2, 20 functions, 26 `if`, 63 calls or 235 `not` fill it. Its time doubles with
 * some brackets: 28 levels of `(1 + (1 + …` take seconds. These costs stay below both.
 */
const STACK: NestingCosts = { function: 5, block: 4, bracket: 4, nestedOperator: 0.5, operator: 0.5 };
const STACK_SIZE = 80;

/** Lua that StyLua cannot format. */
export class FormatError extends Error {
  constructor(
    message: string,
    /** Where StyLua cannot go on, if that is known. */
    readonly at?: TokenRange,
  ) {
    super(message);
  }
}

/**
 * After an overflow of its stack, every call of StyLua fails, and so does the release of its
 * memory.
 */
let overflowed = false;

/**
 * Formats Lua sources the one way, with StyLua; comments survive. The same settings stand in
 * stylua.toml for editors.
 *
 * @throws FormatError when the text nests too deeply for StyLua; StyLua's own error when it is not
 * Lua
 */
export function formatLua(text: string): string {
  const at = firstTooDeep(text, STACK, STACK_SIZE);
  if (at !== undefined) throw new FormatError("the code is nested too deeply for StyLua", at);
  if (overflowed) throw new FormatError("StyLua ran out of stack in an earlier file");
  const config = Config.new();
  config.syntax = LuaVersion.Lua51;
  config.column_width = 110;
  config.indent_type = IndentType.Spaces;
  config.indent_width = 2;
  try {
    return formatCode(text, config, undefined, OutputVerification.None);
  } catch (error) {
    if (!(error instanceof Error) || error.name !== "RuntimeError") throw error;
    overflowed = true;
    throw new FormatError("StyLua ran out of stack");
  }
}

/** Where sources are not formatted that way: the first line of each file that differs. */
export function checkStyle(files: Files): Problem[] {
  return [...files].flatMap(([file, text]) => {
    // Carriage returns are reported as parse/newlines.
    if (text.includes("\r")) return [];
    const lines = text.split("\n");
    const result = tryFormat(file, text);
    if (result === undefined) return [];
    if (typeof result !== "string") return [result];
    const formatted = result.split("\n");
    const index = lines.findIndex((line, position) => line !== formatted[position]);
    if (index < 0 && lines.length === formatted.length) return [];
    const line = (index < 0 ? lines.length : index) + 1;
    const written = lines[line - 1] ?? "";
    const indent = written.length - written.trimStart().length;
    const position = { file, line, column: indent + 1 };
    const message = differenceOf(written, formatted[line - 1] ?? "");
    return [
      {
        rule: "style/format",
        position,
        length: Math.max(1, written.trim().length),
        message,
        fix: "run: moonpath-codegen format",
      },
    ];
  });
}

/** How a line differs from the formatted one, in words. */
function differenceOf(text: string, wanted: string): string {
  if (wanted.trim() === "") return "StyLua formats this line differently";
  if (text.trim() !== wanted.trim()) return `StyLua formats this line differently: ${wanted.trim()}`;
  const indent = wanted.length - wanted.trimStart().length;
  return `StyLua indents this line by ${counted(indent, "space")}, and removes spaces at its end`;
}

/**
 * The formatted text, or the problem with it; undefined where the text is not Lua, because parsing
 * tells that.
 */
function tryFormat(file: string, text: string): string | Problem | undefined {
  if (isProblem(parseSource(file, text))) return undefined;
  try {
    return formatLua(text);
  } catch (error) {
    if (!(error instanceof FormatError)) return undefined;
    const { line, column, length } = error.at ?? { line: 1, column: 1, length: 1 };
    const fix = "move the inner parts into locals or into other functions";
    return { rule: "style/format", position: { file, line, column }, length, message: error.message, fix };
  }
}
