import { lstat, readdir, readFile } from "node:fs/promises";
import { join, relative, sep } from "node:path";
import { CommandError } from "./errors.js";

/** Generated scripts by their path below the folder. */
export type ScriptTexts = ReadonlyMap<string, string>;

const MAX_SCRIPTS = 10_000;
const MAX_SCRIPT_BYTES = 10_000_000;

/**
 * Reads every `.lua` file of a folder, in the order of their paths. Links and special files are left out. A folder that
 * does not exist holds no script.
 *
 * @throws CommandError above 10,000 scripts, or for a script of more than 10 MB
 */
export async function readScripts(folder: string): Promise<ScriptTexts> {
  const paths = (await entriesOf(folder))
    .filter((entry) => entry.isFile() && entry.name.endsWith(".lua"))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
  if (paths.length > MAX_SCRIPTS)
    throw new CommandError(
      `${folder} holds more than ${MAX_SCRIPTS} scripts; name the folder of generated Lua`,
    );
  const scripts = new Map<string, string>();
  for (const path of paths) {
    const name = relative(folder, path).split(sep).join("/");
    if ((await lstat(path)).size > MAX_SCRIPT_BYTES) throw new CommandError(`${name} is larger than 10 MB`);
    scripts.set(name, await readFile(path, "utf8"));
  }
  return scripts;
}

async function entriesOf(folder: string) {
  try {
    return await readdir(folder, { recursive: true, withFileTypes: true });
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return [];
    throw error;
  }
}
