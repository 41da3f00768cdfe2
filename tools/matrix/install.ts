import { access, mkdir, writeFile } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import { run } from "./run.js";
import type { Runtime } from "./runtimes.js";

/** A cell cannot be prepared on this machine. The message says why. */
export class MatrixError extends Error {
  override readonly name = "MatrixError";
}

const INSTALL_LIMIT_MS = 240_000;

/** The folder of installed runtimes and projects. It survives runs: a runtime takes 90 to 190 MB. */
export function cacheFolder(): string {
  const base = process.env["XDG_CACHE_HOME"];
  return join(base === undefined || base === "" ? join(homedir(), ".cache") : base, "moonpath", "matrix");
}

/**
 * The program of the runtime. It is installed into the cache folder at its first use. `npm ci` compares
 * the package with the integrity of the table.
 *
 * @throws MatrixError the machine is another than Linux on x64, or npm failed
 */
export async function installedRuntime(runtime: Runtime): Promise<string> {
  if (process.platform !== "linux" || process.arch !== "x64") {
    throw new MatrixError(
      `the pinned runtimes are programs for Linux on x64, and this is ${process.platform} on ${process.arch}`,
    );
  }
  const { package: name, version, integrity } = runtime;
  const folder = join(cacheFolder(), `${runtime.id}-${version}`);
  const program = join(folder, "node_modules", name, runtime.program);
  if (await exists(join(folder, "installed"))) return program;
  await mkdir(folder, { recursive: true });
  const root = { name: "moonpath-matrix-runtime", private: true, dependencies: { [name]: version } };
  await writeFile(join(folder, "package.json"), JSON.stringify(root));
  const packages = { "": root, [`node_modules/${name}`]: { version, integrity } };
  await writeFile(join(folder, "package-lock.json"), JSON.stringify({ lockfileVersion: 3, packages }));
  await npm(["ci", "--ignore-scripts"], folder);
  await writeFile(join(folder, "installed"), "");
  return program;
}

/** Runs npm without audit, scripts of packages and messages. */
export async function npm(args: readonly string[], cwd: string): Promise<string> {
  const quiet = ["--no-audit", "--no-fund", "--prefer-offline", "--loglevel", "error"];
  const { ok, output } = await run("npm", [...args, ...quiet], { cwd, limitMs: INSTALL_LIMIT_MS });
  if (ok) return output;
  throw new MatrixError(`npm ${args.join(" ")} failed in ${cwd}:\n${output}`);
}

export async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
