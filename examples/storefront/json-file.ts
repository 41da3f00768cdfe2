import { constants, fstatSync, type Stats } from "node:fs";
import { access, lstat, readlink, realpath, rename, rm, stat, writeFile } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import type { Result } from "./result.js";

/** The result cannot be written to the given file. */
export class JsonFileError extends Error {
  override readonly name = "JsonFileError";
}

/** A destination for the result that was checked before anything is started. */
export interface JsonFile {
  /**
   * Writes the whole result. A file is written under another name and then renamed, so it is never
   * incomplete.
   */
  write(result: Result): Promise<void>;
  /** Removes the temporary file if nothing was written. */
  discard(): Promise<void>;
}

/** The most links from one to the next, as on most systems. */
const MAX_LINKS = 40;

/** Checks that `file` can be written. Throws `JsonFileError` with the file and the reason. */
export async function openJsonFile(file: string): Promise<JsonFile> {
  try {
    const status = await stat(file).catch(() => undefined);
    if (status?.isDirectory() === true) throw new JsonFileError(`--json ${file}: this is a directory`);
    if (status !== undefined) {
      const stream = streamOf(status);
      if (stream !== undefined) return asItIs((text) => writeTo(stream, text));
    }
    if (status !== undefined && !status.isFile()) {
      await access(file, constants.W_OK);
      return asItIs((text) => writeFile(file, text));
    }
    return await inOneGo(await placeOf(file));
  } catch (error) {
    if (error instanceof JsonFileError) throw error;
    throw new JsonFileError(`--json ${file}: ${reason(file, error)}`, { cause: error });
  }
}

/** Writes to a device, a pipe or a stream of this program (`/dev/stdout`) without replacing it. */
function asItIs(write: (text: string) => Promise<void>): JsonFile {
  return { write: (result) => write(textOf(result)), discard: async () => {} };
}

/** Replaces a file as a whole. */
async function inOneGo(place: string): Promise<JsonFile> {
  const temporary = `${place}.${process.pid}.tmp`;
  await writeFile(temporary, "", { flag: "wx" });
  return {
    write: async (result) => {
      await writeFile(temporary, textOf(result));
      await rename(temporary, place);
    },
    discard: () => rm(temporary, { force: true }),
  };
}

/** The path of the file behind all links, even if the target does not exist yet. */
async function placeOf(file: string): Promise<string> {
  let place = file;
  for (let links = 0; links <= MAX_LINKS; links += 1) {
    place = join(await realpath(dirname(place)), basename(place));
    const status = await lstat(place).catch(() => undefined);
    if (status?.isSymbolicLink() !== true) return place;
    place = resolve(dirname(place), await readlink(place));
  }
  throw new JsonFileError(`--json ${file}: its links form a cycle`);
}

/** The stream of this program that writes to the same file. Such a file must not be replaced. */
function streamOf({ dev, ino }: Stats): NodeJS.WriteStream | undefined {
  return [process.stdout, process.stderr].find(({ fd }) => {
    try {
      const own = fstatSync(fd);
      return own.dev === dev && own.ino === ino;
    } catch {
      return false;
    }
  });
}

function writeTo(stream: NodeJS.WriteStream, text: string): Promise<void> {
  return new Promise((done, failed) => {
    stream.write(text, (error) => (error ? failed(error) : done()));
  });
}

function textOf(result: Result): string {
  return `${JSON.stringify(result, null, 2)}\n`;
}

function reason(file: string, error: unknown): string {
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  if (code === "ENOENT" || code === "ENOTDIR") return `there is no folder ${dirname(file)}`;
  if (code === "EACCES" || code === "EPERM" || code === "EROFS") return "permission denied";
  return error instanceof Error ? error.message : String(error);
}
