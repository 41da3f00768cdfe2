import { constants } from "node:fs";
import { type FileHandle, open, readdir, realpath, stat } from "node:fs/promises";
import { isAbsolute, join, relative, sep } from "node:path";
import type { Files } from "../parse/folder.js";
import { FolderError } from "./folder-error.js";

/** The largest file that is read: room for 100,000 lines, and little enough to parse in seconds. */
export const MAX_FILE_BYTES = 10_000_000;
/** All files of one folder together. */
export const MAX_FOLDER_BYTES = 100_000_000;
/** Files and folders that are looked at. */
export const MAX_ENTRIES = 100_000;
/** Folders within folders. */
export const MAX_DEPTH = 64;

/** How links are read: `inside` follows a link to a file in the folder, `skip` ignores links. */
export type Links = "inside" | "skip";

/**
 * Reads the files of a folder whose names end in one of `endings`. The result maps the path below
 * the folder, with forward slashes, to the text.
 */
export async function readFolder(folder: string, endings: readonly string[]): Promise<Files> {
  const bytes = await readBytes(folder, endings);
  return new Map([...bytes].map(([path, content]) => [path, content.toString("utf8")]));
}

/** The same, where a folder that is not there holds nothing. Any other fault is thrown. */
export async function readFolderIfThere(folder: string, endings: readonly string[]): Promise<Files> {
  try {
    return await readFolder(folder, endings);
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return new Map();
    throw error;
  }
}

/**
 * The same as bytes. The folder's content is not trusted. The function reads nothing outside of the
 * folder, visits each real folder once and opens only regular files. Their sizes and number are
 * limited.
 *
 * @throws FolderError for a link that leads out of the folder, to nothing, or to a folder that
 *   contains it; for a special file; above a limit
 */
export async function readBytes(
  folder: string,
  endings: readonly string[],
  links: Links = "skip",
): Promise<ReadonlyMap<string, Buffer>> {
  const walk = new Walk(await realpath(folder), endings, links);
  await walk.visit("", 0);
  const found = new Map<string, Buffer>();
  let total = 0;
  for (const [path, realPath] of [...walk.found].sort(([one], [other]) => (one < other ? -1 : 1))) {
    const content = await readRegular(realPath, path);
    total += content.length;
    if (total > MAX_FOLDER_BYTES) {
      throw new FolderError(
        `the files together are larger than ${inMegabytes(MAX_FOLDER_BYTES)}; set a folder that contains only scripts`,
      );
    }
    found.set(path, content);
  }
  return found;
}

/** Looks for files below a real folder. */
class Walk {
  /** Path below the folder to where it really is. */
  readonly found = new Map<string, string>();
  #entries = 0;

  constructor(
    readonly root: string,
    readonly endings: readonly string[],
    readonly links: Links,
  ) {}

  async visit(below: string, depth: number): Promise<void> {
    if (depth > MAX_DEPTH) throw new FolderError(`${below} is more than ${MAX_DEPTH} folders deep`);
    for (const entry of await readdir(join(this.root, below), { withFileTypes: true })) {
      this.#entries += 1;
      if (this.#entries > MAX_ENTRIES) {
        throw new FolderError(
          `there are more than ${MAX_ENTRIES.toLocaleString("en-GB")} files; set a folder that contains only scripts`,
        );
      }
      const path = below === "" ? entry.name : `${below}/${entry.name}`;
      if (entry.isDirectory()) await this.visit(path, depth + 1);
      else if (entry.isSymbolicLink()) await this.#follow(path);
      else if (this.#isWanted(path)) this.found.set(path, join(this.root, path));
    }
  }

  #isWanted(path: string): boolean {
    return this.endings.some((ending) => path.endsWith(ending));
  }

  /**
   * Reads a link to a file as that file. A linked folder inside is visited at its real path, and not
   * a second time.
   */
  async #follow(path: string): Promise<void> {
    if (this.links === "skip") return;
    const realPath = await realpath(join(this.root, path)).catch(() => undefined);
    if (realPath === undefined) {
      // Emacs marks a file that is being edited by a link to nothing.
      const isMark = path.slice(path.lastIndexOf("/") + 1).startsWith(".#");
      if (this.#isWanted(path) && !isMark) throw new FolderError(`${path} is a link to a missing file`);
      return;
    }
    const isFolder = (await stat(realPath)).isDirectory();
    if (!isFolder && !this.#isWanted(path)) return;
    if (!isInside(this.root, realPath)) {
      throw new FolderError(
        `${path} is a link that leads out of the folder; put the ${isFolder ? "folder" : "file"} itself there`,
      );
    }
    if (!isFolder) this.found.set(path, realPath);
    else if (isInside(realPath, join(this.root, path)))
      throw new FolderError(`${path} is a link to a folder that contains it`);
  }
}

/** Whether a real path is a folder's own or below it. */
export function isInside(folder: string, realPath: string): boolean {
  const path = relative(folder, realPath);
  return path !== ".." && !path.startsWith(`..${sep}`) && !isAbsolute(path);
}

/** Opening neither waits for a writer of a FIFO nor follows a link that has come meanwhile. */
const READING = constants.O_RDONLY | (constants.O_NONBLOCK ?? 0) | (constants.O_NOFOLLOW ?? 0);

async function readRegular(realPath: string, path: string): Promise<Buffer> {
  let file: FileHandle;
  try {
    file = await open(realPath, READING);
  } catch (error) {
    // A socket cannot be opened at all.
    if (error instanceof Error && "code" in error && error.code === "ENXIO") throw notRegular(path);
    throw error;
  }
  try {
    const facts = await file.stat();
    if (!facts.isFile()) throw notRegular(path);
    if (facts.size > MAX_FILE_BYTES) {
      throw new FolderError(
        `${path} is larger than ${inMegabytes(MAX_FILE_BYTES)}; split the file, or move it out of the folder`,
      );
    }
    // What grows meanwhile is cut at the size that was checked.
    const content = Buffer.alloc(facts.size);
    let length = 0;
    while (length < content.length) {
      const { bytesRead } = await file.read(content, length, content.length - length, length);
      if (bytesRead === 0) break;
      length += bytesRead;
    }
    return content.subarray(0, length);
  } finally {
    await file.close();
  }
}

function notRegular(path: string): FolderError {
  return new FolderError(`${path} is not a regular file; move it out of the folder`);
}

function inMegabytes(bytes: number): string {
  return `${bytes / 1_000_000} MB`;
}
