import { execFile } from "node:child_process";
import { resolve } from "node:path";
import { promisify } from "node:util";
import { MAX_FILE_BYTES, MAX_FOLDER_BYTES } from "../disk/read.js";
import type { Files } from "../parse/folder.js";

const run = promisify(execFile);

/** Git runs no program that the repository's own configuration names, and asks nobody for a password. */
const SAFE = ["--no-pager", "-c", "core.fsmonitor=false", "-c", "core.hooksPath=/dev/null"];
const LIMIT = {
  timeout: 30_000,
  maxBuffer: 2 * MAX_FOLDER_BYTES,
  env: { ...process.env, GIT_TERMINAL_PROMPT: "0", GIT_NO_LAZY_FETCH: "1" },
};

/** Git cannot give the folder at that revision. */
export class RevisionError extends Error {}

/** The `.lua` files of a folder as they were at a git revision: path below the folder to text. */
export async function readRevision(folder: string, revision: string): Promise<Files> {
  const git = async (...args: string[]): Promise<string> => {
    try {
      return (await run("git", [...SAFE, "-C", folder, ...args], LIMIT)).stdout;
    } catch (error) {
      const output =
        error instanceof Error && "stderr" in error ? String(error.stderr).trim() : String(error);
      throw new RevisionError(output.split("\n")[0] ?? "git failed");
    }
  };
  const inside = await git("rev-parse", "--is-inside-work-tree").catch(() => "");
  if (inside.trim() !== "true") throw new RevisionError(`${resolve(folder)} is not in a git working tree`);
  const commit = (
    await git("rev-parse", "--verify", "--quiet", "--end-of-options", `${revision}^{commit}`).catch(() => "")
  ).trim();
  if (commit === "") throw new RevisionError(`git knows no revision ${revision} in ${resolve(folder)}`);
  // A folder that is new in the working tree has no files in the revision.
  const listed = await git("ls-tree", "-r", "-z", "-l", commit, "--", ".");
  const blobs = listed.split("\0").flatMap(readEntry);
  const total = blobs.reduce((sum, { bytes }) => sum + bytes, 0);
  const large = blobs.find(({ bytes }) => bytes > MAX_FILE_BYTES);
  if (large !== undefined || total > MAX_FOLDER_BYTES) {
    const what = large === undefined ? "the folder" : large.path;
    throw new RevisionError(`at ${revision}, ${what} is too large to be read`);
  }
  const files = new Map<string, string>();
  for (const { path, id } of blobs) files.set(path, await git("cat-file", "blob", id));
  return files;
}

/** `100644 blob <id>    <bytes>\t<path>`: a regular file whose name ends in `.lua`. Links are left out. */
function readEntry(line: string): { readonly path: string; readonly id: string; readonly bytes: number }[] {
  const [, id = "", bytes, path = ""] =
    /^100(?:644|755) blob ([0-9a-f]+) +(\d+)\t(.*\.lua)$/s.exec(line) ?? [];
  return id === "" ? [] : [{ path, id, bytes: Number(bytes) }];
}
