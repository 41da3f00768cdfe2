import { randomBytes } from "node:crypto";
import { lstat, mkdir, open, readdir, realpath, rename, rm, rmdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { Files } from "../parse/folder.js";
import { type Difference, differences } from "./differences.js";
import { FolderError } from "./folder-error.js";
import { isInside, readFolder } from "./read.js";

/**
 * Makes a folder contain these files. It writes files that differ, and removes unwanted files that
 * are `ours` by their path and text. Returns the changed paths. It changes nothing if anything but a
 * file has a file's path. It follows no link below the folder; the folder itself may be a link,
 * because the user named it.
 */
export async function writeFolder(
  folder: string,
  wanted: Files,
  endings: readonly string[],
  isGenerated: (path: string, text: string) => boolean,
): Promise<Difference> {
  await mkdir(folder, { recursive: true });
  const found = await readFolder(folder, endings);
  const { missing, changed, extra } = differences(wanted, found);
  const removed = extra.filter((path) => isGenerated(path, found.get(path) ?? ""));
  const differing = new Set([...missing, ...changed]);
  await replaceFiles(folder, new Map([...wanted].filter(([path]) => differing.has(path))));
  for (const path of removed) {
    await rm(join(folder, path));
    await removeIfEmpty(dirname(join(folder, path)));
  }
  return { missing, changed, extra: removed };
}

/**
 * Writes files below a folder: all of them, or none if one cannot be written. It writes each text to
 * a new file with a random name in the same folder and then renames that file. A reader therefore
 * never sees half a file.
 *
 * @throws FolderError if a file's path holds something else, or a folder's path a link
 */
export async function replaceFiles(folder: string, texts: Files): Promise<void> {
  const root = await realpath(folder);
  const modes = new Map<string, number | undefined>();
  for (const path of texts.keys()) modes.set(path, await modeOf(root, path));
  const written: { readonly temporary: string; readonly target: string }[] = [];
  try {
    for (const [path, text] of texts) {
      const target = join(root, path);
      const temporary = `${target}.${randomBytes(12).toString("hex")}.tmp`;
      await mkdir(dirname(target), { recursive: true });
      await writeNew(root, temporary, text, modes.get(path), () => written.push({ temporary, target }));
    }
    for (const { temporary, target } of written) await rename(temporary, target);
  } finally {
    for (const { temporary } of written) await rm(temporary, { force: true });
  }
}

/**
 * Creates a file and writes it. `wx` follows no link. If a link has replaced the folder since it was
 * checked, the function writes nothing.
 */
async function writeNew(
  root: string,
  target: string,
  text: string,
  mode: number | undefined,
  made: () => void,
): Promise<void> {
  const file = await open(target, "wx");
  made();
  try {
    if (!isInside(root, await realpath(target)))
      throw new FolderError("a link replaced a folder during the run");
    if (mode !== undefined) await file.chmod(mode);
    await file.writeFile(text);
  } finally {
    await file.close();
  }
}

/**
 * The permissions of the file to be replaced; undefined for a new one. A file replaces only a file,
 * in folders that are not links.
 */
async function modeOf(root: string, path: string): Promise<number | undefined> {
  const parts = path.split("/");
  for (let count = 1; count <= parts.length; count += 1) {
    const part = parts.slice(0, count).join("/");
    const found = await lstat(join(root, part)).catch(() => undefined);
    if (found === undefined) return undefined;
    if (count === parts.length) {
      if (found.isFile()) return found.mode & 0o777;
      throw new FolderError(`${part} is not a file; move it out of the folder`);
    }
    if (!found.isDirectory()) throw new FolderError(`${part} is not a folder; move it out of the way`);
  }
  return undefined;
}

async function removeIfEmpty(folder: string): Promise<void> {
  if ((await readdir(folder)).length === 0) await rmdir(folder);
}
