import { createHash } from "node:crypto";
import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { cacheFolder, exists, MatrixError, npm } from "./install.js";
import { type Ended, run } from "./run.js";

export const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const PROGRAMS = fileURLToPath(new URL("programs/", import.meta.url));
const LOCKED = fileURLToPath(new URL("project/", import.meta.url));

const COMPILE_LIMIT_MS = 120_000;

/** A project outside of this repository, with the packed package and what its users have beside it. */
export interface Project {
  readonly folder: string;
  /** Compiles the smoke test once for each build, and returns the compiled file. */
  compiled(build: Build): Promise<{ readonly file: string; readonly compiler: Ended }>;
  remove(): Promise<void>;
}

/** A way to compile: a version of TypeScript and its option `module`. */
export interface Build {
  readonly compiler: "typescript" | "typescript-7";
  readonly module: "nodenext" | "node16" | "commonjs";
  /** The module system of the compiled files. */
  readonly output: "esm" | "cjs";
}

/**
 * Makes the project. The libraries of `project/package-lock.json` are installed once, into the cache
 * folder. The package is packed and installed anew each time.
 *
 * @throws MatrixError npm failed
 */
export async function createProject(): Promise<Project> {
  const libraries = await installedLibraries();
  const folder = await mkdtemp(join(tmpdir(), "moonpath-matrix-"));
  const remove = () => rm(folder, { recursive: true, force: true });
  try {
    for (const name of ["package.json", "package-lock.json"])
      await cp(join(LOCKED, name), join(folder, name));
    // Hard links: a copy of 200 MB would take most of the time.
    const { ok } = await run("cp", ["-al", join(libraries, "node_modules"), folder], {
      cwd: folder,
      limitMs: COMPILE_LIMIT_MS,
    });
    if (!ok) {
      // The cache may be on another file system.
      await rm(join(folder, "node_modules"), { recursive: true, force: true });
      await cp(join(libraries, "node_modules"), join(folder, "node_modules"), { recursive: true });
    }
    // npm would write to this file, which is a link to that of the cache.
    await rm(join(folder, "node_modules/.package-lock.json"), { force: true });
    await npm(["pack", "--silent", "--pack-destination", folder], ROOT);
    const tarball = (await readdir(folder)).find((name) => name.endsWith(".tgz"));
    if (tarball === undefined) throw new MatrixError("npm pack wrote no file");
    await npm(["install", "--no-save", "--no-package-lock", "--ignore-scripts", `./${tarball}`], folder);
    await mkdir(join(folder, "source"));
    for (const name of await readdir(PROGRAMS)) await cp(join(PROGRAMS, name), join(folder, "source", name));
    const builds = new Map<string, ReturnType<typeof compile>>();
    const compiled = (build: Build) => {
      const name = `${build.compiler}-${build.module}-${build.output}`;
      const known = builds.get(name) ?? compile(folder, name, build);
      builds.set(name, known);
      return known;
    };
    return { folder, compiled, remove };
  } catch (error) {
    await remove();
    throw error;
  }
}

async function installedLibraries(): Promise<string> {
  const lock = await readFile(join(LOCKED, "package-lock.json"));
  const folder = join(
    cacheFolder(),
    `project-${createHash("sha256").update(lock).digest("hex").slice(0, 12)}`,
  );
  if (await exists(join(folder, "installed"))) return folder;
  await mkdir(folder, { recursive: true });
  for (const name of ["package.json", "package-lock.json"]) await cp(join(LOCKED, name), join(folder, name));
  await npm(["ci", "--ignore-scripts"], folder);
  await writeFile(join(folder, "installed"), "");
  return folder;
}

/** Each build has a folder of its own, whose package.json decides the module system of its files. */
async function compile(folder: string, name: string, { compiler, module, output }: Build) {
  const source = join(folder, name);
  await cp(join(folder, "source"), source, { recursive: true });
  const type = output === "esm" ? "module" : "commonjs";
  await writeFile(join(source, "package.json"), JSON.stringify({ private: true, type }));
  const compilerOptions = {
    target: "ES2022",
    lib: ["ES2023"],
    module,
    types: ["node"],
    strict: true,
    esModuleInterop: true,
    // The declarations of the package are checked, too.
    skipLibCheck: false,
    outDir: "out",
    rootDir: ".",
  };
  await writeFile(join(source, "tsconfig.json"), JSON.stringify({ compilerOptions, files: ["smoke.ts"] }));
  const tsc = join(folder, "node_modules", compiler, "bin", "tsc");
  const ended = await run(process.execPath, [tsc, "-p", "."], { cwd: source, limitMs: COMPILE_LIMIT_MS });
  await mkdir(join(source, "out"), { recursive: true });
  await cp(join(source, "package.json"), join(source, "out", "package.json"));
  return { file: join(source, "out", "smoke.js"), compiler: ended };
}
