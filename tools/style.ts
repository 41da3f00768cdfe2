import { Config, formatCode, IndentType, LuaVersion, OutputVerification } from "@johnnymorganz/stylua";
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
    const place = { file, line, column: 1 };
    const wanted = formatted[line - 1]?.trim() ?? "";
    const message = `this line is not formatted as StyLua does it${wanted === "" ? "" : `: ${wanted}`}`;
    return [
      {
        rule: "style/format",
        place,
        length: lines[line - 1]?.length ?? 1,
        message,
        mend: "run: moonpath format",
      },
    ];
  });
}

/** Undefined where the text is no Lua; parsing has told that already. */
function tryFormat(text: string): string | undefined {
  try {
    return formatLua(text);
  } catch {
    return undefined;
  }
}
