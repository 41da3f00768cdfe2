import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import type { FileText } from "./placed-text.js";
import { readLua } from "./read/lua.js";
import { readMarkdown } from "./read/markdown.js";
import { readTypeScript } from "./read/typescript.js";

const READERS: Readonly<Record<string, (source: string, file: string) => FileText>> = {
  ".ts": readTypeScript,
  ".lua": readLua,
  ".md": readMarkdown,
};

/** Folders that are not read. */
const EXCLUDED = [
  // Inputs that are wrong on purpose, and outputs that repeat the texts of sources which are read
  // themselves.
  "test/tools/codegen/golden/",
  "test/fixtures/",
  // Random inputs.
  "test/tools/fuzz/corpus/",
];

/**
 * The files of a Git work tree that have a reader: those in the index, and new ones that are not
 * ignored.
 *
 * @param root any folder of the work tree; names are relative to it
 * @param paths files and folders below `root`; all when empty
 */
export async function listFiles(root: string, paths: readonly string[]): Promise<readonly string[]> {
  const options = ["-z", "--cached", "--others", "--exclude-standard", "--deduplicate"];
  const { stdout } = await promisify(execFile)("git", ["ls-files", ...options, "--", ...paths], {
    cwd: root,
    maxBuffer: 64 * 1024 * 1024,
  });
  return stdout
    .split("\0")
    .filter((file) => readerOf(file) !== undefined && !EXCLUDED.some((folder) => file.startsWith(folder)))
    .sort();
}

/**
 * Reads one file's prose; a file that is in the index and was removed from the disk has none.
 *
 * @throws Error with the file's name when it has a syntax error
 */
export async function readText(root: string, file: string): Promise<FileText> {
  const read = readerOf(file);
  const source = await readFile(join(root, file), "utf8").catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return undefined;
    throw error;
  });
  if (read === undefined || source === undefined) return { paragraphs: [], commentLines: [] };
  try {
    return read(source, file);
  } catch (error) {
    throw new Error(`${file}: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
  }
}

function readerOf(file: string): ((source: string, file: string) => FileText) | undefined {
  return READERS[/\.\w+$/.exec(file)?.[0] ?? ""];
}
