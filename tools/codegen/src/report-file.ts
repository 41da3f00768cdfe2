import { accessSync, constants, statSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { InvalidArgumentError } from "commander";

/**
 * An option's file that is written at the end of a long run: refused at its beginning, where it
 * cannot be.
 */
export function reportFile(path: string): string {
  const folder = dirname(resolve(path));
  if (!isFolder(folder) || !isWritable(folder)) {
    throw new InvalidArgumentError(`No file can be written into ${folder}.`);
  }
  if (isFolder(path)) throw new InvalidArgumentError("It is a folder; name a file.");
  return path;
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}

function isWritable(folder: string): boolean {
  try {
    accessSync(folder, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}
