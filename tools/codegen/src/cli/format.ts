import { lstat } from "node:fs/promises";
import { join } from "node:path";
import { replaceFiles } from "../disk/write.js";
import { counted } from "../naming.js";
import { formatLua } from "../style.js";
import { type FolderOptions, shown } from "./options.js";
import { readSources } from "./sources.js";
import { print } from "./terminal.js";

/**
 * `moonpath-codegen format`: formats the sources with StyLua. It leaves a file that is not valid Lua
 * unchanged; `check` reports the reason.
 */
export async function runFormat(options: FolderOptions): Promise<void> {
  const { files } = await readSources(options);
  const changed = new Map<string, string>();
  for (const [path, text] of files) {
    const formatted = formatOr(text);
    // What a link leads to is formatted where it stands.
    if (formatted !== text && !(await isLink(join(options.lua, path)))) changed.set(path, formatted);
  }
  await replaceFiles(options.lua, changed);
  print(`${counted(changed.size, "file")} of ${files.size} in ${shown(options.lua)} formatted`);
}

async function isLink(path: string): Promise<boolean> {
  return (await lstat(path)).isSymbolicLink();
}

function formatOr(text: string): string {
  try {
    return formatLua(text);
  } catch {
    return text;
  }
}
