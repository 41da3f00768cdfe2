import { execFile } from "node:child_process";
import { resolve } from "node:path";
import { promisify } from "node:util";
import type { Files } from "../parse/folder.js";

const run = promisify(execFile);
const LIMIT = { timeout: 30_000, maxBuffer: 64 * 1024 * 1024 };

/** Git cannot give the folder at that revision. */
export class RevisionError extends Error {}

/** The `.lua` files of a folder as they were at a git revision: path below the folder to text. */
export async function readRevision(folder: string, revision: string): Promise<Files> {
  const git = async (...args: string[]): Promise<string> => {
    try {
      return (await run("git", ["-C", folder, ...args], LIMIT)).stdout;
    } catch (error) {
      const told = error instanceof Error && "stderr" in error ? String(error.stderr).trim() : String(error);
      throw new RevisionError(told.split("\n")[0] ?? "git failed");
    }
  };
  const inside = await git("rev-parse", "--is-inside-work-tree").catch(() => "");
  if (inside.trim() !== "true") throw new RevisionError(`${resolve(folder)} is in no working tree of git`);
  const commit = (
    await git("rev-parse", "--verify", "--quiet", "--end-of-options", `${revision}^{commit}`).catch(() => "")
  ).trim();
  if (commit === "") throw new RevisionError(`git knows no revision ${revision} in ${resolve(folder)}`);
  // A folder that is new in the working tree has no files in the revision.
  const listed = await git("ls-tree", "-r", "-z", "--name-only", commit, "--", ".");
  const paths = listed.split("\0").filter((path) => path.endsWith(".lua"));
  const files = new Map<string, string>();
  for (const path of paths) files.set(path, await git("show", `${commit}:./${path}`));
  return files;
}
