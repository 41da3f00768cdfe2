import { mkdir, readdir, readFile, rename, rm, rmdir, writeFile } from "node:fs/promises";
import { dirname, join, relative, sep } from "node:path";
import type { Files } from "./parse/folder.js";

/** Reads the files of a folder whose names end in one of `endings`: path below it, with forward slashes, to text. */
export async function readFolder(folder: string, endings: readonly string[]): Promise<Files> {
  const found = await readdir(folder, { recursive: true, withFileTypes: true });
  const paths = found
    .filter((entry) => entry.isFile() && endings.some((ending) => entry.name.endsWith(ending)))
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)).split(sep).join("/"))
    .sort();
  const texts = await Promise.all(paths.map((path) => readFile(join(folder, path), "utf8")));
  return new Map(paths.map((path, index) => [path, texts[index] ?? ""]));
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

/** Makes a folder hold exactly these files: writes what differs, removes what is not wanted. Returns what it touched. */
export async function writeFolder(
  folder: string,
  wanted: Files,
  endings: readonly string[],
): Promise<Difference> {
  await mkdir(folder, { recursive: true });
  const difference = differences(wanted, await readFolder(folder, endings));
  for (const path of [...difference.missing, ...difference.changed]) {
    const target = join(folder, path);
    await mkdir(dirname(target), { recursive: true });
    // Renamed into place, so that nobody ever reads half a file.
    await writeFile(`${target}.writing`, wanted.get(path) ?? "");
    await rename(`${target}.writing`, target);
  }
  for (const path of difference.extra) {
    await rm(join(folder, path));
    await removeIfEmpty(dirname(join(folder, path)));
  }
  return difference;
}

async function removeIfEmpty(folder: string): Promise<void> {
  if ((await readdir(folder)).length === 0) await rmdir(folder);
}
