import { lstat, readdir, readFile } from "node:fs/promises";
import { join, relative, sep } from "node:path";
import { scripts as ownScripts } from "../../generated/ts/scripts.js";
import type { ManyForm, Script } from "../client/index.js";
import { CommandError } from "./errors.js";

/** The text of each generated script, by its path relative to the folder. */
export type ScriptTexts = ReadonlyMap<string, string>;

type ShippedScript = Pick<Script<never, unknown>, "name" | "lua"> & { readonly many?: ManyForm };

const MAX_SCRIPTS = 10_000;
const MAX_SCRIPT_BYTES = 10_000_000;
/** The shebang and the header of each generated script. */
const GENERATED = /^#!lua[^\n]*\n-- \S+ \d+\.\d+\.\d+\. Generated from /;

/**
 * Reads all `.lua` files of a folder and its subfolders, sorted by path. It skips links and special
 * files. The result is empty if the folder does not exist.
 *
 * @throws CommandError for more than 10,000 scripts, a script of more than 10 MB, and a file that
 *   the generator did not write
 */
export async function readScripts(folder: string): Promise<ScriptTexts> {
  const paths = (await entriesOf(folder))
    .filter((entry) => entry.isFile() && entry.name.endsWith(".lua"))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
  if (paths.length > MAX_SCRIPTS)
    throw new CommandError(
      `${folder} has more than ${MAX_SCRIPTS} scripts; set --scripts to the folder of generated Lua`,
    );
  const scripts = new Map<string, string>();
  for (const path of paths) {
    const name = relative(folder, path).split(sep).join("/");
    if ((await lstat(path)).size > MAX_SCRIPT_BYTES) throw new CommandError(`${name} is larger than 10 MB`);
    const text = await readFile(path, "utf8");
    if (!GENERATED.test(text))
      throw new CommandError(`${name} is no generated script; set --scripts to the folder generated/lua`, 2);
    scripts.set(name, text);
  }
  return scripts;
}

/** The texts of this package's scripts, both forms of each, sorted by path. */
export function shippedScripts(): ScriptTexts {
  const scripts = new Map<string, string>();
  for (const script of Object.values(ownScripts).flatMap(formsOf)) {
    const path = script.name.replace(".", "/");
    scripts.set(`${path}.lua`, script.lua);
    if (script.many) scripts.set(`${path}.many.lua`, script.many.lua);
  }
  return new Map([...scripts].sort(([one], [other]) => (one < other ? -1 : 1)));
}

function formsOf(domain: Readonly<Record<string, ShippedScript>>): readonly ShippedScript[] {
  return Object.values(domain);
}

async function entriesOf(folder: string) {
  try {
    return await readdir(folder, { recursive: true, withFileTypes: true });
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return [];
    throw error;
  }
}
