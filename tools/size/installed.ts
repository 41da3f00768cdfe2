import { execFile } from "node:child_process";
import { mkdtemp, readdir, readFile, realpath, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";

/** What Moonpath may add to ioredis. */
export const MAX_PACKAGES = 4;
export const MAX_BYTES = 3_000_000;

/** A package in node_modules, with the bytes of its files. */
export interface InstalledPackage {
  readonly name: string;
  readonly bytes: number;
}

const INSTALL_LIMIT_MS = 120_000;

/** Installs packages into an empty folder, calls `work` with the folder, and removes it. */
export async function withInstalled<Result>(
  packages: readonly string[],
  work: (folder: string) => Promise<Result>,
): Promise<Result> {
  const folder = await realpath(await mkdtemp(join(tmpdir(), "moonpath-size-")));
  try {
    await writeFile(join(folder, "package.json"), JSON.stringify({ private: true, type: "module" }));
    const flags = ["--prefer-offline", "--no-audit", "--no-fund", "--ignore-scripts", "--loglevel", "error"];
    await promisify(execFile)("npm", ["install", ...flags, ...packages], {
      cwd: folder,
      timeout: INSTALL_LIMIT_MS,
    });
    return await work(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** The packages in a project's node_modules, also those inside of others. */
export async function packagesIn(folder: string): Promise<readonly InstalledPackage[]> {
  const modules = join(folder, "node_modules");
  const paths = (await readdir(modules, { recursive: true })).filter(
    (path) => !path.split("/").some((part) => part === ".bin" || part === ".package-lock.json"),
  );
  const sizes = new Map<string, number>();
  for (const path of paths) {
    const facts = await stat(join(modules, path));
    if (!facts.isFile()) continue;
    const name = packageOf(path);
    sizes.set(name, (sizes.get(name) ?? 0) + facts.size);
  }
  return [...sizes].map(([name, bytes]) => ({ name, bytes }));
}

/** `a/node_modules/@b/c/d.js` is a file of `a/node_modules/@b/c`. */
function packageOf(path: string): string {
  return /^(?:(?:.+\/)?node_modules\/)?(?:@[^/]+\/)?[^/]+/.exec(path)?.[0] ?? path;
}

/** The packages that are in one project and not in the other. */
export function addedTo(
  base: readonly InstalledPackage[],
  all: readonly InstalledPackage[],
): readonly InstalledPackage[] {
  const known = new Set(base.map(({ name }) => name));
  return all.filter(({ name }) => !known.has(name));
}

/** The version of a package that this repository uses: `ioredis@6.0.0`. */
export async function exactly(root: string, name: string): Promise<string> {
  const manifest: unknown = JSON.parse(
    await readFile(join(root, "node_modules", name, "package.json"), "utf8"),
  );
  if (typeof manifest !== "object" || manifest === null || !("version" in manifest))
    throw new Error(`${name} has no version; run npm ci`);
  return `${name}@${String(manifest.version)}`;
}
