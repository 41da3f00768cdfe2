import { stat } from "node:fs/promises";
import { readFolder } from "../disk.js";
import { type Generated, generate } from "../generate.js";
import { LOCK_FILE, type Lock, readLock } from "../lock/lockfile.js";
import type { Files } from "../parse/folder.js";
import { CommandError, type FolderOptions, generateOptions, shown } from "./options.js";

/** A `lua/` folder, read and generated from. */
export interface Sources {
  readonly files: Files;
  readonly generated: Generated;
  readonly lock: Lock;
}

/** Reads the folder that `--lua` names. */
export async function readSources(options: FolderOptions): Promise<Sources> {
  const isFolder = await stat(options.lua).then(
    (found) => found.isDirectory(),
    () => false,
  );
  if (!isFolder)
    throw new CommandError(
      `there is no folder ${shown(options.lua)}; name the folder of your scripts with --lua`,
      2,
    );
  const found = await readFolder(options.lua, [".lua", LOCK_FILE]);
  const files = new Map([...found].filter(([path]) => path.endsWith(".lua")));
  if (files.size === 0) throw new CommandError(`${shown(options.lua)} holds no .lua file`, 2);
  const text = found.get(LOCK_FILE);
  const lock = text === undefined ? new Map() : readLock(text);
  if (lock === undefined) {
    throw new CommandError(
      `${shown(options.lua)}/${LOCK_FILE} is no lock file; take it back from version control`,
    );
  }
  return { files, generated: generate(files, generateOptions(options)), lock };
}
