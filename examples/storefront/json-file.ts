import { realpath, rename, rm, stat, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import type { Result } from "./result.js";

/** The result cannot be written where it was asked for. */
export class JsonFileError extends Error {
  override readonly name = "JsonFileError";
}

/** A place for the result that is known to be writable before anything is started. */
export interface JsonFile {
  /** Writes the whole result or nothing: under another name first, then renamed. */
  write(result: Result): Promise<void>;
  /** Leaves nothing behind if nothing was written. */
  discard(): Promise<void>;
}

/** Checks that `file` can be written. Throws `JsonFileError` with the file and the reason. */
export async function openJsonFile(file: string): Promise<JsonFile> {
  const status = await stat(file).catch(() => undefined);
  if (status?.isDirectory() === true) throw new JsonFileError(`--json ${file}: this is a directory`);
  // A device or a pipe is written to as it is; a file is replaced whole, also where a link leads to it.
  if (status !== undefined && !status.isFile()) {
    return { write: (result) => writeFile(file, textOf(result)), discard: async () => {} };
  }
  const place = status === undefined ? file : await realpath(file);
  const temporary = `${place}.${process.pid}.tmp`;
  try {
    await writeFile(temporary, "", { flag: "wx" });
  } catch (error) {
    throw new JsonFileError(`--json ${file}: ${reason(file, error)}`, { cause: error });
  }
  return {
    write: async (result) => {
      await writeFile(temporary, textOf(result));
      await rename(temporary, place);
    },
    discard: () => rm(temporary, { force: true }),
  };
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
