import { execFile } from "node:child_process";
import { cp, mkdtemp, readdir, stat, symlink } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";

/** The tree that docs/http-cache.md has the results of. Its npm package of the same number is older. */
const REPOSITORY = "https://github.com/http-tests/cache-tests.git";
const COMMIT = "b55b8bd";
const LIMIT_MS = 120_000;

/** A suite that cannot be had. Its message tells what to do. */
export class SuiteError extends Error {}

/**
 * Copies the suite into a new temporary folder, from a folder, from a `.tgz`, or from its repository. It also
 * gets undici, which its tests of interim responses import.
 */
export async function copySuite(from: string | undefined): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "moonpath-http-suite-"));
  if (from === undefined) await clone(folder);
  else if ((await stat(from).catch(() => undefined))?.isFile()) await run("tar", ["xzf", from, "-C", folder]);
  else await cp(from, folder, { recursive: true }).catch((error: unknown) => refuse(from, error));
  const files = await readdir(folder);
  if (!files.includes("test-engine") || !files.includes("tests"))
    throw new SuiteError(`${from ?? REPOSITORY} has no folders test-engine and tests`);
  const undici = dirname(createRequire(import.meta.url).resolve("undici/package.json"));
  await cp(undici, join(folder, "node_modules/undici"), { recursive: true }).catch(() =>
    symlink(undici, join(folder, "node_modules/undici")),
  );
  return folder;
}

async function clone(folder: string): Promise<void> {
  try {
    await run("git", ["clone", "--quiet", REPOSITORY, folder]);
    await run("git", ["-C", folder, "checkout", "--quiet", COMMIT]);
  } catch (error) {
    throw new SuiteError(
      `the suite cannot be cloned from ${REPOSITORY}; name a folder or a .tgz with --suite`,
      { cause: error },
    );
  }
}

function refuse(from: string, error: unknown): never {
  throw new SuiteError(`${from} cannot be read`, { cause: error });
}

async function run(command: string, args: readonly string[]): Promise<void> {
  await promisify(execFile)(command, args, { timeout: LIMIT_MS });
}
