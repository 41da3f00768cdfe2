import { Config, formatCode, IndentType, LuaVersion, OutputVerification } from "@johnnymorganz/stylua";
import { counted } from "./naming.js";
import type { Files } from "./parse/folder.js";
import type { Problem } from "./parse/problem.js";

/** Formats Lua sources the one way, with StyLua; comments survive. The same settings stand in stylua.toml for editors. */
export function formatLua(text: string): string {
  const config = Config.new();
  config.syntax = LuaVersion.Lua51;
  config.column_width = 110;
  config.indent_type = IndentType.Spaces;
  config.indent_width = 2;
  return formatCode(text, config, undefined, OutputVerification.None);
}

/** Where sources are not formatted that way: the first line of each file that differs. */
export function checkStyle(files: Files): Problem[] {
  return [...files].flatMap(([file, text]) => {
    // Carriage returns are told as parse/newlines.
    if (text.includes("\r")) return [];
    const lines = text.split("\n");
    const formatted = tryFormat(text)?.split("\n");
    if (formatted === undefined) return [];
    const index = lines.findIndex((line, position) => line !== formatted[position]);
    if (index < 0 && lines.length === formatted.length) return [];
    const line = (index < 0 ? lines.length : index) + 1;
    const told = lines[line - 1] ?? "";
    const indent = told.length - told.trimStart().length;
    const place = { file, line, column: indent + 1 };
    const message = differenceOf(told, formatted[line - 1] ?? "");
    return [
      {
        rule: "style/format",
        place,
        length: Math.max(1, told.trim().length),
        message,
        mend: "run: moonpath format",
      },
    ];
  });
}

/** How a line differs from the formatted one, in words. */
function differenceOf(text: string, wanted: string): string {
  if (wanted.trim() === "") return "this line is not formatted as StyLua does it";
  if (text.trim() !== wanted.trim()) return `this line is not formatted as StyLua does it: ${wanted.trim()}`;
  const indent = wanted.length - wanted.trimStart().length;
  return `StyLua indents this line by ${counted(indent, "space")}, and ends it without any`;
}

/** Undefined where the text is no Lua; parsing has told that already. */
function tryFormat(text: string): string | undefined {
  try {
    return formatLua(text);
  } catch {
    return undefined;
  }
}
