import { escapeUnprintable } from "../../unprintable.js";
import type { EmittedLua } from "../lua/script.js";

/** The text that Redis runs, with the line numbers that its errors name. */
export function luaSection(lua: EmittedLua): string[] {
  const lines = lua.text.trimEnd().split("\n");
  const width = String(lines.length).length;
  // A fence of the text must not end the block.
  const fence = "`".repeat(Math.max(3, ...[...lua.text.matchAll(/`+/g)].map(([run]) => run.length + 1)));
  return [
    "## Lua",
    "",
    "The text that Redis runs. An error names its line: `user_script:12` is line 12.",
    "",
    `${fence}lua`,
    ...lines.map((line, index) =>
      `${String(index + 1).padStart(width)}  ${escapeUnprintable(line)}`.trimEnd(),
    ),
    fence,
    "",
  ];
}
