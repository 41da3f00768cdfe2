import {
  lstat,
  mkdir,
  readdir,
  readFile,
  realpath,
  rename,
  rm,
  rmdir,
  stat,
  writeFile,
} from "node:fs/promises";
import { dirname, join } from "node:path";
import type { Files } from "./parse/folder.js";

/** A folder that cannot be read or written as it is; the message names the path below it. */
export class FolderError extends Error {}

/** Reads the files of a folder whose names end in one of `endings`: path below it, with forward slashes, to text. */
export async function readFolder(folder: string, endings: readonly string[]): Promise<Files> {
  const bytes = await readBytes(folder, endings);
  return new Map([...bytes].map(([path, content]) => [path, content.toString("utf8")]));
}

/** The same as bytes. With `follow`, what links lead to is read as if it stood there; else links are left out. */
export async function readBytes(
  folder: string,
  endings: readonly string[],
  links: "follow" | "skip" = "skip",
): Promise<ReadonlyMap<string, Buffer>> {
  const paths = (await pathsOf(folder, "", endings, links, [])).sort();
  const contents = await Promise.all(paths.map((path) => readFile(join(folder, path))));
  return new Map(paths.map((path, index) => [path, contents[index] ?? Buffer.alloc(0)]));
}

async function pathsOf(
  folder: string,
  below: string,
  endings: readonly string[],
  links: "follow" | "skip",
  above: readonly string[],
): Promise<string[]> {
  const real = await realpath(join(folder, below));
  if (above.includes(real)) throw new FolderError(`${below} is a link to a folder that it stands in`);
  const found: string[] = [];
  for (const entry of await readdir(real, { withFileTypes: true })) {
    const path = below === "" ? entry.name : `${below}/${entry.name}`;
    const wanted = endings.some((ending) => entry.name.endsWith(ending));
    const kind = entry.isSymbolicLink() && links === "follow" ? await behind(folder, path, wanted) : entry;
    if (kind?.isDirectory()) found.push(...(await pathsOf(folder, path, endings, links, [...above, real])));
    else if (wanted && kind?.isFile()) found.push(path);
  }
  return found;
}

async function behind(folder: string, path: string, wanted: boolean) {
  const found = await stat(join(folder, path)).catch(() => undefined);
  // Emacs marks a file that is being edited by a link to nothing.
  const lock = path.slice(path.lastIndexOf("/") + 1).startsWith(".#");
  if (found === undefined && wanted && !lock) throw new FolderError(`${path} is a link to nothing`);
  return found;
}

/** How an output folder differs from what it should be. */
export interface Difference {
  readonly missing: readonly string[];
  readonly extra: readonly string[];
  readonly changed: readonly string[];
}

/** Compares texts with what a folder holds. */
export function differences(wanted: Files, found: Files): Difference {
  return {
    missing: [...wanted.keys()].filter((path) => !found.has(path)),
    extra: [...found.keys()].filter((path) => !wanted.has(path)),
    changed: [...wanted]
      .filter(([path, text]) => found.has(path) && found.get(path) !== text)
      .map(([path]) => path),
  };
}

/**
 * Makes a folder hold these files: writes what differs, and removes what is not wanted and `ours` by its path and text.
 * Returns what it touched; it touches nothing where something else stands in a file's place.
 */
export async function writeFolder(
  folder: string,
  wanted: Files,
  endings: readonly string[],
  ours: (path: string, text: string) => boolean,
): Promise<Difference> {
  await mkdir(folder, { recursive: true });
  const found = await readFolder(folder, endings);
  const { missing, changed, extra } = differences(wanted, found);
  const removed = extra.filter((path) => ours(path, found.get(path) ?? ""));
  const written = [...missing, ...changed];
  for (const path of written) await refuseBlocked(folder, path);
  try {
    for (const path of written) {
      await mkdir(dirname(join(folder, path)), { recursive: true });
      await writeFile(join(folder, `${path}.writing`), wanted.get(path) ?? "");
    }
    // Renamed into place, so that nobody ever reads half a file.
    for (const path of written) await rename(join(folder, `${path}.writing`), join(folder, path));
  } catch (error) {
    for (const path of written) await rm(join(folder, `${path}.writing`), { force: true });
    throw error;
  }
  for (const path of removed) {
    await rm(join(folder, path));
    await removeIfEmpty(dirname(join(folder, path)));
  }
  return { missing, changed, extra: removed };
}

/** A file takes the place of a file only, in folders that are no links. */
async function refuseBlocked(folder: string, path: string): Promise<void> {
  const parts = path.split("/");
  for (let count = 1; count <= parts.length; count += 1) {
    const part = parts.slice(0, count).join("/");
    const found = await lstat(join(folder, part)).catch(() => undefined);
    if (found === undefined) return;
    const isFile = count === parts.length;
    if (isFile ? found.isFile() : found.isDirectory()) continue;
    throw new FolderError(`${part} is no ${isFile ? "file" : "folder"}; move it away`);
  }
}

async function removeIfEmpty(folder: string): Promise<void> {
  if ((await readdir(folder)).length === 0) await rmdir(folder);
}
