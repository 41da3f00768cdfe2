import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { counted } from "../naming.js";
import { formatLua } from "../style.js";
import { type FolderOptions, shown } from "./options.js";
import { readSources } from "./sources.js";

/** `moonpath format`: formats the sources with StyLua. A file that is no Lua stays as it is; `check` tells why. */
export async function runFormat(options: FolderOptions): Promise<void> {
  const { files } = await readSources(options);
  let changed = 0;
  for (const [path, text] of files) {
    const formatted = formatOr(text);
    if (formatted === text) continue;
    await writeFile(join(options.lua, path), formatted);
    changed += 1;
  }
  console.log(`${counted(changed, "file")} of ${files.size} in ${shown(options.lua)} formatted`);
}

function formatOr(text: string): string {
  try {
    return formatLua(text);
  } catch {
    return text;
  }
}
